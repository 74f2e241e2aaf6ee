"""RetentionQuery → who came, and in which later periods they came back. Refuses what cannot be counted.

Pure but for expressions: compiling these reads the property definitions.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from accounts.models import Team
from common.exceptions import Refusal
from events.filtering.conditions import Condition, all_of, condition_of
from events.filtering.errors import Unsupported, at_place
from events.filtering.moments import Clock, parse_moment, readable_dates
from insights.queries.breakdowns import Dimension, breakdown_of
from insights.queries.buckets import starts_from
from insights.queries.dates import align
from insights.queries.entities import (
    Actor,
    Alternative,
    Entity,
    Property,
    common_condition,
    entity_of_action,
    group_actor,
)
from insights.queries.nodes import RetentionQuery
from insights.queries.nodes.insights import RetentionEntity, RetentionFilter
from insights.queries.periods import is_unbounded
from insights.queries.retention.windows import PLACE, Window, intervals_of, windows_of
from insights.queries.sizes import refuse_too_many_cells
from insights.queries.trends.cohorts import CohortChoice, cohorts_of, is_by_cohort

MAX_PERIODS = 1000
DEFAULT_EVENT = "$pageview"
RECURRING, FIRST_EVER = "retention_recurring", "retention_first_ever_occurrence"


@dataclass(frozen=True, kw_only=True)
class Amount:
    """What is added up beside the counting, and whether the answer shows the mean."""

    property: Property
    is_mean: bool
    #: Events that make somebody come back count in the first period, too: those after the one that began it.
    adds_returning: bool


@dataclass(frozen=True, kw_only=True)
class RetentionPlan:
    """`starts` has one instant more than there are periods: the end of the last."""

    team_id: int
    clock: Clock
    starts: tuple[datetime, ...]
    windows: tuple[Window, ...]
    #: Periods are counted from each one's own first event, not by the calendar.
    is_rolling: bool
    period: str
    target: Entity
    returning: Entity
    kind: str
    actor: Actor
    minimum: int
    amount: Amount | None
    breakdown: Dimension | None
    breakdown_limit: int
    cohorts: tuple[CohortChoice, ...]

    @property
    def count(self) -> int:
        return len(self.starts) - 1

    @property
    def width(self) -> int:
        """How many periods the columns reach over, that of the beginning too."""
        return self.windows[-1].last + 1

    @property
    def is_recurring(self) -> bool:
        return self.kind == RECURRING

    @property
    def is_broken_down(self) -> bool:
        return self.breakdown is not None or bool(self.cohorts)

    @property
    def value_of(self) -> Literal["nothing", "actor", "event", "first event"]:
        """Whose property the breakdown reads. An event's own divides each one's events into several histories."""
        if self.breakdown is None:
            return "nothing"
        if self.breakdown.reads_persons and self.actor.is_person:
            return "actor"
        return "first event" if self.kind == FIRST_EVER else "event"

    def narrowed_to(self, condition: Condition) -> "RetentionPlan":
        target, returning = (one.narrowed_to(condition) for one in (self.target, self.returning))
        return replace(self, target=target, returning=returning, cohorts=())


def make_plan(query: RetentionQuery, *, team: Team, clock: Clock, earliest: datetime | None = None) -> RetentionPlan:
    """`earliest` is the project's first event, for `all`."""
    asked = query.retentionFilter
    _refuse_unsupported(asked)
    common = common_condition(query, team)
    period = asked.period or "Day"
    breakdown, limit = _breakdown(query, team, clock)
    plan = RetentionPlan(
        team_id=team.pk,
        clock=clock,
        starts=_starts(query, period, clock, earliest),
        windows=windows_of(asked),
        is_rolling=asked.timeWindowMode == "24_hour_windows",
        period=period,
        target=_entity(asked.targetEntity, common, f"{PLACE}.targetEntity"),
        returning=_entity(asked.returningEntity, common, f"{PLACE}.returningEntity"),
        kind=asked.retentionType or RECURRING,
        actor=group_actor(query.aggregation_group_type_index, place="aggregation_group_type_index"),
        minimum=_minimum(asked),
        amount=_amount(asked),
        breakdown=breakdown,
        breakdown_limit=limit,
        cohorts=cohorts_of(query.breakdownFilter, clock=clock),
    )
    rows = plan.breakdown_limit + 1 if plan.breakdown else len(plan.cohorts) or 1
    refuse_too_many_cells(rows * plan.count * len(plan.windows))
    return plan


