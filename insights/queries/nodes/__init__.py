"""The typed query nodes, and `validate_query`, the way in."""

from events.filtering.nodes import PropertyFilterList, PropertyFilters, PropertyGroup, PropertyItem
from insights.queries.nodes.base import Breakdown, BreakdownFilter, CompareFilter, DateRange, InsightQuery
from insights.queries.nodes.insights import (
    FunnelsQuery,
    LifecycleQuery,
    PathsQuery,
    RetentionQuery,
    StickinessQuery,
    TrendsFilter,
    TrendsQuery,
)
from insights.queries.nodes.series import ActionsNode, Counted, DataWarehouseNode, EventsNode, GroupNode, Series
from insights.queries.nodes.tables import ActorsQuery, EventsQuery, GroupsQuery, HogQLQuery, PersonsNode, SessionsQuery
from insights.queries.nodes.validation import QueryNode, validate_query
from insights.queries.nodes.wrappers import DataTableNode, DataVisualizationNode, InsightVizNode

__all__ = [
    "ActionsNode",
    "Counted",
    "ActorsQuery",
    "Breakdown",
    "BreakdownFilter",
    "CompareFilter",
    "DataTableNode",
    "DataVisualizationNode",
    "DataWarehouseNode",
    "DateRange",
    "EventsNode",
    "EventsQuery",
    "FunnelsQuery",
    "GroupNode",
    "GroupsQuery",
    "HogQLQuery",
    "InsightQuery",
    "InsightVizNode",
    "LifecycleQuery",
    "PathsQuery",
    "PersonsNode",
    "PropertyFilterList",
    "PropertyFilters",
    "PropertyGroup",
    "PropertyItem",
    "QueryNode",
    "RetentionQuery",
    "Series",
    "SessionsQuery",
    "StickinessQuery",
    "TrendsFilter",
    "TrendsQuery",
    "validate_query",
]
