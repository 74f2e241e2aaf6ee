"""What makes a funnel a funnel: how many steps, which part of it, how long it may take. Pure."""

from datetime import timedelta

from common.exceptions import Refusal
from events.filtering.errors import Unsupported
from insights.queries.nodes import Series
from insights.queries.nodes.insights import FunnelsFilter

MAX_STEPS = 32
MAX_WINDOW = timedelta(days=3660)
_UNITS = {
    "second": timedelta(seconds=1),
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
    "month": timedelta(days=30),
}


def check_steps(series: list[Series], asked: FunnelsFilter) -> None:
    if len(series) < 2:
        raise Refusal("Funnels require at least two steps.", code="funnels_require_at_least_two_steps")
    if len(series) > MAX_STEPS:
        raise Refusal(f"Funnels have at most {MAX_STEPS} steps.", code="funnel_max_steps_exceeded")
    _check_optional_steps(series)
    _check_span(len(series), asked)


def window_of(asked: FunnelsFilter) -> timedelta:
    """How long after its first event an attempt may go on. A month has 30 days."""
    number = 14 if asked.funnelWindowInterval is None else asked.funnelWindowInterval
    unit = _UNITS[asked.funnelWindowIntervalUnit or "day"]
    if not 1 <= number <= MAX_WINDOW / unit:
        raise Refusal(
            f"funnelsFilter.funnelWindowInterval: must be between 1 and {int(MAX_WINDOW / unit)} "
            f"{asked.funnelWindowIntervalUnit or 'day'}s."
        )
    return number * unit


def _check_optional_steps(series: list[Series]) -> None:
    optional = [index for index, node in enumerate(series) if node.optionalInFunnel]
    if 0 in optional:
        raise Refusal("The first step of a funnel cannot be optional.", code="funnel_optional_steps_invalid")
    if optional:
        raise Unsupported(f"series.{optional[0]}.optionalInFunnel")


def _check_span(count: int, asked: FunnelsFilter) -> None:
    first = 0 if asked.funnelFromStep is None else asked.funnelFromStep
    last = count - 1 if asked.funnelToStep is None else asked.funnelToStep
    if not 0 <= first < last < count:
        raise Refusal(
            f"The steps from {first} to {last} are not part of a funnel of {count}: funnelFromStep must come before "
            "funnelToStep, and both count from 0.",
            code="funnel_step_range_invalid",
        )
