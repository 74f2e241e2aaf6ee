"""The columns of retention: which of the periods after the first each of them is about. Pure."""

from dataclasses import dataclass
from math import isfinite

from common.exceptions import Refusal
from insights.queries.nodes.insights import RetentionFilter

MAX_INTERVALS = 100
DEFAULT_INTERVALS = 8
#: Beyond this a bracket holds whatever there is.
MAX_PERIODS = 10_000
PLACE = "retentionFilter"


@dataclass(frozen=True, kw_only=True)
class Window:
    """Somebody is in it who came back in any of the periods `first` to `last`, both counted, after their first."""

    label: str
    first: int
    last: int


def windows_of(asked: RetentionFilter) -> tuple[Window, ...]:
    """The first is the period in which somebody came. Raises Refusal."""
    found = _brackets(asked) if asked.retentionCustomBrackets else _intervals(asked)
    if not asked.cumulative:
        return found
    # Whoever comes back late counts as having been there all the time.
    return tuple(Window(label=one.label, first=one.first, last=found[-1].last) for one in found)


def intervals_of(asked: RetentionFilter) -> int:
    count = DEFAULT_INTERVALS if asked.totalIntervals is None else asked.totalIntervals
    if not 1 <= count <= MAX_INTERVALS:
        raise Refusal(f"{PLACE}.totalIntervals: must be between 1 and {MAX_INTERVALS}.")
    return count


def _intervals(asked: RetentionFilter) -> tuple[Window, ...]:
    name = asked.period or "Day"
    return tuple(Window(label=f"{name} {n}", first=n, last=n) for n in range(intervals_of(asked)))


def _brackets(asked: RetentionFilter) -> tuple[Window, ...]:
    """Each takes in so many periods after those of the one before."""
    name, end = asked.period or "Day", 0
    windows = [Window(label=f"{name} 0", first=0, last=0)]
    for number, size in enumerate(asked.retentionCustomBrackets or []):
        first, end = end + 1, end + _whole(size, f"{PLACE}.retentionCustomBrackets.{number}")
        label = f"{name} {first}" if first == end else f"{name} {first}-{end}"
        windows.append(Window(label=label, first=first, last=end))
    if len(windows) > MAX_INTERVALS or end > MAX_PERIODS:
        raise Refusal(f"{PLACE}.retentionCustomBrackets: at most {MAX_INTERVALS - 1}, of {MAX_PERIODS} periods in all.")
    return tuple(windows)


def _whole(size: float, place: str) -> int:
    if not isfinite(size) or size < 1 or size != int(size):
        raise Refusal(f"{place}: must be a whole number of periods, at least 1.")
    return int(size)
