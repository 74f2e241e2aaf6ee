"""What makes somebody a member of a cohort: from JSON to a condition on persons. Pure."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, TypeAdapter

from common.exceptions import Refusal
from events.filtering.conditions import (
    EVERYTHING,
    NOTHING,
    AllOf,
    AnyOf,
    Condition,
    InCohort,
    Not,
    Performed,
    condition_of,
    leaves,
    read_condition,
)
from events.filtering.errors import Unsupported
from events.filtering.nodes import PersonPropertyFilter, PropertyOperator, Scalar

# The units of time, as moments call them.
UNITS = {"minute": "M", "hour": "h", "day": "d", "week": "w", "month": "m", "year": "y"}
PLACE = "filters.properties"


class _Criterion(BaseModel):
    """Clients keep notes of their own in criteria; these are stored, and mean nothing here."""

    model_config = ConfigDict(extra="ignore")

    negation: bool | None = False


class _PersonCriterion(_Criterion):
    type: Literal["person"]
    key: str
    operator: PropertyOperator | None = None
    value: list[Scalar] | Scalar | None = None


class _CohortCriterion(_Criterion):
    type: Literal["cohort"]
    value: int
    operator: Literal["in", "exact", "not_in", "is_not"] | None = None


class _BehaviouralCriterion(_Criterion):
    type: Literal["behavioral"]
    value: str
    key: str | int
    event_type: Literal["events", "actions"] | None = None
    time_value: Annotated[int, Field(ge=0, lt=10**9)] | Literal[""] | None = None
    time_interval: Literal["minute", "hour", "day", "week", "month", "year"] | None = None
    explicit_datetime: str | None = None
    explicit_datetime_to: str | None = None
    operator: Literal["exact", "gte", "lte", "gt", "lt"] | Literal[""] | None = None
    operator_value: Annotated[int, Field(ge=0, lt=2**31)] | None = None
    event_filters: list[Any] | None = None


class _CriterionGroup(BaseModel):
    model_config = ConfigDict(extra="ignore")

    type: Literal["AND", "OR"]
    values: list["_Part"]


def _tag(candidate: Any) -> str:
    if isinstance(candidate, _CriterionGroup) or (isinstance(candidate, dict) and "values" in candidate):
        return "group"
    kind = candidate.get("type") if isinstance(candidate, dict) else getattr(candidate, "type", None)
    return kind if kind in ("cohort", "behavioral") else "person"


_Part = Annotated[
    Annotated[_CriterionGroup, Tag("group")]
    | Annotated[_PersonCriterion, Tag("person")]
    | Annotated[_CohortCriterion, Tag("cohort")]
    | Annotated[_BehaviouralCriterion, Tag("behavioral")],
    Discriminator(_tag),
]
_CriterionGroup.model_rebuild()
_group: TypeAdapter[_CriterionGroup] = TypeAdapter(_CriterionGroup)


def membership_condition(criteria: Mapping[str, Any], *, team_id: int) -> Condition:
    """From `filters.properties`. Who meets nothing in particular is no member.

    Raises pydantic's ValidationError, and Refusal.
    """
    return _of_group(_group.validate_python(criteria), PLACE, team_id) if criteria else NOTHING


def is_behavioural(condition: Condition) -> bool:
    return any(isinstance(leaf, Performed) for leaf in leaves(condition))


def cohorts_named(condition: Condition) -> set[int]:
    return {leaf.cohort_id for leaf in leaves(condition) if isinstance(leaf, InCohort)}


def criteria_of_groups(groups: list[Mapping[str, Any]]) -> dict[str, Any]:
    """The older way to say it: any of the groups, and all properties of that group. Raises Refusal."""
    values = [{"type": "AND", "values": _properties(group, index)} for index, group in enumerate(groups)]
    return {"type": "OR", "values": values}


def _properties(group: Mapping[str, Any], index: int) -> list[dict[str, Any]]:
    place = f"groups.{index}"
    for name in ("action_id", "event_id"):
        if group.get(name):
            raise Unsupported(f"{place}.{name}", "is not supported: use filters")
    properties = group.get("properties")
    if isinstance(properties, dict) and "values" not in properties:
        properties = [{"key": key, "value": value} for key, value in properties.items()]
    if not isinstance(properties, list) or not all(isinstance(one, dict) for one in properties):
        raise Refusal(f"{place}.properties: must be a list of property filters.")
    return [{"type": "person", **one} for one in properties]


def _of_group(group: _CriterionGroup, place: str, team_id: int) -> Condition:
    parts = tuple(_of_part(part, f"{place}.values.{index}", team_id) for index, part in enumerate(group.values))
    if len(parts) == 1:
        return parts[0]
    return AnyOf(parts) if group.type == "OR" or not parts else AllOf(parts)


def _of_part(part: Any, place: str, team_id: int) -> Condition:
    if isinstance(part, _CriterionGroup):
        return _of_group(part, place, team_id)
    if isinstance(part, _PersonCriterion):
        condition = _of_property(part, place)
    elif isinstance(part, _CohortCriterion):
        condition = _of_cohort(part, place)
    else:
        condition = _of_behaviour(part, place, team_id)
    return Not(condition) if part.negation else condition


def _of_property(part: _PersonCriterion, place: str) -> Condition:
    plain = PersonPropertyFilter(type="person", key=part.key, operator=part.operator, value=part.value)
    condition = condition_of([plain], place=place)
    if condition == EVERYTHING:
        raise Refusal(f"{place}.value: is missing.")
    return condition


def _of_cohort(part: _CohortCriterion, place: str) -> Condition:
    belongs = InCohort(cohort_id=part.value, place=place)
    return Not(belongs) if part.operator in ("not_in", "is_not") else belongs


def _of_behaviour(part: _BehaviouralCriterion, place: str, team_id: int) -> Condition:
    if part.value not in ("performed_event", "performed_event_multiple"):
        raise Unsupported(f"{place}: the behaviour {part.value[:50]}")
    if part.event_type == "actions" or isinstance(part.key, int):
        raise Unsupported(f"{place}: the behaviour of performing an action")
    return Performed(
        team_id=team_id,
        event=part.key,
        condition=read_condition(part.event_filters or []),
        since=_since(part, place),
        until=part.explicit_datetime_to or None,
        times=_times(part, place) if part.value == "performed_event_multiple" else None,
    )


def _since(part: _BehaviouralCriterion, place: str) -> str:
    if part.explicit_datetime:
        return part.explicit_datetime
    if not part.time_value or not part.time_interval:
        raise Refusal(f"{place}.time_value: is missing.")
    return f"-{part.time_value}{UNITS[part.time_interval]}"


def _times(part: _BehaviouralCriterion, place: str) -> Any:
    if part.operator_value is None:
        raise Refusal(f"{place}.operator_value: is missing.")
    return (part.operator or "exact", part.operator_value)
