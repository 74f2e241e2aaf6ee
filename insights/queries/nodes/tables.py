"""Queries that answer rows: events, persons, SQL."""

from typing import Any, Literal

from events.filtering.nodes import PropertyFilterList, PropertyFilters
from insights.queries.nodes.base import JSON, DataNode, DateRange, NamesAction, Strict


class EventsQueryActionStep(Strict):
    event: str | None = None
    properties: PropertyFilters | None = None
    selector: str | None = None
    tag_name: str | None = None
    text: str | None = None
    text_matching: Literal["contains", "exact", "regex"] | None = None
    href: str | None = None
    href_matching: Literal["contains", "exact", "regex"] | None = None
    url: str | None = None
    url_matching: Literal["contains", "exact", "regex"] | None = None


class EventsQuery(NamesAction, DataNode):
    kind: Literal["EventsQuery"]
    select: list[str]
    where: list[str] | None = None
    properties: PropertyFilters | None = None
    fixedProperties: PropertyFilters | None = None
    filterTestAccounts: bool | None = None
    event: str | None = None
    events: list[str] | None = None
    limit: int | None = None
    offset: int | None = None
    actionId: int | None = None
    actionSteps: list[EventsQueryActionStep] | None = None
    personId: str | None = None
    before: str | None = None
    after: str | None = None
    orderBy: list[str] | None = None
    source: JSON | None = None

    @property
    def action_id(self) -> int | None:
        return self.actionId


class SessionsQuery(DataNode):
    kind: Literal["SessionsQuery"]
    select: list[str]
    where: list[str] | None = None
    properties: PropertyFilters | None = None
    fixedProperties: PropertyFilters | None = None
    eventProperties: PropertyFilters | None = None
    filterTestAccounts: bool | None = None
    event: str | None = None
    actionId: int | None = None
    limit: int | None = None
    offset: int | None = None
    personId: str | None = None
    before: str | None = None
    after: str | None = None
    orderBy: list[str] | None = None


class PersonsNode(DataNode):
    kind: Literal["PersonsNode"]
    search: str | None = None
    cohort: int | None = None
    distinctId: str | None = None
    properties: PropertyFilters | None = None
    fixedProperties: PropertyFilters | None = None
    limit: int | None = None
    offset: int | None = None


class ActorsQuery(DataNode):
    kind: Literal["ActorsQuery"]
    source: JSON | None = None
    select: list[str] | None = None
    search: str | None = None
    properties: PropertyFilterList | None = None
    fixedProperties: PropertyFilters | None = None
    orderBy: list[str] | None = None
    limit: int | None = None
    offset: int | None = None


class GroupsQuery(DataNode):
    kind: Literal["GroupsQuery"]
    group_type_index: int
    select: list[str] | None = None
    search: str | None = None
    properties: PropertyFilters | None = None
    orderBy: list[str] | None = None
    limit: int | None = None
    offset: int | None = None


class HogQLFilters(Strict):
    properties: PropertyFilters | None = None
    dateRange: DateRange | None = None
    filterTestAccounts: bool | None = None


class HogQLVariable(Strict):
    variableId: str
    code_name: str
    value: Any = None
    isNull: bool | None = None


class HogQLQuery(DataNode):
    kind: Literal["HogQLQuery"]
    query: str
    filters: HogQLFilters | None = None
    variables: dict[str, HogQLVariable] | None = None
    values: JSON | None = None
    explain: bool | None = None
    name: str | None = None
    connectionId: str | None = None
    sendRawQuery: bool | None = None
