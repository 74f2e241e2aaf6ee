"""FunnelsQuery → who has to take which steps, in which order and time. Pure; refuses what cannot be counted."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.models import Team
from events.filtering.conditions import Condition
from events.filtering.errors import Unsupported
from events.filtering.moments import Clock
from insights.queries.breakdowns import plain_properties
from insights.queries.buckets import Buckets, buckets_of, one_bucket
from insights.queries.entities import Actor, Entity, Property, common_condition, entity_of, group_actor
from insights.queries.expressions import property_or_refuse
from insights.queries.funnels.breakdowns import FunnelBreakdown, breakdown_of
from insights.queries.funnels.exclusions import Exclusion, exclusions_of
from insights.queries.funnels.rules import check_steps, window_of
from insights.queries.nodes import FunnelsQuery, Series
from insights.queries.nodes.insights import FunnelsFilter
from insights.queries.periods import periods_of

FIRST_TIME_MATHS = {"first_time_for_user", "first_time_for_user_with_filters"}


@dataclass(frozen=True, kw_only=True)
class Step:
    """`first_of` limits the step to a person's first event ever among those that it means."""

    index: int
    node: Series
    entity: Entity
    first_of: Entity | None = None


@dataclass(frozen=True, kw_only=True)
class FunnelPlan:
    """`from_step` and `to_step` are the part that conversion times and trends are about."""

    team_id: int
    clock: Clock
    buckets: Buckets
    steps: tuple[Step, ...]
    order: str
    viz: str
    window: timedelta
    actor: Actor
    exclusions: tuple[Exclusion, ...]
    breakdown: FunnelBreakdown | None
    from_step: int
    to_step: int
    bin_count: int | None

    @property
    def reads_persons(self) -> bool:
        entities = [*self.entities, *(exclusion.entity for exclusion in self.exclusions)]
        keys = self.breakdown.properties if self.breakdown else ()
        return self.actor.reads_persons or any(one.reads_persons for one in entities) or _has_person(keys)

    @property
    def entities(self) -> list[Entity]:
        return [step.entity for step in self.steps]


def make_plan(query: FunnelsQuery, *, team: Team, clock: Clock, earliest: datetime | None) -> FunnelPlan:
    asked = query.funnelsFilter or FunnelsFilter()
    _refuse_unsupported(query, asked)
    check_steps(query.series, asked)
    order, common = asked.funnelOrderType or "ordered", common_condition(query, team)
    steps = tuple(_step(node, index, common) for index, node in enumerate(query.series))
    divide = buckets_of if asked.funnelVizType == "trends" else one_bucket
    [period] = periods_of(
        query.dateRange, None, interval=query.interval or "day", clock=clock, earliest=earliest, divide=divide
    )
    return FunnelPlan(
        team_id=team.pk,
        clock=clock,
        buckets=period.buckets,
        steps=steps,
        order=order,
        viz=asked.funnelVizType or "steps",
        window=window_of(asked),
        actor=_actor(query, asked),
        exclusions=exclusions_of(asked.exclusions or [], series=query.series, order=order, common=common),
        breakdown=breakdown_of(query.breakdownFilter, asked, step_count=len(steps)),
        from_step=asked.funnelFromStep or 0,
        to_step=len(steps) - 1 if asked.funnelToStep is None else asked.funnelToStep,
        bin_count=asked.binCount if isinstance(asked.binCount, int) else None,
    )


def _refuse_unsupported(query: FunnelsQuery, asked: FunnelsFilter) -> None:
    if query.interval == "second":
        raise Unsupported("interval: second")
    if query.compareFilter and query.compareFilter.compare:
        raise Unsupported("compareFilter: comparing funnels")
    if asked.funnelVizType == "flow":
        raise Unsupported("funnelsFilter.funnelVizType: flow")
    if asked.funnelVizType == "trends" and asked.hideIncompleteConversionWindowPeriods:
        raise Unsupported("funnelsFilter.hideIncompleteConversionWindowPeriods")
    if asked.funnelVizType == "time_to_convert" and plain_properties(query.breakdownFilter):
        raise Unsupported("breakdownFilter: with funnelVizType time_to_convert")


def _actor(query: FunnelsQuery, asked: FunnelsFilter) -> Actor:
    expression = (asked.funnelAggregateByHogQL or "").strip()
    if expression and expression not in ("person_id", "person.id"):
        return Actor(key=property_or_refuse(expression, place="funnelsFilter.funnelAggregateByHogQL"))
    return group_actor(query.aggregation_group_type_index, place="aggregation_group_type_index")


def _step(node: Series, index: int, common: Condition) -> Step:
    place = f"series.{index}"
    entity = entity_of(node, place=place, common=common)
    math = node.math or "total"
    if math not in {"total", *FIRST_TIME_MATHS}:
        raise Unsupported(f"{place}.math: {math} in a funnel")
    return Step(index=index, node=node, entity=entity, first_of=_first_of(entity, math))


def _first_of(entity: Entity, math: str) -> Entity | None:
    if math == "total":
        return None
    return entity if math == "first_time_for_user_with_filters" else entity.without_filters()


def _has_person(properties: tuple[Property, ...]) -> bool:
    return any(one.scope == "person" for one in properties)
