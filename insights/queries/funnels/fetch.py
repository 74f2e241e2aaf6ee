"""What the plans ask for, from Postgres. With `statements`, `attempts` and `rows` all that knows the engine."""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field

from insights.queries.database import fetch_rows
from insights.queries.funnels import statements
from insights.queries.funnels.bins import Bins, Span, bins_of
from insights.queries.funnels.plan import FunnelPlan
from insights.queries.hogql.statements import errors_in_words

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
    bins: Bins | None = None
    average: float | None = None
    median: float | None = None


@dataclass(frozen=True, kw_only=True)
class Counted:
    """By breakdown value; None without a breakdown, and for the values beyond the limit."""

    steps: dict[Value, list[StepCount]] = field(default_factory=dict)
    rates: dict[Value, dict[int, tuple[int, int]]] = field(default_factory=dict)
    durations: Durations = field(default_factory=Durations)


def fetch(plans: Sequence[FunnelPlan]) -> list[Counted]:
    """Of each plan. They have the same bins, so that periods can be compared."""
    with errors_in_words() if plans[0].has_expressions else nullcontext():
        if plans[0].viz == "time_to_convert":
            return [Counted(durations=durations) for durations in _durations(plans)]
        return [_counted(plan) for plan in plans]


def _counted(plan: FunnelPlan) -> Counted:
    if not plan.buckets.starts:
        return Counted()
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


def _durations(plans: Sequence[FunnelPlan]) -> list[Durations]:
    spans = [_span(plan) for plan in plans]
    bins = bins_of(spans, plans[0].bin_count)
    return [
        Durations(counts=bins.counts(span) if bins else {}, bins=bins, average=span.average, median=span.median)
        for span in spans
    ]


def _span(plan: FunnelPlan) -> Span:
    if not plan.buckets.starts:
        return Span()
    (_, count, least, most, average, median), *rows = fetch_rows(statements.conversion_times(plan))
    persons = {seconds: persons for seconds, persons, *_ in rows}
    return Span(count=count, least=least, most=most, average=average, median=median, persons=persons)


def _key(value: list[str] | None) -> Value:
    return None if value is None else tuple(value)
