"""Property filters as a small tree, free of JSON and of SQL: what every engine has to evaluate."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from common.exceptions import Refusal
from events.filtering.errors import Unsupported
from events.filtering.nodes import (
    CohortPropertyFilter,
    ElementPropertyFilter,
    EmptyPropertyFilter,
    EventPropertyFilter,
    GroupPropertyFilter,
    HogQLPropertyFilter,
    OtherPropertyFilter,
    PersonPropertyFilter,
    PropertyFilterList,
    PropertyFilters,
    PropertyGroup,
    PropertyItem,
    Scalar,
)

Scope = Literal["event", "person", "element", "group", "session", "event_metadata"]
#: Whose rows a condition is about.
ConditionTable = Literal["events", "persons"]
ValuedFilter = (
    EventPropertyFilter | PersonPropertyFilter | ElementPropertyFilter | GroupPropertyFilter | OtherPropertyFilter
)
_filters: TypeAdapter[PropertyFilters] = TypeAdapter(PropertyFilters)
_filter_list: TypeAdapter[PropertyFilterList] = TypeAdapter(PropertyFilterList)
GROUP_TYPES = range(5)
OTHER_SCOPES: dict[str, Scope] = {"feature": "event", "session": "session", "event_metadata": "event_metadata"}
WITHOUT_VALUE = ("is_set", "is_not_set")
OUTSIDE_COHORT = ("not_in", "is_not")
COHORT_OPERATORS = ("in", "exact", *OUTSIDE_COHORT)
SUPPORTED_OPERATORS = {
    "exact",
    "is_not",
    "in",
    "not_in",
    "icontains",
    "not_icontains",
    "icontains_multi",
    "not_icontains_multi",
    "regex",
    "not_regex",
    "gt",
    "gte",
    "lt",
    "lte",
    "min",
    "max",
    "between",
    "not_between",
    "is_set",
    "is_not_set",
    "is_date_exact",
    "is_date_before",
    "is_date_after",
}


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """One property against values. `place` is where the filter stands in the query, for refusals."""

    scope: Scope
    key: str
    operator: str
    values: tuple[Scalar, ...] = ()
    place: str = ""
    group_type_index: int | None = None


@dataclass(frozen=True, kw_only=True)
class InCohort:
    """The person belongs to the cohort."""

    cohort_id: int
    place: str = ""


@dataclass(frozen=True, kw_only=True)
class Expressed:
    """An expression of HogQL holds. Whoever compiles it looks up by itself what it reads."""

    text: str
    place: str = ""


#: How often, as an operator and a number.
Times = tuple[Literal["exact", "gte", "lte", "gt", "lt"], int]


@dataclass(frozen=True, kw_only=True)
class Deed:
    """What a person may do: an event of this name, or that this action means, which meets a condition besides."""

    team_id: int
    condition: "Condition"
    event: str | None = None
    action_id: int | None = None
    place: str = ""


@dataclass(frozen=True, kw_only=True)
class Performed:
    """The person did it, so often (None: at least once), in a stretch of time; or did it then for the first time."""

    deed: Deed
    since: str
    until: str | None = None
    times: Times | None = None
    is_first: bool = False


@dataclass(frozen=True, kw_only=True)
class PerformedRegularly:
    """The person did it so often in at least `minimum` of the last `total` periods of so many units of time each."""

    deed: Deed
    times: Times
    size: int
    unit: str
    minimum: int
    total: int


@dataclass(frozen=True, kw_only=True)
class PerformedInSequence:
    """The person did one thing and then another, at most so long after."""

    deed: Deed
    then: Deed
    length: timedelta
    since: str
    until: str | None = None


@dataclass(frozen=True)
class Not:
    """Holds where the part does not, also where the part cannot be told."""

    part: "Condition"

    @property
    def parts(self) -> "tuple[Condition, ...]":
        return (self.part,)


@dataclass(frozen=True)
class AllOf:
    parts: "tuple[Condition, ...]" = ()


@dataclass(frozen=True)
class AnyOf:
    parts: "tuple[Condition, ...]"


Behaviour = Performed | PerformedRegularly | PerformedInSequence
Leaf = Comparison | InCohort | Expressed | Behaviour
Condition = Leaf | Not | AllOf | AnyOf


@dataclass(frozen=True, kw_only=True)
class Members:
    """Who is in a cohort: the persons who meet the condition now; without one, those that somebody listed."""

    team_id: int
    cohort_id: int
    name: str
    condition: Condition | None


MembersOf = Callable[[int], Members | None]
EVERYTHING = AllOf()
NOTHING = AnyOf(())


def all_of(conditions: Iterable[Condition]) -> Condition:
    parts = tuple(condition for condition in conditions if condition != EVERYTHING)
    return parts[0] if len(parts) == 1 else AllOf(parts)


def condition_of(filters: PropertyFilterList | None, *, place: str) -> Condition:
    if filters is None:
        return EVERYTHING
    if isinstance(filters, PropertyGroup):
        return _of_item(filters, place)
    return all_of(_of_items(filters, place))


def test_account_condition(team_filters: object) -> Condition:
    """The project's own filters, which nobody validated against this query language when they were stored."""
    try:
        filters = _filters.validate_python(team_filters or [])
    except ValidationError:
        raise Refusal("The project's test_account_filters are not valid property filters.") from None
    return condition_of(filters, place="test_account_filters")