def _refuse_unsupported(asked: RetentionFilter) -> None:
    if asked.customAggregationTarget:
        raise Unsupported(f"{PLACE}.customAggregationTarget")
    is_rolling = asked.timeWindowMode == "24_hour_windows"
    is_added_up = asked.aggregationType in ("sum", "avg")
    if is_rolling and asked.cumulative:
        code = "retention_cumulative_24_hour_windows_unsupported"
        raise Refusal("Cumulative retention is not supported for 24 hour windows.", code=code)
    if is_rolling and is_added_up:
        code = "retention_24_hour_windows_property_aggregation_unsupported"
        raise Refusal("Sum and average aggregation are not supported for 24 hour windows.", code=code)
    if asked.cumulative and is_added_up:
        raise Unsupported(
            f"{PLACE}.aggregationType: {asked.aggregationType} of cumulative retention", "is not supported"
        )


@at_place("dateRange")
def _starts(query: RetentionQuery, period: str, clock: Clock, earliest: datetime | None) -> tuple[datetime, ...]:
    """The period that holds `date_to` is the last one, and counts wholly, even beyond `date_to`.

    The first is the one that holds `date_from`, or else there are as many as intervals.
    """
    interval = period.lower()
    asked = query.dateRange
    text = asked.date_to if asked else None
    since = asked.date_from if asked else None
    with readable_dates(since or text or ""):
        last = align(parse_moment(text, clock).at if text else clock.now, interval, clock)
        if since and not (is_unbounded(asked) and earliest is None):
            at = earliest.astimezone(clock.zone) if is_unbounded(asked) and earliest else parse_moment(since, clock).at
            return _between(align(at, interval, clock), last, interval)
    count = intervals_of(query.retentionFilter)
    return starts_from(last, interval=interval, first=1 - count, count=count + 1)


def _between(first: datetime, last: datetime, interval: str) -> tuple[datetime, ...]:
    """None at all if it ends before it begins."""
    starts = starts_from(first, interval=interval, first=0, count=MAX_PERIODS + 2)
    # Compared as instants: on the wall clock an hour that comes twice would look like one.
    end = last.astimezone(UTC)
    found = starts[: 1 + sum(start.astimezone(UTC) <= end for start in starts)]
    if len(found) > MAX_PERIODS + 1:
        raise Refusal(f"The date range holds more than {MAX_PERIODS} periods, the limit. Choose a shorter one.")
    return found


def _entity(asked: RetentionEntity | None, common: Condition, place: str) -> Entity:
    if asked is None:
        return Entity((Alternative(event=DEFAULT_EVENT, condition=common),))
    own = condition_of(asked.properties, place=f"{place}.properties")
    if asked.is_action:
        if asked.action_id is None:
            raise Refusal(f"{place}.id: must be the id of an action.")
        return entity_of_action(asked.meant, all_of([common, own]))
    if asked.type not in (None, "events"):
        raise Unsupported(f"{place}: {asked.type}")
    if isinstance(asked.id, int):
        raise Refusal(f"{place}.id: must be the name of an event.")
    return Entity((Alternative(event=asked.id, condition=all_of([common, own])),))


def _minimum(asked: RetentionFilter) -> int:
    minimum = 1 if asked.minimumOccurrences is None else asked.minimumOccurrences
    if minimum < 1:
        raise Refusal(f"{PLACE}.minimumOccurrences: must be at least 1.")
    return min(minimum, 2**31 - 1)


def _amount(asked: RetentionFilter) -> Amount | None:
    if asked.aggregationType not in ("sum", "avg"):
        return None
    if not asked.aggregationProperty:
        raise Refusal(f"{PLACE}.aggregationProperty: required with the aggregationType {asked.aggregationType}.")
    return Amount(
        property=Property(scope=asked.aggregationPropertyType or "event", key=asked.aggregationProperty),
        is_mean=asked.aggregationType == "avg",
        adds_returning=_name(asked.targetEntity) != _name(asked.returningEntity),
    )


def _name(asked: RetentionEntity | None) -> tuple[bool, str | int | None]:
    return (asked.is_action, asked.id) if asked else (False, DEFAULT_EVENT)


def _breakdown(query: RetentionQuery, team: Team, clock: Clock) -> tuple[Dimension | None, int]:
    """With how many values are shown."""
    plan = None if is_by_cohort(query.breakdownFilter) else breakdown_of(query.breakdownFilter, team=team, clock=clock)
    if plan is None:
        return None, 1
    if len(plan.dimensions) > 1:
        raise Unsupported("breakdownFilter: more than one breakdown in retention", "is not supported")
    [dimension] = plan.dimensions
    if dimension.bins is not None:
        raise Unsupported("breakdownFilter: a histogram in retention", "is not supported")
    return dimension, plan.limit
