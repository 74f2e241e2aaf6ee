"""Bins of numbers, and what trends call the values that are none. Pure."""

from dataclasses import dataclass
from math import floor

NULL_VALUE = "$$_posthog_breakdown_null_$$"
OTHER_VALUE = "$$_posthog_breakdown_other_$$"
#: What people are shown of these.
READABLE = {NULL_VALUE: "(none)", OTHER_VALUE: "(other)"}


@dataclass(frozen=True)
class Bins:
    """`edges` are the lower bounds; the last bin holds all that is larger than its own."""

    edges: list[float]
    labels: list[str]


def bins_between(low: float, high: float, count: int) -> Bins:
    """Equally wide, with bounds of two decimals; the upper bound of the last lies a hundredth above the maximum."""
    width = high / count - low / count
    edges = sorted({_two_decimals(low + width * number) for number in range(count)})
    upper = [*edges[1:], _two_decimals(high) + 0.01]
    labels = [f"[{_text(first)},{_text(last)}]" for first, last in zip(edges, upper, strict=True)]
    return Bins(edges, labels)


def _two_decimals(number: float) -> float:
    """Rounded down, so that the first bound is never above the minimum."""
    return floor(number * 100) / 100 if abs(number) < 1e12 else number


def _text(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")