def read_condition(filters: object) -> Condition:
    """From JSON: a list of filters, or a group of them. Raises pydantic's ValidationError, and Refusal."""
    return condition_of(_filter_list.validate_python(filters), place="properties")


def leaves(condition: Condition) -> Iterator[Leaf]:
    if isinstance(condition, Leaf):
        yield condition
        return
    for part in condition.parts:
        yield from leaves(part)


def scopes(condition: Condition) -> set[str]:
    """Whose properties are read here, and whether expressions are. Cohorts look them up by themselves."""
    compared = {leaf.scope for leaf in leaves(condition) if isinstance(leaf, Comparison)}
    is_expressed = any(isinstance(leaf, Expressed) for leaf in leaves(condition))
    return compared | ({"hogql"} if is_expressed else set())


def reads_persons(condition: Condition) -> bool:
    return "person" in scopes(condition)


def _of_items(filters: PropertyFilters, place: str) -> Iterator[Condition]:
    for index, item in enumerate(filters):
        yield _of_item(item, f"{place}.{index}")


def _of_item(item: PropertyItem, place: str) -> Condition:
    if isinstance(item, EmptyPropertyFilter):
        return EVERYTHING
    if isinstance(item, PropertyGroup):
        return _of_group(item, f"{place}.values")
    if isinstance(item, CohortPropertyFilter):
        return in_cohort(item, place)
    if isinstance(item, HogQLPropertyFilter):
        return Expressed(text=item.key, place=place)
    if isinstance(item, GroupPropertyFilter):
        return _of_group_property(item, place)
    if isinstance(item, OtherPropertyFilter) and item.type in OTHER_SCOPES:
        return _comparison(item, OTHER_SCOPES[item.type], place)
    if isinstance(item, EventPropertyFilter | PersonPropertyFilter | ElementPropertyFilter):
        return _comparison(item, item.type, place)
    raise Unsupported(f"{place}: a property filter of type {item.type}")


def _of_group_property(item: GroupPropertyFilter, place: str) -> Condition:
    if item.group_type_index is None or item.group_type_index not in GROUP_TYPES:
        raise Refusal(f"{place}.group_type_index: must be between 0 and {GROUP_TYPES[-1]}.")
    found = _comparison(item, "group", place)
    return replace(found, group_type_index=item.group_type_index) if isinstance(found, Comparison) else found


def in_cohort(item: CohortPropertyFilter, place: str) -> Condition:
    operator = item.operator or "in"
    if operator not in COHORT_OPERATORS:
        raise Unsupported(f"{place}: the operator {operator} of a cohort")
    belongs = InCohort(cohort_id=item.value, place=place)
    return Not(belongs) if operator in OUTSIDE_COHORT else belongs


def _of_group(group: PropertyGroup, place: str) -> Condition:
    parts = tuple(_of_items(group.values, place))
    if group.type == "AND" or len(parts) <= 1:
        return all_of(parts)
    # One part that always holds makes the whole OR hold.
    return EVERYTHING if EVERYTHING in parts else AnyOf(parts)


def _comparison(item: ValuedFilter, scope: Scope, place: str) -> Condition:
    operator = item.operator or "exact"
    if operator not in SUPPORTED_OPERATORS:
        raise Unsupported(f"{place}: the operator {operator}")
    if operator in WITHOUT_VALUE:
        return Comparison(scope=scope, key=item.key, operator=operator, place=place)

    values = _values(item)
    if not values:
        return EVERYTHING
    return Comparison(scope=scope, key=item.key, operator=operator, values=values, place=place)


def _values(item: ValuedFilter) -> tuple[Scalar, ...]:
    if item.value is None:
        return ()
    return tuple(item.value) if isinstance(item.value, list) else (item.value,)
