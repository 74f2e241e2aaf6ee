"""Nodes that say how another query is shown. Running one means running its source."""

from typing import Annotated, Literal

from pydantic import Field

from insights.queries.nodes.base import JSON, ChartDisplayType, Node, QueryLogTags
from insights.queries.nodes.insights import (
    FunnelsQuery,
    LifecycleQuery,
    PathsQuery,
    RetentionQuery,
    StickinessQuery,
    TrendsQuery,
)
from insights.queries.nodes.series import EventsNode
from insights.queries.nodes.tables import (
    ActorsQuery,
    EventsQuery,
    GroupsQuery,
    HogQLQuery,
    PersonsNode,
    SessionsQuery,
)


class InsightVizNode(Node):
    kind: Literal["InsightVizNode"]
    source: Annotated[
        TrendsQuery | FunnelsQuery | RetentionQuery | PathsQuery | StickinessQuery | LifecycleQuery,
        Field(discriminator="kind"),
    ]
    full: bool | None = None
    showHeader: bool | None = None
    showTable: bool | None = None
    showCorrelationTable: bool | None = None
    showLastComputation: bool | None = None
    showLastComputationRefresh: bool | None = None
    showFilters: bool | None = None
    showResults: bool | None = None
    embedded: bool | None = None
    suppressSessionAnalysisWarning: bool | None = None
    hidePersonsModal: bool | None = None
    hideTooltipOnScroll: bool | None = None
    vizSpecificOptions: JSON | None = None


class DataVisualizationNode(Node):
    kind: Literal["DataVisualizationNode"]
    source: HogQLQuery
    display: ChartDisplayType | None = None
    chartSettings: JSON | None = None
    tableSettings: JSON | None = None


class DataTableNode(Node):
    kind: Literal["DataTableNode"]
    source: Annotated[
        EventsNode | EventsQuery | PersonsNode | ActorsQuery | GroupsQuery | HogQLQuery | SessionsQuery,
        Field(discriminator="kind"),
    ]
    tags: QueryLogTags | None = None
    columns: list[str] | None = None
    hiddenColumns: list[str] | None = None
    pinnedColumns: list[str] | None = None
    defaultColumns: list[str] | None = None
    context: JSON | None = None
    contextKey: str | None = None
    full: bool | None = None
    embedded: bool | None = None
    expandable: bool | None = None
    allowSorting: bool | None = None
    propertiesViaUrl: bool | None = None
    showAbsoluteTime: bool | None = None
    showActions: bool | None = None
    showColumnConfigurator: bool | None = None
    showCount: bool | None = None
    showDateRange: bool | None = None
    showElapsedTime: bool | None = None
    showEventFilter: bool | None = None
    showEventsFilter: bool | None = None
    showExport: bool | None = None
    showHogQLEditor: bool | None = None
    showOpenEditorButton: bool | None = None
    showPersistentColumnConfigurator: bool | None = None
    showPropertyFilter: bool | list[str] | None = None
    showRecordingColumn: bool | None = None
    showReload: bool | None = None
    showResultsTable: bool | None = None
    showSavedFilters: bool | None = None
    showSavedQueries: bool | None = None
    showSearch: bool | None = None
    showSourceQueryOptions: bool | None = None
    showTableViews: bool | None = None
    showTestAccountFilters: bool | None = None
    showTimings: bool | None = None
