"""TrendsQuery → what has to be counted. Whatever this server cannot count is refused here, by name."""

from dataclasses import dataclass, replace
from datetime import datetime

from accounts.models import Team
from common.exceptions import Refusal
from events.filtering.conditions import Condition
from events.filtering.errors import Unsupported
from events.filtering.moments import Clock
from events.filtering.sql import Sql
from insights.queries.breakdowns import BreakdownPlan, Computed, breakdown_of
from insights.queries.buckets import buckets_of, one_bucket
from insights.queries.entities import PERSON, Actor, Entity, common_condition, entity_of, group_actor
from insights.queries.nodes import Counted, Series, TrendsFilter, TrendsQuery
from insights.queries.periods import Period, periods_of
from insights.queries.sizes import refuse_too_many_cells
from insights.queries.trends.cohorts import CohortChoice, cohorts_of, is_by_cohort
from insights.queries.trends.formula import Expression, parse
from insights.queries.trends.measures import PROPERTY_MATHS, Measure, measure_of, property_measure

MAX_SERIES = 50
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

TOTAL_VALUE_DISPLAYS = {"BoldNumber", "ActionsPie", "ActionsBarValue", "ActionsTable", "WorldMap", "CalendarHeatmap"}
HEATMAP, BOX_PLOT, SLOPE = "CalendarHeatmap", "BoxPlot", "SlopeGraph"
WORLD_MAP_LIMIT = 250
ACTIVE_DAYS = {"weekly_active": 7, "monthly_active": 30}
COUNT_PER_ACTOR = "_count_per_actor"
ACTOR_MATHS = {"dau", "unique_group", *ACTIVE_DAYS}
FIRST_TIME, FIRST_MATCHING = "first_time_for_user", "first_matching_event_for_user"
FIRST_TIME_MATHS = {FIRST_TIME, FIRST_MATCHING}
SIMPLE_MATHS = {"total", "unique_session", "hogql", *ACTOR_MATHS, *FIRST_TIME_MATHS}
HEATMAP_MATHS = {"total", "dau", "unique_group"}
DAYS_PER_WEEK = 7
_BUCKETS_PER_DAY = {"day": 1, "hour": 24, "minute": 24 * 60}


@dataclass(frozen=True, kw_only=True)
class SeriesPlan:
    """`first_of` leaves of each person only the first event ever among those that it means."""

    index: int
    node: Counted
    math: str
    entity: Entity
    actor: Actor
    measure: Measure | None = None
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
        """How many steps a sliding window spans; 0 where plain actors per bucket are asked."""
        if self.is_total_value or math not in ACTIVE_DAYS:
            return 0
        if self.slides_by_day(math):
            return ACTIVE_DAYS[math]
        return ACTIVE_DAYS[math] * _BUCKETS_PER_DAY.get(self.interval, 0)

    def slides_by_day(self, math: str) -> bool:
        """A month that ends on the first day of a week is no number of weeks."""
        return math == "monthly_active" and self.interval == "week"

    def reads_persons(self, series: SeriesPlan) -> bool:
        is_measured = series.measure is not None and series.measure.reads_persons
        is_broken_down = self.breakdown is not None and self.breakdown.reads_persons
        return series.entity.reads_persons or is_measured or is_broken_down

    def expressions(self, series: SeriesPlan) -> list[Sql]:
        """Those that may name tables beside `events e`."""
        dimensions = self.breakdown.dimensions if self.breakdown else ()
        values = [one.of.text for one in dimensions if isinstance(one.of, Computed)]
        return [*values, *(series.measure.expressions if series.measure else ())]


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
            None if display == SLOPE else query.compareFilter,
            interval=interval,
            clock=clock,
            earliest=earliest,
            is_rolling=display == "BoldNumber",
            divide=one_bucket if is_total_value else buckets_of,
        ),
        series=tuple(
            SeriesReader(team=team, clock=clock, common=common, actor=default, display=display).read(node, index)
            for index, node in enumerate(query.series)
        ),
        display=display,
        interval=interval,
        is_total_value=is_total_value,
        is_cumulative=display == "ActionsLineGraphCumulative",
        smoothing=1 if display == SLOPE else max(shown.smoothingIntervals or 1, 1),
        breakdown=_breakdown(query, display, team=team, clock=clock),
        cohorts=cohorts_of(query.breakdownFilter, clock=clock),
        formulas=_formulas(shown, letters=LETTERS[: len(query.series)]),
    )
    _refuse_too_many_cells(plan)
    return plan


