"""RetentionQuery → who came, and in which later periods they came back. Pure; refuses what cannot be counted."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import Team
from common.exceptions import Refusal
from events.filtering.conditions import Condition, all_of, condition_of
from events.filtering.errors import Unsupported
from events.filtering.moments import Clock, parse_moment
from insights.queries.breakdowns import limit_of, plain_properties
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

# A person's periods are the bits of one bigint.
MAX_PERIODS = 62
DEFAULT_PERIODS = 8
DEFAULT_EVENT = "$pageview"


@dataclass(frozen=True, kw_only=True)
class RetentionPlan:
    """`starts` has one instant more than there are periods: the end of the last."""

    team_id: int
    clock: Clock
    starts: tuple[datetime, ...]
    period: str
    target: Entity
    returning: Entity
    kind: str
    actor: Actor
    is_cumulative: bool
    minimum: int
    breakdown: Property | None
    breakdown_limit: int

    @property
    def count(self) -> int:
        return len(self.starts) - 1


def make_plan(query: RetentionQuery, *, team: Team, clock: Clock) -> RetentionPlan:
    asked = query.retentionFilter
    _refuse_unsupported(asked)
    common = common_condition(query, team)
    period = asked.period or "Day"
    breakdown = _breakdown(query)
    return RetentionPlan(
        team_id=team.pk,
        clock=clock,
        starts=_starts(query, period, clock),
        period=period,
        target=_entity(asked.targetEntity, common, "retentionFilter.targetEntity"),
        returning=_entity(asked.returningEntity, common, "retentionFilter.returningEntity"),
        kind=asked.retentionType or "retention_recurring",
        actor=group_actor(query.aggregation_group_type_index, place="aggregation_group_type_index"),
        is_cumulative=bool(asked.cumulative),
        minimum=_minimum(asked),
        breakdown=breakdown,
        breakdown_limit=limit_of(query.breakdownFilter) if breakdown and query.breakdownFilter else 0,
    )


def _refuse_unsupported(asked: RetentionFilter) -> None:
    place = "retentionFilter"
    if asked.timeWindowMode == "24_hour_windows":
        raise Unsupported(f"{place}.timeWindowMode: 24_hour_windows")
    if asked.retentionCustomBrackets:
        raise Unsupported(f"{place}.retentionCustomBrackets")
    if asked.aggregationType in ("sum", "avg"):
        raise Unsupported(f"{place}.aggregationType: {asked.aggregationType}")


def _starts(query: RetentionQuery, period: str, clock: Clock) -> tuple[datetime, ...]:
    """The period that holds `date_to` is the last one, and counts wholly, even beyond `date_to`."""
    wanted = query.retentionFilter.totalIntervals
    count = DEFAULT_PERIODS if wanted is None else wanted
    if not 1 <= count <= MAX_PERIODS:
        raise Refusal(f"retentionFilter.totalIntervals: must be between 1 and {MAX_PERIODS}.")
    text = query.dateRange.date_to if query.dateRange else None
    last = parse_moment(text, clock).at if text else clock.now
    interval = period.lower()
    return starts_from(align(last, interval, clock), interval=interval, first=1 - count, count=count + 1)


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
        raise Refusal("retentionFilter.minimumOccurrences: must be at least 1.")
    return min(minimum, 2**31 - 1)


def _breakdown(query: RetentionQuery) -> Property | None:
    """A property of the person, which is the same in every period."""
    properties = plain_properties(query.breakdownFilter)
    if not properties:
        return None
    if len(properties) > 1 or properties[0].scope != "person" or query.aggregation_group_type_index is not None:
        raise Unsupported("breakdownFilter: anything but one person property in retention")
    return properties[0]
