"""What makes a funnel a funnel: how many steps, which part of it, how long it may take. Pure."""

from datetime import timedelta
from itertools import pairwise

from common.exceptions import Refusal
from insights.queries.entities import id_of, type_of
from insights.queries.nodes import GroupNode, Series
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
    _check_optional_steps(series, asked)
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


def is_same(one: Series, other: Series) -> bool:
    """Whether both name the same events, as far as one sees without looking into their filters."""
    if isinstance(one, GroupNode) or isinstance(other, GroupNode):
        return False
    is_named_so = (type_of(one), id_of(one)) == (type_of(other), id_of(other))
    return is_named_so and (one.properties or []) == (other.properties or [])


def _check_optional_steps(series: list[Series], asked: FunnelsFilter) -> None:
    if not any(node.optionalInFunnel for node in series):
        return
    if asked.funnelOrderType == "unordered" or (asked.funnelVizType or "steps") != "steps":
        raise _invalid_option("Steps can be optional only in ordered and strict funnels that show steps.")
    if series[0].optionalInFunnel:
        raise _invalid_option("The first step of a funnel cannot be optional.")
    for one, following in pairwise(series):
        if one.optionalInFunnel and not following.optionalInFunnel and is_same(one, following):
            raise _invalid_option("An optional step cannot be the same as the following required step.")


def _invalid_option(words: str) -> Refusal:
    return Refusal(words, code="funnel_optional_steps_invalid")


def _check_span(count: int, asked: FunnelsFilter) -> None:
    first = 0 if asked.funnelFromStep is None else asked.funnelFromStep
    last = count - 1 if asked.funnelToStep is None else asked.funnelToStep
    if not 0 <= first < last < count:
        raise Refusal(
            f"The steps from {first} to {last} are not part of a funnel of {count}: funnelFromStep must come before "
            "funnelToStep, and both count from 0.",
            code="funnel_step_range_invalid",
        )