def _breakdown(query: TrendsQuery, display: str, *, team: Team, clock: Clock) -> BreakdownPlan | None:
    if is_by_cohort(query.breakdownFilter):
        return None
    found = breakdown_of(query.breakdownFilter, team=team, clock=clock)
    return replace(found, limit=WORLD_MAP_LIMIT) if found and display == "WorldMap" else found


def _refuse_unsupported(query: TrendsQuery) -> None:
    """`samplingFactor` is not among these: everything is counted, which is what a sample estimates."""
    shown = query.trendsFilter or TrendsFilter()
    if shown.display == "TwoDimensionalHeatmap":
        raise Unsupported(f"trendsFilter.display: {shown.display}")
    if shown.display in (HEATMAP, BOX_PLOT):
        _refuse_beside(query, shown, shown.display)
    if query.interval == "second":
        raise Unsupported("interval: second")
    if query.conversionGoal is not None:
        raise Unsupported("conversionGoal")
    if (query.calendarHeatmapFilter or {}).get("bucketBySessionStart"):
        raise Unsupported("calendarHeatmapFilter.bucketBySessionStart")
    if len(query.series) > MAX_SERIES:
        raise Refusal(f"A query may have at most {MAX_SERIES} series.")


def _refuse_beside(query: TrendsQuery, shown: TrendsFilter, display: str) -> None:
    """What these displays have no place for."""
    asked = query.breakdownFilter
    if asked and (asked.breakdown or asked.breakdowns):
        raise Unsupported(f"breakdownFilter: with the display {display}", "is not supported")
    if query.compareFilter and query.compareFilter.compare:
        raise Unsupported(f"compareFilter: with the display {display}", "is not supported")
    if _formulas(shown, letters=LETTERS[: len(query.series)]):
        raise Unsupported(f"trendsFilter.formula: with the display {display}", "is not supported")


def _refuse_too_many_cells(plan: TrendsPlan) -> None:
    rows = plan.breakdown.limit + 2 if plan.breakdown else len(plan.cohorts) or 1
    refuse_too_many_cells(rows * len(plan.series) * sum(len(period.buckets.starts) for period in plan.periods))


def _formulas(shown: TrendsFilter, *, letters: str) -> tuple[FormulaPlan, ...]:
    """The newest way of saying it wins."""
    texts = [(text, None) for text in shown.formulas or [shown.formula or ""]]
    asked = [(node.formula, node.custom_name) for node in shown.formulaNodes or []] or texts
    return tuple(
        FormulaPlan(label=name or f"Formula ({text})", expression=parse(text, letters=letters))
        for text, name in asked
        if text.strip()
    )


@dataclass(frozen=True, kw_only=True)
class SeriesReader:
    """`actor` is whom the query counts where a series does not say."""

    team: Team
    clock: Clock
    common: Condition
    actor: Actor
    display: str

    def read(self, node: Series, index: int) -> SeriesPlan:
        place = f"series.{index}"
        entity = entity_of(node, place=place, common=self.common)
        if not isinstance(node, Counted):
            raise Unsupported(f"{place}: {node.kind}")
        math = self._math(node, place)
        return SeriesPlan(
            index=index,
            node=node,
            math=math,
            entity=entity,
            actor=self._actor(node, math, place),
            measure=self._measure(node, place),
            first_of={FIRST_TIME: entity.without_filters(), FIRST_MATCHING: entity}.get(math),
        )

    def _math(self, node: Counted, place: str) -> str:
        math = node.math or "total"
        if self.display == BOX_PLOT:
            return "total"
        is_known = math in SIMPLE_MATHS or math in PROPERTY_MATHS or math.endswith(COUNT_PER_ACTOR)
        if not is_known:
            raise Unsupported(f"{place}.math: {math}")
        if self.display == HEATMAP and math not in HEATMAP_MATHS:
            raise Unsupported(f"{place}.math: {math} with the display {HEATMAP}", "is not supported")
        if math == "unique_group" and node.math_group_type_index is None:
            raise Refusal(f"{place}.math_group_type_index: required with the math unique_group.")
        return math

    def _actor(self, node: Counted, math: str, place: str) -> Actor:
        """The first time of a user is that of a person, whatever else a query counts."""
        if math in FIRST_TIME_MATHS:
            return PERSON
        if math in ACTOR_MATHS and node.math_group_type_index is not None:
            return group_actor(node.math_group_type_index, place=f"{place}.math_group_type_index")
        return self.actor

    def _measure(self, node: Counted, place: str) -> Measure | None:
        if self.display == BOX_PLOT:
            return property_measure(node, place=place, clock=self.clock, reader=f"display {BOX_PLOT}")
        return measure_of(node, place=place, team=self.team, clock=self.clock)
