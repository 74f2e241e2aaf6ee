"""What makes somebody a member of a cohort: from JSON to a condition on persons. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, TypeAdapter

from common.exceptions import Refusal
from events.filtering.conditions import (
    EVERYTHING,
    NOTHING,
    AllOf,
    AnyOf,
    Behaviour,
    Condition,
    Deed,
    InCohort,
    Not,
    Performed,
    PerformedInSequence,
    PerformedRegularly,
    condition_of,
    leaves,
    read_condition,
)
from events.filtering.errors import Unsupported
from events.filtering.nodes import PersonPropertyFilter, PropertyOperator, Scalar

# The units of time, as moments call them.
UNITS = {"minute": "M", "hour": "h", "day": "d", "week": "w", "month": "m", "year": "y"}
# Of what follows something else: months and years are so many days.
LENGTHS = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
    "month": timedelta(days=30),
    "year": timedelta(days=365),
}
# Longer than events are kept, and short enough to be added to any of them.
LONGEST = timedelta(days=36500)
MAX_PERIODS = 1000
PLACE = "filters.properties"


_Size = Annotated[int, Field(ge=0, lt=10**9)] | Literal[""] | None
_Unit = Literal["minute", "hour", "day", "week", "month", "year"] | None


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
    time_value: _Size = None
    time_interval: _Unit = None
    explicit_datetime: str | None = None
    explicit_datetime_to: str | None = None
    operator: Literal["exact", "gte", "lte", "gt", "lt"] | Literal[""] | None = None
    operator_value: Annotated[int, Field(ge=0, lt=2**31)] | None = None
    event_filters: list[Any] | None = None
    seq_event: str | int | None = None
    seq_event_type: Literal["events", "actions"] | None = None
    seq_time_value: _Size = None
    seq_time_interval: _Unit = None
    min_periods: Annotated[int, Field(ge=0, lt=2**31)] | None = None
    total_periods: Annotated[int, Field(ge=0, lt=2**31)] | None = None


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
    return any(isinstance(leaf, Behaviour) for leaf in leaves(condition))


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
    read = _BEHAVIOURS.get(part.value)
    if read is None:
        raise Unsupported(f"{place}: the behaviour {part.value[:50]}", "is not supported")
    condition = read_condition(part.event_filters or [])
    return read(part, _deed(part.key, part.event_type, f"{place}.key", team_id, condition), place)


def _performed(part: _BehaviouralCriterion, deed: Deed, place: str) -> Performed:
    return Performed(deed=deed, since=_since(part, place), until=part.explicit_datetime_to or None)


def _performed_multiple(part: _BehaviouralCriterion, deed: Deed, place: str) -> Condition:
    return replace(_performed(part, deed, place), times=_times(part, place))


def _performed_first_time(part: _BehaviouralCriterion, deed: Deed, place: str) -> Condition:
    return replace(_performed(part, deed, place), is_first=True)


def _performed_regularly(part: _BehaviouralCriterion, deed: Deed, place: str) -> Condition:
    minimum, total = (
        _number(part.min_periods, f"{place}.min_periods"),
        _number(part.total_periods, f"{place}.total_periods"),
    )
    if minimum > total:
        raise Refusal(f"{place}.min_periods: cannot be greater than total_periods.")
    if total > MAX_PERIODS:
        raise Refusal(f"{place}.total_periods: at most {MAX_PERIODS}.")
    size, unit = _length(part.time_value, part.time_interval, f"{place}.time_value")
    return PerformedRegularly(
        deed=deed, times=_times(part, place), size=size, unit=UNITS[unit], minimum=minimum, total=total
    )


def _performed_sequence(part: _BehaviouralCriterion, deed: Deed, place: str) -> Condition:
    if part.seq_event in (None, ""):
        raise Refusal(f"{place}.seq_event: is missing.")
    then = _deed(part.seq_event, part.seq_event_type, f"{place}.seq_event", deed.team_id, EVERYTHING)
    size, unit = _length(part.seq_time_value, part.seq_time_interval, f"{place}.seq_time_value")
    return PerformedInSequence(
        deed=deed,
        then=then,
        length=min(size, LONGEST // LENGTHS[unit]) * LENGTHS[unit],
        since=_since(part, place),
        until=part.explicit_datetime_to or None,
    )


def _stopped_performing(part: _BehaviouralCriterion, deed: Deed, place: str) -> Condition:
    """They did, but no longer."""
    recently = Performed(deed=deed, since=_recent(part, place))
    return AllOf((_performed(part, deed, place), Not(recently)))


def _restarted_performing(part: _BehaviouralCriterion, deed: Deed, place: str) -> Condition:
    """They do again, not for the first time, what for a while they did not."""
    recent = _recent(part, place)
    again, first = (Performed(deed=deed, since=recent, is_first=is_first) for is_first in (False, True))
    meanwhile = Performed(deed=deed, since=_since(part, place), until=recent)
    return AllOf((again, Not(first), Not(meanwhile)))


_BEHAVIOURS: dict[str, Callable[[_BehaviouralCriterion, Deed, str], Condition]] = {
    "performed_event": _performed,
    "performed_event_multiple": _performed_multiple,
    "performed_event_first_time": _performed_first_time,
    "performed_event_regularly": _performed_regularly,
    "performed_event_sequence": _performed_sequence,
    "stopped_performing_event": _stopped_performing,
    "restarted_performing_event": _restarted_performing,
}


def _deed(key: str | int | None, kind: str | None, place: str, team_id: int, condition: Condition) -> Deed:
    if kind != "actions" and not isinstance(key, int):
        return Deed(team_id=team_id, condition=condition, event=key, place=place)
    if not str(key).isdecimal() or len(str(key)) > 18:
        raise Refusal(f"{place}: must be the id of an action.")
    return Deed(team_id=team_id, condition=condition, action_id=int(str(key)), place=place)


def _since(part: _BehaviouralCriterion, place: str) -> str:
    if part.explicit_datetime:
        return part.explicit_datetime
    size, unit = _length(part.time_value, part.time_interval, f"{place}.time_value")
    return f"-{size}{UNITS[unit]}"


def _recent(part: _BehaviouralCriterion, place: str) -> str:
    size, unit = _length(part.seq_time_value, part.seq_time_interval, f"{place}.seq_time_value")
    return f"-{size}{UNITS[unit]}"


def _length(size: int | str | None, unit: str | None, place: str) -> tuple[int, str]:
    if not isinstance(size, int) or size < 1 or not unit:
        raise Refusal(f"{place}: is missing.")
    return size, unit


def _number(value: int | None, place: str) -> int:
    if not value:
        raise Refusal(f"{place}: is missing.")
    return value


def _times(part: _BehaviouralCriterion, place: str) -> Any:
    if part.operator_value is None:
        raise Refusal(f"{place}.operator_value: is missing.")
    return (part.operator or "exact", part.operator_value)
