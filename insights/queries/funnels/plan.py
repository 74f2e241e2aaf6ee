"""FunnelsQuery → who has to take which steps, in which order and time. Refuses what cannot be counted."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from accounts.models import Team
from events.filtering.conditions import Condition
from events.filtering.errors import Unsupported
from events.filtering.moments import Clock
from events.filtering.sql import Sql
from insights.queries.breakdowns import Computed
from insights.queries.buckets import Buckets, buckets_of, one_bucket
from insights.queries.entities import Actor, Entity, common_condition, entity_of, group_actor
from insights.queries.funnels.actors import expression_of
from insights.queries.funnels.breakdowns import FunnelBreakdown, breakdown_of
from insights.queries.funnels.exclusions import Exclusion, exclusions_of
from insights.queries.funnels.rules import check_steps, window_of
from insights.queries.nodes import FunnelsQuery, Series
from insights.queries.nodes.insights import FunnelsFilter
from insights.queries.periods import Period, periods_of
from insights.queries.sizes import refuse_too_many_cells
from insights.queries.trends.cohorts import CohortChoice, cohorts_of, is_by_cohort

FIRST_TIME_MATHS = {"first_time_for_user", "first_time_for_user_with_filters"}


@dataclass(frozen=True, kw_only=True)
class Step:
    """`first_of` limits the step to a person's first event ever among those that it means."""

    index: int
    node: Series
    entity: Entity
    first_of: Entity | None = None

    @property
    def is_optional(self) -> bool:
        return bool(self.node.optionalInFunnel)

    def overlaps(self, other: "Step") -> bool:
        """Whether one event may be both."""
        names, others = ({part.event for part in step.entity.alternatives} for step in (self, other))
        return None in names or None in others or bool(names & others)


@dataclass(frozen=True, kw_only=True)
class FunnelPlan:
    """One funnel: of a period, and where it is broken down by cohorts, of one of them.

    `from_step` and `to_step` are the part that conversion times and trends are about; `expression` tells apart those
    whom it counts, where these are neither persons nor groups.
    """

    team_id: int
    clock: Clock
    period: Period
    steps: tuple[Step, ...]
    order: str
    viz: str
    window: timedelta
    actor: Actor
    expression: Sql | None
    exclusions: tuple[Exclusion, ...]
    breakdown: FunnelBreakdown | None
    from_step: int
    to_step: int
    bin_count: int | None
    #: Of trends: whether the last periods, whose attempts may still go on, are left out.
    hides_incomplete: bool
    cohort: CohortChoice | None = None

    @property
    def cohort_value(self) -> int | str | None:
        return self.cohort.value if self.cohort else None

    @property
    def buckets(self) -> Buckets:
        return self.period.buckets

    @property
    def shown_buckets(self) -> int:
        """How many of the buckets are shown: none whose last attempt may still go on, where these are hidden."""
        starts = self.buckets.starts
        if not self.hides_incomplete:
            return len(starts)
        ends = [*starts[1:], self.buckets.range.date_to]
        return sum(end + self.window <= self.clock.now for end in ends)

    @property
    def reads_persons(self) -> bool:
        entities = [*self.entities, *(exclusion.entity for exclusion in self.exclusions)]
        is_broken_down = self.breakdown is not None and self.breakdown.reads_persons
        return is_broken_down or any(one.reads_persons for one in entities)

    @property
    def has_expressions(self) -> bool:
        is_broken_down = self.breakdown is not None and any(
            isinstance(one.of, Computed) for one in self.breakdown.dimensions
        )
        return is_broken_down or self.expression is not None

    @property
    def required(self) -> list[int]:
        return [step.index for step in self.steps if not step.is_optional]

    @property
    def has_optional(self) -> bool:
        return len(self.required) < len(self.steps)

    def next_after(self, step: int) -> list[Step]:
        """The steps that may come next: optional ones, and the first that is required."""
        following = self.steps[step + 1 :]
        count = next((place + 1 for place, one in enumerate(following) if not one.is_optional), len(following))
        return list(following[:count])

    @property
    def entities(self) -> list[Entity]:
        return [step.entity for step in self.steps]


def make_plans(query: FunnelsQuery, *, team: Team, clock: Clock, earliest: datetime | None) -> tuple[FunnelPlan, ...]:
    """A funnel for each period, and in each period for each cohort. Compiling expressions reads the definitions."""
    asked = query.funnelsFilter or FunnelsFilter()
    _refuse_unsupported(query, asked)
    check_steps(query.series, asked)
    periods = periods_of(
        query.dateRange,
        query.compareFilter,
        interval=query.interval or "day",
        clock=clock,
        earliest=earliest,
        divide=buckets_of if asked.funnelVizType == "trends" else one_bucket,
    )
    plan = _plan(query, asked, period=periods[0], team=team, clock=clock)
    plans = [_about(plan, cohort) for cohort in cohorts_of(query.breakdownFilter, clock=clock)] or [plan]
    plans = [replace(one, period=period) for period in periods for one in plans]
    _refuse_too_many_cells(plans)
    return tuple(plans)


def _plan(query: FunnelsQuery, asked: FunnelsFilter, *, period: Period, team: Team, clock: Clock) -> FunnelPlan:
    order, common = asked.funnelOrderType or "ordered", common_condition(query, team)
    steps = tuple(_step(node, index, common) for index, node in enumerate(query.series))
    by_values = None if is_by_cohort(query.breakdownFilter) else query.breakdownFilter
    return FunnelPlan(
        team_id=team.pk,
        clock=clock,
        period=period,
        steps=steps,
        order=order,
        viz=asked.funnelVizType or "steps",
        window=window_of(asked),
        actor=group_actor(query.aggregation_group_type_index, place="aggregation_group_type_index"),
        expression=expression_of(asked, team=team, clock=clock),
        exclusions=exclusions_of(asked.exclusions or [], series=query.series, order=order, common=common),
        breakdown=breakdown_of(by_values, asked, step_count=len(steps), team=team, clock=clock),
        from_step=asked.funnelFromStep or 0,
        to_step=len(steps) - 1 if asked.funnelToStep is None else asked.funnelToStep,
        bin_count=asked.binCount if isinstance(asked.binCount, int) else None,
        hides_incomplete=bool(asked.hideIncompleteConversionWindowPeriods),
    )


def _refuse_too_many_cells(plans: Sequence[FunnelPlan]) -> None:
    refuse_too_many_cells(
        sum(len(plan.buckets.starts) * (plan.breakdown.limit + 2 if plan.breakdown else 1) for plan in plans)
    )


def _about(plan: FunnelPlan, cohort: CohortChoice) -> FunnelPlan:
    """The same funnel of those who are in a cohort."""
    return replace(
        plan,
        cohort=cohort,
        steps=tuple(replace(step, entity=step.entity.narrowed_to(cohort.condition)) for step in plan.steps),
        exclusions=tuple(replace(one, entity=one.entity.narrowed_to(cohort.condition)) for one in plan.exclusions),
    )


def _refuse_unsupported(query: FunnelsQuery, asked: FunnelsFilter) -> None:
    if query.interval == "second":
        raise Unsupported("interval: second")
    if asked.funnelVizType == "flow":
        raise Unsupported("funnelsFilter.funnelVizType: flow")
    broken_down = query.breakdownFilter
    if asked.funnelVizType == "time_to_convert" and broken_down and (broken_down.breakdown or broken_down.breakdowns):
        raise Unsupported("breakdownFilter: with funnelVizType time_to_convert")


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
