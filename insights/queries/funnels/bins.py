"""Times to convert, in bins of seconds. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil, floor

MAX_BINS = 90
#: How wide bins are where all times are the same.
SECONDS = 60


@dataclass(frozen=True)
class Span:
    """How many persons converted, and how many seconds it took them; `persons` by whole seconds."""

    count: int = 0
    least: float | None = None
    most: float | None = None
    average: float | None = None
    median: float | None = None
    persons: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Bins:
    low: int
    width: int
    count: int

    @property
    def starts(self) -> list[int]:
        return [self.low + number * self.width for number in range(self.count + 1)]

    def counts(self, span: Span) -> dict[int, int]:
        """Number of the bin, persons."""
        counts = Counter[int]()
        for seconds, persons in span.persons.items():
            counts[(seconds - self.low) // self.width] += persons
        return counts


def bins_of(spans: Sequence[Span], asked: int | None) -> Bins | None:
    """The same for all; None where nobody converted. As many as asked for, else the cube root of the persons."""
    least = [one.least for one in spans if one.least is not None]
    most = [one.most for one in spans if one.most is not None]
    if not least or not most:
        return None
    low, count = floor(min(least)), asked or _cube_root(sum(one.count for one in spans))
    return Bins(low=low, width=ceil((ceil(max(most)) - low) / count) or SECONDS, count=count)


def _cube_root(count: int) -> int:
    return next(number for number in range(1, MAX_BINS + 1) if number**3 >= count or number == MAX_BINS)
