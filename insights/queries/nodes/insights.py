"""The six insight queries with PostHog's defaults."""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from events.filtering.nodes import PropertyFilters
from insights.queries.nodes.base import (
    JSON,
    BreakdownFilter,
    ChartDisplayType,
    CompareFilter,
    InsightQuery,
    Interval,
    NamesAction,
    Strict,
)
from insights.queries.nodes.series import FunnelExclusion, Series


class TrendsFormulaNode(Strict):
    formula: str
    custom_name: str | None = None


class TrendsFilter(Strict):
    """Only `smoothingIntervals`, the formulas and `display` change the numbers; the rest is looks."""

    smoothingIntervals: int | None = 1
    formula: str | None = None
    formulas: list[str] | None = None
    formulaNodes: list[TrendsFormulaNode] | None = None
    display: ChartDisplayType | None = "ActionsLineGraph"
    breakdown_histogram_bin_count: float | None = None
    showLegend: bool | None = False
    legendPosition: str | None = None
    aggregationAxisFormat: (
        Literal["numeric", "duration", "duration_ms", "percentage", "percentage_scaled", "currency", "short"] | None
    ) = "numeric"
    aggregationAxisPrefix: str | None = None
    aggregationAxisPostfix: str | None = None
    decimalPlaces: float | None = None
    minDecimalPlaces: float | None = None
    showValuesOnSeries: bool | None = False
    showLabelsOnSeries: bool | None = None
    showPercentStackView: bool | None = False
    yAxisScaleType: Literal["log10", "linear"] | None = "linear"
    showMultipleYAxes: bool | None = False
    hiddenLegendIndexes: list[int] | None = None
    resultCustomizationBy: Literal["value", "position"] | None = "value"
    resultCustomizations: JSON | None = None
    goalLines: list[JSON] | None = None
    showAlertThresholdLines: bool | None = False
    showConfidenceIntervals: bool | None = None
    confidenceLevel: float | None = None
    showTrendLines: bool | None = None
    showMovingAverage: bool | None = None
    movingAverageIntervals: float | None = None
    detailedResultsAggregationType: Literal["total", "average", "median"] | None = None
    excludeBoxPlotOutliers: bool | None = None
    hideWeekends: bool | None = None
    showAnnotations: bool | None = True

    @model_validator(mode="before")
    @classmethod
    def _skip_metric_options(cls, candidate: Any) -> Any:
        """The looks of the Metric display (`metric…`) are many, young, and none of our business."""
        if not isinstance(candidate, dict):
            return candidate
        return {key: value for key, value in candidate.items() if not str(key).startswith("metric")}


class TrendsQuery(InsightQuery):
    kind: Literal["TrendsQuery"]
    series: list[Series]
    interval: Interval | None = "day"
    trendsFilter: TrendsFilter | None = None
    breakdownFilter: BreakdownFilter | None = None
    compareFilter: CompareFilter | None = None
    conversionGoal: JSON | None = None
    calendarHeatmapFilter: JSON | None = None
    aggregation_group_type_index: int | None = None


class FunnelsFilter(Strict):
    exclusions: list[FunnelExclusion] | None = Field(default_factory=list)
    layout: Literal["horizontal", "vertical"] | None = "vertical"
    binCount: Annotated[int, Field(ge=1, le=90)] | Literal["auto"] | None = None
    breakdownAttributionType: Literal["first_touch", "last_touch", "all_events", "step"] | None = "first_touch"
    breakdownAttributionValue: int | None = None
    breakdownSorting: str | None = None
    customAggregationTarget: bool | None = None
    funnelAggregateByHogQL: str | None = None
    funnelFromStep: int | None = None
    funnelToStep: int | None = None
    funnelOrderType: Literal["ordered", "strict", "unordered"] | None = "ordered"
    funnelVizType: Literal["steps", "time_to_convert", "trends", "flow"] | None = "steps"
    funnelWindowInterval: int | None = 14
    funnelWindowIntervalUnit: Literal["second", "minute", "hour", "day", "week", "month"] | None = "day"
    funnelStepReference: Literal["total", "previous"] | None = "total"
    goalLines: list[JSON] | None = None
    hiddenLegendBreakdowns: list[str] | None = None
    hideIncompleteConversionWindowPeriods: bool | None = False
    resultCustomizations: JSON | None = None
    showLegend: bool | None = None
    showTrendLines: bool | None = None
    showValuesOnSeries: bool | None = False
    useUdf: bool | None = None


class FunnelsQuery(InsightQuery):
    kind: Literal["FunnelsQuery"]
    series: list[Series]
    interval: Interval | None = "day"
    funnelsFilter: FunnelsFilter | None = None
    breakdownFilter: BreakdownFilter | None = None
    compareFilter: CompareFilter | None = None
    aggregation_group_type_index: int | None = None


