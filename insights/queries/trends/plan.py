"""TrendsQuery → what has to be counted. Pure: whatever this server cannot count is refused here, by name."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import Team
from common.exceptions import Refusal
from events.filtering.conditions import Condition
from events.filtering.errors import Unsupported
from events.filtering.moments import Clock
from insights.queries.buckets import buckets_of, one_bucket
from insights.queries.entities import SCOPES, Actor, Entity, Property, common_condition, entity_of, group_actor
from insights.queries.nodes import Counted, Series, TrendsFilter, TrendsQuery
from insights.queries.periods import Period, periods_of
from insights.queries.trends.breakdowns import BreakdownPlan, breakdown_of
from insights.queries.trends.cohorts import CohortChoice, cohorts_of, is_by_cohort
from insights.queries.trends.formula import Expression, parse

MAX_SERIES = 50
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# Each is a number in the answer; half a million make some 10 MB.
MAX_CELLS = 500_000


TOTAL_VALUE_DISPLAYS = {"BoldNumber", "Metric", "ActionsPie", "ActionsBarValue", "ActionsTable", "WorldMap"}
UNSUPPORTED_DISPLAYS = {"CalendarHeatmap", "TwoDimensionalHeatmap", "BoxPlot"}
ACTIVE_DAYS = {"weekly_active": 7, "monthly_active": 30}
PROPERTY_MATHS = {"avg", "sum", "min", "max", "median", "p75", "p90", "p95", "p99"}
COUNT_PER_ACTOR = "_count_per_actor"
ACTOR_MATHS = {"dau", "unique_group", *ACTIVE_DAYS}
FIRST_TIME, FIRST_MATCHING = "first_time_for_user", "first_matching_event_for_user"
FIRST_TIME_MATHS = {FIRST_TIME, FIRST_MATCHING}
SIMPLE_MATHS = {"total", "unique_session", *ACTOR_MATHS, *FIRST_TIME_MATHS}
_BUCKETS_PER_DAY = {"day": 1, "hour": 24, "minute": 24 * 60}


@dataclass(frozen=True, kw_only=True)
class SeriesPlan:
    """`first_of` leaves of each person only the first event ever among those that it means."""

    index: int
    node: Counted
    math: str
    entity: Entity
    actor: Actor
    property: Property | None = None
    first_of: Entity | None = None


@dataclass(frozen=True, kw_only=True)
class FormulaPlan:
    """A result of its own, reckoned from the series by their letters."""

    label: str
    expression: Expression


@dataclass(frozen=True, kw_only=True)
class TrendsPlan:
    team_id: int
    clock: Clock
    periods: tuple[Period, ...]
    series: tuple[SeriesPlan, ...]
    display: str
    interval: str
    is_total_value: bool
    is_cumulative: bool
    smoothing: int
    breakdown: BreakdownPlan | None
    cohorts: tuple[CohortChoice, ...]
    formulas: tuple[FormulaPlan, ...]

    def window(self, math: str) -> int:
        """How many buckets a sliding window spans; 0 where plain actors per bucket are asked."""
        if self.is_total_value or math not in ACTIVE_DAYS:
            return 0
        return ACTIVE_DAYS[math] * _BUCKETS_PER_DAY.get(self.interval, 0)

    def reads_persons(self, series: SeriesPlan) -> bool:
        properties = [series.property, *(self.breakdown.properties if self.breakdown else ())]
        return series.entity.reads_persons or any(one and one.scope == "person" for one in properties)


def make_plan(query: TrendsQuery, *, team: Team, clock: Clock, earliest: datetime | None) -> TrendsPlan:
    _refuse_unsupported(query)
    shown = query.trendsFilter or TrendsFilter()
    display = shown.display or "ActionsLineGraph"
    is_total_value = display in TOTAL_VALUE_DISPLAYS
    interval = "day" if is_total_value else query.interval or "day"
    common = common_condition(query, team)
    default = group_actor(query.aggregation_group_type_index, place="aggregation_group_type_index")
    plan = TrendsPlan(
        team_id=team.pk,
        clock=clock,
        periods=periods_of(
            query.dateRange,
            query.compareFilter,
            interval=interval,
            clock=clock,
            earliest=earliest,
            is_rolling=display == "BoldNumber",
            divide=one_bucket if is_total_value else buckets_of,
        ),
        series=tuple(_series(node, index, common, default) for index, node in enumerate(query.series)),
        display=display,
        interval=interval,
        is_total_value=is_total_value,
        is_cumulative=display == "ActionsLineGraphCumulative",
        smoothing=max(shown.smoothingIntervals or 1, 1),
        breakdown=None if is_by_cohort(query.breakdownFilter) else breakdown_of(query.breakdownFilter, display=display),
        cohorts=cohorts_of(query.breakdownFilter, clock=clock),
        formulas=_formulas(shown, letters=LETTERS[: len(query.series)]),
    )
    _refuse_too_many_cells(plan)
    return plan


def _refuse_unsupported(query: TrendsQuery) -> None:
    """`samplingFactor` is not among these: everything is counted, which is what a sample estimates."""
    shown = query.trendsFilter or TrendsFilter()
    if shown.display in UNSUPPORTED_DISPLAYS:
        raise Unsupported(f"trendsFilter.display: {shown.display}")
    if query.interval == "second":
        raise Unsupported("interval: second")
    if query.conversionGoal is not None:
        raise Unsupported("conversionGoal")
    if query.interval == "week" and any(node.math == "monthly_active" for node in query.series):
        raise Unsupported("interval: week with the math monthly_active")
    if len(query.series) > MAX_SERIES:
        raise Refusal(f"A query may have at most {MAX_SERIES} series.")


def _refuse_too_many_cells(plan: TrendsPlan) -> None:
    rows = plan.breakdown.limit + 2 if plan.breakdown else len(plan.cohorts) or 1
    cells = rows * len(plan.series) * sum(len(period.buckets.starts) for period in plan.periods)
    if cells > MAX_CELLS:
        raise Refusal(
            f"The answer would have {cells} numbers, more than {MAX_CELLS}, the limit. "
            "Choose a shorter range, a longer interval or a smaller breakdown_limit."
        )


def _formulas(shown: TrendsFilter, *, letters: str) -> tuple[FormulaPlan, ...]:
    """The newest way of saying it wins."""
    texts = [(text, None) for text in shown.formulas or [shown.formula or ""]]
    asked = [(node.formula, node.custom_name) for node in shown.formulaNodes or []] or texts
    return tuple(
        FormulaPlan(label=name or f"Formula ({text})", expression=parse(text, letters=letters))
        for text, name in asked
        if text.strip()
    )


def _series(node: Series, index: int, common: Condition, actor: Actor) -> SeriesPlan:
    place = f"series.{index}"
    entity = entity_of(node, place=place, common=common)
    if not isinstance(node, Counted):
        raise Unsupported(f"{place}: {node.kind}")
    math = _math(node, place)
    if math in FIRST_TIME_MATHS and not actor.is_person:
        raise Unsupported(f"{place}.math: {math} with aggregation_group_type_index")
    if math == "unique_group":
        actor = group_actor(node.math_group_type_index, place=f"{place}.math_group_type_index")
    return SeriesPlan(
        index=index,
        node=node,
        math=math,
        entity=entity,
        actor=actor,
        property=_math_property(node, place),
        first_of={FIRST_TIME: entity.without_filters(), FIRST_MATCHING: entity}.get(math),
    )


def _math(node: Counted, place: str) -> str:
    math = node.math or "total"
    is_known = math in SIMPLE_MATHS or math in PROPERTY_MATHS or math.endswith(COUNT_PER_ACTOR)
    if not is_known:
        raise Unsupported(f"{place}.math: {math}")
    if math == "unique_group" and node.math_group_type_index is None:
        raise Refusal(f"{place}.math_group_type_index: required with the math unique_group.")
    return math


def _math_property(node: Counted, place: str) -> Property | None:
    if node.math not in PROPERTY_MATHS:
        return None
    if not node.math_property:
        raise Refusal(f"{place}.math_property: required with the math {node.math}.")
    if node.math_property_revenue_currency:
        raise Unsupported(f"{place}.math_property_revenue_currency")
    scope = SCOPES.get(node.math_property_type or "event")
    if not scope:
        raise Unsupported(f"{place}.math_property_type: {node.math_property_type}")
    return Property(scope=scope, key=node.math_property)
