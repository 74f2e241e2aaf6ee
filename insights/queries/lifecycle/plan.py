"""LifecycleQuery → whose activity is sorted into new, returning, resurrecting and dormant. Pure."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import Team
from common.exceptions import Refusal
from events.filtering.errors import Unsupported
from events.filtering.moments import Clock
from insights.queries.buckets import Buckets, starts_from
from insights.queries.entities import Actor, Entity, common_condition, entity_of, group_actor
from insights.queries.nodes import LifecycleQuery, Series
from insights.queries.periods import periods_of


@dataclass(frozen=True, kw_only=True)
class LifecycleSeries:
    node: Series
    entity: Entity


@dataclass(frozen=True, kw_only=True)
class LifecyclePlan:
    """`looks_back`: what happened one bucket before the range says who is returning in its first."""

    team_id: int
    clock: Clock
    buckets: Buckets
    series: LifecycleSeries | None
    actor: Actor
    looks_back: bool

    @property
    def starts(self) -> tuple[datetime, ...]:
        """The bucket before the range, its buckets, and the end of the last."""
        first, count = self.buckets.starts[0], len(self.buckets.starts)
        return starts_from(first, interval=self.buckets.interval, first=-1, count=count + 2)


def make_plan(query: LifecycleQuery, *, team: Team, clock: Clock, earliest: datetime | None) -> LifecyclePlan:
    if query.interval == "second":
        raise Unsupported("interval: second")
    if query.customAggregationTarget:
        raise Unsupported("customAggregationTarget")
    interval = query.interval or "day"
    [period] = periods_of(query.dateRange, None, interval=interval, clock=clock, earliest=earliest)
    only_dates = query.lifecycleFilter and query.lifecycleFilter.onlyUseInsightDates
    return LifecyclePlan(
        team_id=team.pk,
        clock=clock,
        buckets=period.buckets,
        series=_series(query, team),
        actor=group_actor(query.aggregation_group_type_index, place="aggregation_group_type_index"),
        looks_back=not only_dates,
    )


def _series(query: LifecycleQuery, team: Team) -> LifecycleSeries | None:
    if len(query.series) > 1:
        raise Refusal("series: a lifecycle has one series only.")
    if not query.series:
        return None
    [node] = query.series
    if node.math not in (None, "total", "dau"):
        raise Unsupported(f"series.0.math: {node.math} in a lifecycle")
    return LifecycleSeries(node=node, entity=entity_of(node, place="series.0", common=common_condition(query, team)))
