"""StickinessQuery → in how many of the range's intervals somebody has to have been active. Pure."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import Team
from common.exceptions import Refusal
from events.filtering.conditions import Condition
from events.filtering.errors import Unsupported
from events.filtering.moments import Clock
from insights.queries.buckets import MAX_BUCKETS
from insights.queries.entities import PERSON, Actor, Entity, common_condition, entity_of, group_actor
from insights.queries.nodes import Series, StickinessQuery
from insights.queries.nodes.insights import StickinessCriteria, StickinessFilter
from insights.queries.periods import Period, periods_of

MAX_SERIES = 50


@dataclass(frozen=True, kw_only=True)
class StickinessSeries:
    index: int
    node: Series
    entity: Entity
    actor: Actor


@dataclass(frozen=True, kw_only=True)
class StickinessPlan:
    """`width`: how many calendar intervals make one interval of the answer."""

    team_id: int
    clock: Clock
    periods: tuple[Period, ...]
    series: tuple[StickinessSeries, ...]
    interval: str
    width: int
    criteria: StickinessCriteria | None
    is_cumulative: bool

    def starts(self, period: Period) -> tuple[datetime, ...]:
        return period.buckets.starts[:: self.width]


def make_plan(query: StickinessQuery, *, team: Team, clock: Clock, earliest: datetime | None) -> StickinessPlan:
    if query.interval == "second":
        raise Unsupported("interval: second")
    if len(query.series) > MAX_SERIES:
        raise Refusal(f"A query may have at most {MAX_SERIES} series.")
    asked = query.stickinessFilter or StickinessFilter()
    interval = query.interval or "day"
    common = common_condition(query, team)
    return StickinessPlan(
        team_id=team.pk,
        clock=clock,
        periods=periods_of(query.dateRange, query.compareFilter, interval=interval, clock=clock, earliest=earliest),
        series=tuple(_series(node, index, common) for index, node in enumerate(query.series)),
        interval=interval,
        width=_width(query),
        criteria=_criteria(asked),
        is_cumulative=asked.computedAs == "cumulative",
    )


def _width(query: StickinessQuery) -> int:
    width = 1 if query.intervalCount is None else query.intervalCount
    if not 1 <= width <= MAX_BUCKETS:
        raise Refusal(f"intervalCount: must be between 1 and {MAX_BUCKETS}.")
    return width


def _criteria(asked: StickinessFilter) -> StickinessCriteria | None:
    criteria = asked.stickinessCriteria
    if criteria and not 1 <= criteria.value < 2**31:
        raise Refusal("stickinessFilter.stickinessCriteria.value: must be at least 1.")
    return criteria


def _series(node: Series, index: int, common: Condition) -> StickinessSeries:
    place = f"series.{index}"
    entity = entity_of(node, place=place, common=common)
    return StickinessSeries(index=index, node=node, entity=entity, actor=_actor(node, place))


def _actor(node: Series, place: str) -> Actor:
    if node.math in (None, "total", "dau"):
        return PERSON
    if node.math != "unique_group":
        raise Unsupported(f"{place}.math: {node.math} in stickiness")
    if node.math_group_type_index is None:
        raise Refusal(f"{place}.math_group_type_index: required with the math unique_group.")
    return group_actor(node.math_group_type_index, place=f"{place}.math_group_type_index")
