"""What all query nodes share. Field names are those of the wire, so that errors and code name the same thing."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, PrivateAttr

from events.filtering.actions import MeantAction
from events.filtering.nodes import PropertyFilterList

JSON = dict[str, Any]
Interval = Literal["second", "minute", "hour", "day", "week", "month"]
ChartDisplayType = Literal[
    "Auto",
    "ActionsLineGraph",
    "ActionsBar",
    "ActionsUnstackedBar",
    "ActionsStackedBar",
    "ActionsAreaGraph",
    "ActionsLineGraphCumulative",
    "BoldNumber",
    "Metric",
    "ActionsPie",
    "ActionsBarValue",
    "ActionsTable",
    "WorldMap",
    "CalendarHeatmap",
    "TwoDimensionalHeatmap",
    "BoxPlot",
    "SlopeGraph",
]
BreakdownType = Literal[
    "cohort",
    "person",
    "event",
    "event_metadata",
    "group",
    "session",
    "hogql",
    "data_warehouse",
    "data_warehouse_person_property",
    "revenue_analytics",
]


class Strict(BaseModel):
    """Unknown keys are refused, as PostHog's schemas do."""

    model_config = ConfigDict(extra="forbid")


class Node(Strict):
    version: float | None = None
    response: JSON | None = None  # Clients post back what they were given; it is never read.


class QueryLogTags(Strict):
    scene: str | None = None
    productKey: str | None = None
    name: str | None = None


class NamesAction(Strict):
    """A node that may name an action. What the action means is looked up before anything is planned."""

    _meant: MeantAction | None = PrivateAttr(default=None)

    @property
    def action_id(self) -> int | None:
        return None

    @property
    def meant(self) -> MeantAction:
        assert self._meant is not None, "look_up_actions comes first"
        return self._meant

    def mean(self, action: MeantAction) -> None:
        self._meant = action


class DataNode(Node):
    modifiers: JSON | None = None
    tags: QueryLogTags | None = None


class DateRange(Strict):
    date_from: str | None = None
    date_to: str | None = None
    explicitDate: bool | None = None


class Breakdown(Strict):
    property: str | int
    type: BreakdownType | None = None
    group_type_index: int | None = None
    histogram_bin_count: int | None = None
    normalize_url: bool | None = None


class BreakdownFilter(Strict):
    breakdown: str | int | list[str | int] | None = None
    breakdown_type: BreakdownType | None = None
    breakdowns: list[Breakdown] | None = None
    breakdown_limit: int | None = None
    breakdown_group_type_index: int | None = None
    breakdown_histogram_bin_count: int | None = None
    breakdown_normalize_url: bool | None = None
    breakdown_path_cleaning: bool | None = None
    breakdown_hide_other_aggregation: bool | None = None


class CompareFilter(Strict):
    compare: bool | None = False
    compare_to: str | None = None


class InsightQuery(DataNode):
    """The part that trends, funnels, retention, paths, stickiness and lifecycle have in common."""

    dateRange: DateRange | None = None
    filterTestAccounts: bool | None = False
    properties: PropertyFilterList | None = None
    samplingFactor: float | None = None
    dataColorTheme: float | None = None
