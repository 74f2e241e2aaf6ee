"""What a series counts: an event, an action, or a group of both."""

from typing import Annotated, Literal

from pydantic import Field

from events.filtering.nodes import PropertyFilters
from insights.queries.nodes.base import JSON, NamesAction, Node

MathType = Literal[
    "total",
    "dau",
    "weekly_active",
    "monthly_active",
    "unique_session",
    "first_time_for_user",
    "first_matching_event_for_user",
    "first_time_for_user_with_filters",
    "avg",
    "sum",
    "min",
    "max",
    "median",
    "p75",
    "p90",
    "p95",
    "p99",
    "avg_count_per_actor",
    "min_count_per_actor",
    "max_count_per_actor",
    "median_count_per_actor",
    "p75_count_per_actor",
    "p90_count_per_actor",
    "p95_count_per_actor",
    "p99_count_per_actor",
    "unique_group",
    "hogql",
]


class _Entity(Node):
    name: str | None = None
    custom_name: str | None = None
    math: MathType | None = None
    math_multiplier: float | None = None
    math_property: str | None = None
    math_property_type: str | None = None
    math_property_revenue_currency: JSON | None = None
    math_hogql: str | None = None
    math_group_type_index: Literal[0, 1, 2, 3, 4] | None = None
    properties: PropertyFilters | None = None
    fixedProperties: PropertyFilters | None = None
    optionalInFunnel: bool | None = None


class EventsNode(_Entity):
    kind: Literal["EventsNode"]
    event: str | None = None
    limit: int | None = None
    orderBy: list[str] | None = None


class ActionsNode(NamesAction, _Entity):
    kind: Literal["ActionsNode"]
    id: int

    @property
    def action_id(self) -> int:
        return self.id


class DataWarehouseNode(_Entity):
    kind: Literal["DataWarehouseNode"]
    id: str
    id_field: str
    table_name: str
    timestamp_field: str
    distinct_id_field: str
    dw_source_type: str | None = None


class GroupNode(_Entity):
    kind: Literal["GroupNode"]
    operator: Literal["AND", "OR"]
    nodes: list[Annotated[EventsNode | ActionsNode | DataWarehouseNode, Field(discriminator="kind")]]
    limit: int | None = None
    orderBy: list[str] | None = None


class FunnelExclusionEventsNode(EventsNode):
    funnelFromStep: int
    funnelToStep: int


class FunnelExclusionActionsNode(ActionsNode):
    funnelFromStep: int
    funnelToStep: int


Counted = EventsNode | ActionsNode | GroupNode
Series = Annotated[EventsNode | ActionsNode | GroupNode | DataWarehouseNode, Field(discriminator="kind")]
FunnelExclusion = Annotated[FunnelExclusionEventsNode | FunnelExclusionActionsNode, Field(discriminator="kind")]
