"""TrendsQuery → what has to be counted. Pure: whatever this server cannot count is refused here, by name."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import Team
from common.exceptions import Refusal
from insights.queries.buckets import Buckets, buckets_of, one_bucket
from insights.queries.conditions import (
    Condition,
    Scope,
    all_of,
    condition_of,
    reads_persons,
    test_account_condition,
)
from insights.queries.dates import Clock, Range, previous_range, resolve_range, shifted_range
from insights.queries.errors import Unsupported
from insights.queries.nodes import BreakdownFilter, EventsNode, Series, TrendsFilter, TrendsQuery
from insights.queries.trends.formula import Expression, parse

MAX_SERIES = 50
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
DEFAULT_BREAKDOWN_LIMIT = 25
WORLD_MAP_BREAKDOWN_LIMIT = 250
MAX_BREAKDOWN_LIMIT = 1000
# Each is a number in the answer; half a million make some 10 MB.
MAX_CELLS = 500_000

NULL_VALUE = "$$_posthog_breakdown_null_$$"
OTHER_VALUE = "$$_posthog_breakdown_other_$$"

TOTAL_VALUE_DISPLAYS = {"BoldNumber", "Metric", "ActionsPie", "ActionsBarValue", "ActionsTable", "WorldMap"}
UNSUPPORTED_DISPLAYS = {"CalendarHeatmap", "TwoDimensionalHeatmap", "BoxPlot"}
ACTIVE_DAYS = {"weekly_active": 7, "monthly_active": 30}
PROPERTY_MATHS = {"avg", "sum", "min", "max", "median", "p75", "p90", "p95", "p99"}
COUNT_PER_ACTOR = "_count_per_actor"
ACTOR_MATHS = {"dau", "unique_group", *ACTIVE_DAYS}
SIMPLE_MATHS = {"total", "unique_session", *ACTOR_MATHS}
_BUCKETS_PER_DAY = {"day": 1, "hour": 24, "minute": 24 * 60}
_SCOPES: dict[str, Scope] = {
    "event": "event",
    "event_properties": "event",
    "person": "person",
    "person_properties": "person",
}


@dataclass(frozen=True, kw_only=True)
class Property:
    scope: Scope
    key: str


@dataclass(frozen=True, kw_only=True)
class SeriesPlan:
    index: int
    node: EventsNode
    math: str
    condition: Condition
    property: Property | None = None


@dataclass(frozen=True, kw_only=True)
class BreakdownPlan:
    property: Property
    limit: int
    hides_other: bool


@dataclass(frozen=True, kw_only=True)
class FormulaPlan:
    """A result of its own, reckoned from the series by their letters."""

    label: str
    expression: Expression


@dataclass(frozen=True, kw_only=True)
class Period:
    """The range asked about, or the one before it that it is compared with."""

    buckets: Buckets
    compare_label: str | None = None

    @property
    def range(self) -> Range:
        return self.buckets.range


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
    formulas: tuple[FormulaPlan, ...]

    def window(self, math: str) -> int:
        """How many buckets a sliding window spans; 0 where plain actors per bucket are asked."""
        if self.is_total_value or math not in ACTIVE_DAYS:
            return 0
        return ACTIVE_DAYS[math] * _BUCKETS_PER_DAY.get(self.interval, 0)

    def reads_persons(self, series: SeriesPlan) -> bool:
        properties = [series.property, self.breakdown.property if self.breakdown else None]
        return reads_persons(series.condition) or any(one and one.scope == "person" for one in properties)


def make_plan(query: TrendsQuery, *, team: Team, clock: Clock, earliest: datetime | None) -> TrendsPlan:
    _refuse_unsupported(query)
    shown = query.trendsFilter or TrendsFilter()
    display = shown.display or "ActionsLineGraph"
    is_total_value = display in TOTAL_VALUE_DISPLAYS
    interval = "day" if is_total_value else query.interval or "day"
    common = _common_condition(query, team)
    plan = TrendsPlan(
        team_id=team.pk,
        clock=clock,
        periods=_periods(query, interval=interval, display=display, clock=clock, earliest=earliest),
        series=tuple(_series(node, index, common) for index, node in enumerate(query.series)),
        display=display,
        interval=interval,
        is_total_value=is_total_value,
        is_cumulative=display == "ActionsLineGraphCumulative",
        smoothing=max(shown.smoothingIntervals or 1, 1),
        breakdown=_breakdown(query.breakdownFilter, display),
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
    if query.aggregation_group_type_index is not None:
        raise Unsupported("aggregation_group_type_index")
    if query.interval == "week" and any(node.math == "monthly_active" for node in query.series):
        raise Unsupported("interval: week with the math monthly_active")
    if len(query.series) > MAX_SERIES:
        raise Refusal(f"A query may have at most {MAX_SERIES} series.")


def _refuse_too_many_cells(plan: TrendsPlan) -> None:
    rows = plan.breakdown.limit + 2 if plan.breakdown else 1
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


def _common_condition(query: TrendsQuery, team: Team) -> Condition:
    """What every series has to meet."""
    own = condition_of(query.properties, place="properties")
    if not query.filterTestAccounts:
        return own
    return all_of([own, test_account_condition(team.test_account_filters)])


def _periods(
    query: TrendsQuery, *, interval: str, display: str, clock: Clock, earliest: datetime | None
) -> tuple[Period, ...]:
    asked = query.dateRange
    is_rolling = display == "BoldNumber"
    divide = one_bucket if display in TOTAL_VALUE_DISPLAYS else buckets_of
    current = resolve_range(asked, interval=interval, clock=clock, earliest=earliest, is_rolling=is_rolling)
    buckets = divide(current, interval=interval, clock=clock)
    compare = query.compareFilter
    if not compare or not compare.compare or (asked and asked.date_from == "all"):
        return (Period(buckets=buckets),)

    if compare.compare_to:
        before = shifted_range(current, compare.compare_to, clock)
    else:
        before = previous_range(current, asked, interval=interval, clock=clock)
    previous = divide(before, interval=interval, clock=clock)
    return (
        Period(buckets=buckets, compare_label="current"),
        Period(buckets=previous, compare_label="previous"),
    )


def _series(node: Series, index: int, common: Condition) -> SeriesPlan:
    place = f"series.{index}"
    if not isinstance(node, EventsNode):
        raise Unsupported(f"{place}: {node.kind}")
    own = condition_of(node.properties, place=f"{place}.properties")
    fixed = condition_of(node.fixedProperties, place=f"{place}.fixedProperties")
    return SeriesPlan(
        index=index,
        node=node,
        math=_math(node, place),
        property=_math_property(node, place),
        condition=all_of([common, own, fixed]),
    )


def _math(node: EventsNode, place: str) -> str:
    math = node.math or "total"
    is_known = math in SIMPLE_MATHS or math in PROPERTY_MATHS or math.endswith(COUNT_PER_ACTOR)
    if not is_known:
        raise Unsupported(f"{place}.math: {math}")
    if math == "unique_group" and node.math_group_type_index is None:
        raise Refusal(f"{place}.math_group_type_index: required with the math unique_group.")
    return math


def _math_property(node: EventsNode, place: str) -> Property | None:
    if node.math not in PROPERTY_MATHS:
        return None
    if not node.math_property:
        raise Refusal(f"{place}.math_property: required with the math {node.math}.")
    if node.math_property_revenue_currency:
        raise Unsupported(f"{place}.math_property_revenue_currency")
    scope = _SCOPES.get(node.math_property_type or "event")
    if not scope:
        raise Unsupported(f"{place}.math_property_type: {node.math_property_type}")
    return Property(scope=scope, key=node.math_property)


def _breakdown(asked: BreakdownFilter | None, display: str) -> BreakdownPlan | None:
    """One event or person property; its limit is PostHog's unless given."""
    if asked is None or not (asked.breakdowns or asked.breakdown):
        return None
    prop = _breakdown_property(asked)
    default = WORLD_MAP_BREAKDOWN_LIMIT if display == "WorldMap" else DEFAULT_BREAKDOWN_LIMIT
    limit = default if asked.breakdown_limit is None else asked.breakdown_limit
    if not 1 <= limit <= MAX_BREAKDOWN_LIMIT:
        raise Refusal(f"breakdownFilter.breakdown_limit: must be between 1 and {MAX_BREAKDOWN_LIMIT}.")
    return BreakdownPlan(property=prop, limit=limit, hides_other=bool(asked.breakdown_hide_other_aggregation))


def _breakdown_property(asked: BreakdownFilter) -> Property:
    place = "breakdownFilter"
    if asked.breakdowns:
        raise Unsupported(f"{place}.breakdowns")
    if asked.breakdown_histogram_bin_count or asked.breakdown_normalize_url or asked.breakdown_path_cleaning:
        raise Unsupported(f"{place}: histograms and cleaned URLs", "are not supported yet")
    scope = _SCOPES.get(asked.breakdown_type or "event")
    if not scope:
        raise Unsupported(f"{place}.breakdown_type: {asked.breakdown_type}")
    keys = asked.breakdown if isinstance(asked.breakdown, list) else [asked.breakdown]
    if len(keys) != 1 or not isinstance(keys[0], str):
        raise Unsupported(f"{place}.breakdown: anything but the name of one property")
    return Property(scope=scope, key=keys[0])