class RetentionEntity(NamesAction):
    id: str | int | None = None
    name: str | None = None
    custom_name: str | None = None
    kind: Literal["ActionsNode", "EventsNode"] | None = None
    type: Literal["events", "actions", "data_warehouse", "new_entity", "groups"] | None = None
    order: int | None = None
    uuid: str | None = None
    properties: PropertyFilters | None = None
    aggregation_target_field: str | None = None
    table_name: str | None = None
    timestamp_field: str | None = None

    @property
    def is_action(self) -> bool:
        return self.kind == "ActionsNode" or self.type == "actions"

    @property
    def action_id(self) -> int | None:
        """Some clients write it as a text."""
        return int(str(self.id)) if self.is_action and str(self.id).isdecimal() else None


class RetentionFilter(Strict):
    period: Literal["Hour", "Day", "Week", "Month"] | None = "Day"
    totalIntervals: int | None = 8
    targetEntity: RetentionEntity | None = None
    returningEntity: RetentionEntity | None = None
    retentionType: Literal["retention_recurring", "retention_first_time", "retention_first_ever_occurrence"] | None = (
        "retention_recurring"
    )
    retentionReference: Literal["total", "previous"] | None = "total"
    cumulative: bool | None = None
    minimumOccurrences: int | None = None
    timeWindowMode: Literal["strict_calendar_dates", "24_hour_windows"] | None = "strict_calendar_dates"
    retentionCustomBrackets: list[float] | None = None
    aggregationType: Literal["count", "sum", "avg"] | None = "count"
    aggregationProperty: str | None = None
    aggregationPropertyType: Literal["event", "person"] | None = "event"
    meanRetentionCalculation: Literal["simple", "weighted", "none"] | None = "simple"
    customAggregationTarget: bool | None = None
    dashboardDisplay: Literal["table_only", "graph_only", "all"] | None = None
    display: ChartDisplayType | None = None
    goalLines: list[JSON] | None = None
    selectedInterval: int | None = None
    showTrendLines: bool | None = None


class RetentionQuery(InsightQuery):
    kind: Literal["RetentionQuery"]
    retentionFilter: RetentionFilter
    breakdownFilter: BreakdownFilter | None = None
    aggregation_group_type_index: int | None = None


class LifecycleFilter(Strict):
    toggledLifecycles: list[Literal["new", "resurrecting", "returning", "dormant"]] | None = None
    showValuesOnSeries: bool | None = None
    showLegend: bool | None = False
    stacked: bool | None = True
    onlyUseInsightDates: bool | None = None


class LifecycleQuery(InsightQuery):
    kind: Literal["LifecycleQuery"]
    series: list[Series]
    interval: Interval | None = "day"
    lifecycleFilter: LifecycleFilter | None = None
    customAggregationTarget: bool | None = None
    aggregation_group_type_index: int | None = None


class StickinessCriteria(Strict):
    operator: Literal["gte", "lte", "exact"]
    value: int


class StickinessFilter(Strict):
    computedAs: Literal["non_cumulative", "cumulative"] | None = None
    stickinessCriteria: StickinessCriteria | None = None
    display: ChartDisplayType | None = None
    hiddenLegendIndexes: list[int] | None = None
    resultCustomizationBy: Literal["value", "position"] | None = "value"
    resultCustomizations: JSON | None = None
    showLegend: bool | None = None
    showMultipleYAxes: bool | None = None
    showValuesOnSeries: bool | None = None


class StickinessQuery(InsightQuery):
    kind: Literal["StickinessQuery"]
    series: list[Series]
    interval: Interval | None = "day"
    intervalCount: int | None = None
    stickinessFilter: StickinessFilter | None = None
    compareFilter: CompareFilter | None = None


class PathCleaningFilter(Strict):
    alias: str | None = None
    regex: str | None = None
    order: float | None = None


class PathsFilter(Strict):
    edgeLimit: int | None = 50
    stepLimit: int | None = 5
    includeEventTypes: list[Literal["$pageview", "$screen", "custom_event", "hogql"]] | None = None
    pathsHogQLExpression: str | None = None
    startPoint: str | None = None
    endPoint: str | None = None
    excludeEvents: list[str] | None = None
    pathGroupings: list[str] | None = None
    pathReplacements: bool | None = None
    localPathCleaningFilters: list[PathCleaningFilter] | None = None
    minEdgeWeight: int | None = None
    maxEdgeWeight: int | None = None
    pathDropoffKey: str | None = None
    pathEndKey: str | None = None
    pathStartKey: str | None = None
    showFullUrls: bool | None = None


class FunnelPathsFilter(Strict):
    funnelSource: FunnelsQuery
    funnelPathType: Literal["funnel_path_before_step", "funnel_path_between_steps", "funnel_path_after_step"] | None = (
        None
    )
    funnelStep: int | None = None


class PathsQuery(InsightQuery):
    kind: Literal["PathsQuery"]
    pathsFilter: PathsFilter
    funnelPathsFilter: FunnelPathsFilter | None = None
    aggregation_group_type_index: int | None = None
