"""What the plan asks for, from Postgres. With `statements`, `attempts` and `rows` all that knows the engine."""

from dataclasses import dataclass, field

from insights.queries.database import fetch_rows
from insights.queries.funnels import statements
from insights.queries.funnels.plan import FunnelPlan

Value = tuple[str, ...] | None


@dataclass(frozen=True, kw_only=True)
class StepCount:
    count: int = 0
    average: float | None = None
    median: float | None = None


@dataclass(frozen=True, kw_only=True)
class Durations:
    """Persons by the number of the bin that their time to convert lies in."""

    counts: dict[int, int] = field(default_factory=dict)
    low: float = 0
    width: float = 0
    bins: int = 0
    average: float | None = None
    median: float | None = None


@dataclass(frozen=True, kw_only=True)
class Counted:
    """By breakdown value; None without a breakdown, and for the values beyond the limit."""

    steps: dict[Value, list[StepCount]] = field(default_factory=dict)
    rates: dict[Value, dict[int, tuple[int, int]]] = field(default_factory=dict)
    durations: Durations = field(default_factory=Durations)


def fetch(plan: FunnelPlan) -> Counted:
    if not plan.buckets.starts:
        return Counted()
    if plan.viz == "time_to_convert":
        return Counted(durations=_durations(plan))
    return Counted(rates=_rates(plan)) if plan.viz == "trends" else Counted(steps=_steps(plan))


def _steps(plan: FunnelPlan) -> dict[Value, list[StepCount]]:
    found = {}
    for value, *numbers in fetch_rows(statements.steps(plan)):
        triples = zip(numbers[::3], numbers[1::3], numbers[2::3], strict=True)
        found[_key(value)] = [StepCount(count=count, average=mean, median=middle) for count, mean, middle in triples]
    return found


def _rates(plan: FunnelPlan) -> dict[Value, dict[int, tuple[int, int]]]:
    found: dict[Value, dict[int, tuple[int, int]]] = {}
    for value, bucket, entered, arrived in fetch_rows(statements.trends(plan)):
        found.setdefault(_key(value), {})[bucket] = (entered, arrived)
    return found


def _durations(plan: FunnelPlan) -> Durations:
    rows = fetch_rows(statements.times_to_convert(plan))
    if not rows:
        return Durations()
    _, _, low, width, bins, average, median = rows[0]
    counts = {number: count for number, count, *_ in rows}
    return Durations(counts=counts, low=low, width=width, bins=bins, average=average, median=median)


def _key(value: list[str] | None) -> Value:
    return None if value is None else tuple(value)
