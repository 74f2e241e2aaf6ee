"""By which values trends are broken down: of properties as they are, in bins of numbers, or as cleaned URLs. Pure."""

from dataclasses import dataclass
from math import floor

from common.exceptions import Refusal
from events.filtering.errors import Unsupported
from insights.queries.breakdowns import MAX_BREAKDOWNS, limit_of, property_of
from insights.queries.entities import Property
from insights.queries.nodes import Breakdown, BreakdownFilter

WORLD_MAP_LIMIT = 250
DEFAULT_LIMIT = 25
MAX_BINS = 1000
NULL_VALUE = "$$_posthog_breakdown_null_$$"
OTHER_VALUE = "$$_posthog_breakdown_other_$$"

BreakdownValue = str | tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Dimension:
    property: Property
    bins: int | None = None
    is_url: bool = False


@dataclass(frozen=True, kw_only=True)
class BreakdownPlan:
    """`is_list`: asked for as `breakdowns`, and so the values of the answer are lists."""

    dimensions: tuple[Dimension, ...]
    limit: int
    hides_other: bool
    is_list: bool

    @property
    def properties(self) -> tuple[Property, ...]:
        return tuple(one.property for one in self.dimensions)


@dataclass(frozen=True)
class Bins:
    """`edges` are the lower bounds; the last bin holds all that is larger than its own."""

    edges: list[float]
    labels: list[str]


def breakdown_of(asked: BreakdownFilter | None, *, display: str) -> BreakdownPlan | None:
    dimensions = _dimensions(asked)
    if asked is None or not dimensions:
        return None
    return BreakdownPlan(
        dimensions=dimensions,
        limit=limit_of(asked, default=WORLD_MAP_LIMIT if display == "WorldMap" else DEFAULT_LIMIT),
        hides_other=bool(asked.breakdown_hide_other_aggregation),
        is_list=bool(asked.breakdowns),
    )


def bins_between(low: float, high: float, count: int) -> Bins:
    """Equally wide, with bounds of two decimals; the upper bound of the last lies a hundredth above the maximum."""
    width = high / count - low / count
    edges = sorted({_two_decimals(low + width * number) for number in range(count)})
    upper = [*edges[1:], _two_decimals(high) + 0.01]
    labels = [f"[{_text(first)},{_text(last)}]" for first, last in zip(edges, upper, strict=True)]
    return Bins(edges, labels)


def _dimensions(asked: BreakdownFilter | None) -> tuple[Dimension, ...]:
    if asked is None or not (asked.breakdowns or asked.breakdown):
        return ()
    if asked.breakdown_path_cleaning:
        raise Unsupported("breakdownFilter.breakdown_path_cleaning")
    if not asked.breakdowns:
        return (_only_dimension(asked),)
    if len(asked.breakdowns) > MAX_BREAKDOWNS:
        raise Refusal(f"breakdownFilter.breakdowns: at most {MAX_BREAKDOWNS}.")
    return tuple(_dimension(one, f"breakdownFilter.breakdowns.{index}") for index, one in enumerate(asked.breakdowns))


def _dimension(one: Breakdown, place: str) -> Dimension:
    prop = property_of(one.property, one.type, place)
    bins = _bins(one.histogram_bin_count, f"{place}.histogram_bin_count")
    return Dimension(property=prop, bins=bins, is_url=bool(one.normalize_url))


def _only_dimension(asked: BreakdownFilter) -> Dimension:
    place = "breakdownFilter.breakdown"
    keys = asked.breakdown if isinstance(asked.breakdown, list) else [asked.breakdown or ""]
    if len(keys) != 1:
        raise Unsupported(f"{place}: a list of properties")
    bins = _bins(asked.breakdown_histogram_bin_count, "breakdownFilter.breakdown_histogram_bin_count")
    prop = property_of(keys[0], asked.breakdown_type, place)
    return Dimension(property=prop, bins=bins, is_url=bool(asked.breakdown_normalize_url))


def _bins(count: int | None, place: str) -> int | None:
    if count is not None and not 1 <= count <= MAX_BINS:
        raise Refusal(f"{place}: must be between 1 and {MAX_BINS}.")
    return count


def _two_decimals(number: float) -> float:
    """Rounded down, so that the first bound is never above the minimum."""
    return floor(number * 100) / 100 if abs(number) < 1e12 else number


def _text(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")
