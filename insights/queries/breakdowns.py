"""Breakdowns by the values of properties, as every kind of insight that has them asks for them. Pure."""

from common.exceptions import Refusal
from events.filtering.errors import Unsupported
from insights.queries.entities import SCOPES, Property
from insights.queries.nodes import BreakdownFilter

DEFAULT_LIMIT = 25
MAX_LIMIT = 1000
MAX_BREAKDOWNS = 3
OTHER_NAME = "Other"


def plain_properties(asked: BreakdownFilter | None) -> tuple[Property, ...]:
    """The properties to break down by, as they are; none without a breakdown."""
    if asked is None or not (asked.breakdowns or asked.breakdown):
        return ()
    _refuse_derived_values(asked)
    if asked.breakdowns:
        found = tuple(
            property_of(one.property, one.type, f"breakdownFilter.breakdowns.{index}")
            for index, one in enumerate(asked.breakdowns)
        )
    else:
        keys = asked.breakdown if isinstance(asked.breakdown, list) else [asked.breakdown or ""]
        found = tuple(property_of(key, asked.breakdown_type, "breakdownFilter.breakdown") for key in keys)
    if len(found) > MAX_BREAKDOWNS:
        raise Refusal(f"breakdownFilter: at most {MAX_BREAKDOWNS} breakdowns.")
    return found


def limit_of(asked: BreakdownFilter, *, default: int = DEFAULT_LIMIT) -> int:
    limit = default if asked.breakdown_limit is None else asked.breakdown_limit
    if not 1 <= limit <= MAX_LIMIT:
        raise Refusal(f"breakdownFilter.breakdown_limit: must be between 1 and {MAX_LIMIT}.")
    return limit


def property_of(key: str | int, kind: str | None, place: str) -> Property:
    scope = SCOPES.get(kind or "event")
    if not scope:
        raise Unsupported(f"{place}: a breakdown of type {kind}")
    if not isinstance(key, str):
        raise Unsupported(f"{place}: anything but the name of a property")
    return Property(scope=scope, key=key)


def _refuse_derived_values(asked: BreakdownFilter) -> None:
    if asked.breakdown_path_cleaning:
        raise Unsupported("breakdownFilter.breakdown_path_cleaning")
    if asked.breakdown_histogram_bin_count or any(one.histogram_bin_count for one in asked.breakdowns or []):
        raise Unsupported("breakdownFilter: histograms of this kind of insight", "are not supported")
    if asked.breakdown_normalize_url or any(one.normalize_url for one in asked.breakdowns or []):
        raise Unsupported("breakdownFilter: normalized URLs of this kind of insight", "are not supported")
