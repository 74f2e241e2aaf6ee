"""Query JSON → typed node, or a refusal that names the place."""

from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from common.exceptions import Refusal
from insights.queries.nodes.insights import (
    FunnelsQuery,
    LifecycleQuery,
    PathsQuery,
    RetentionQuery,
    StickinessQuery,
    TrendsQuery,
)
from insights.queries.nodes.series import ActionsNode, DataWarehouseNode, EventsNode
from insights.queries.nodes.tables import (
    ActorsQuery,
    EventsQuery,
    GroupsQuery,
    HogQLQuery,
    PersonsNode,
    SessionsQuery,
)
from insights.queries.nodes.wrappers import DataTableNode, DataVisualizationNode, InsightVizNode

QueryNode = (
    InsightVizNode
    | DataVisualizationNode
    | DataTableNode
    | TrendsQuery
    | FunnelsQuery
    | RetentionQuery
    | LifecycleQuery
    | StickinessQuery
    | PathsQuery
    | EventsQuery
    | EventsNode
    | ActionsNode
    | DataWarehouseNode
    | PersonsNode
    | ActorsQuery
    | GroupsQuery
    | SessionsQuery
    | HogQLQuery
)
_adapter: TypeAdapter[QueryNode] = TypeAdapter(Annotated[QueryNode, Field(discriminator="kind")])
_SHOWN_ERRORS = 10


def validate_query(query: object) -> QueryNode:
    """The typed form of `query`. Store what the client sent, not this: validation fills in defaults."""
    if not isinstance(query, dict):
        raise Refusal("Query must be a valid JSON object", code="parse_error")
    try:
        return _adapter.validate_python(query)
    except ValidationError as error:
        raise Refusal(_describe(error, query), code="parse_error") from None


def _describe(error: ValidationError, query: dict[str, Any]) -> str:
    errors = error.errors(include_url=False, include_input=False)
    noun = "error" if len(errors) == 1 else "errors"
    lines = [f"{len(errors)} validation {noun} for QueryRequest"]
    for details in errors[:_SHOWN_ERRORS]:
        lines += [_place(details, query), f"  {_message(details)}"]
    return "\n".join(lines)


def _place(details: ErrorDetails, query: dict[str, Any]) -> str:
    """`query.source.series.0.math`: only keys the client knows, none of the names that our unions add."""
    path = ["query"]
    here: Any = query
    *_, last = details["loc"] or [None]
    for step in details["loc"]:
        if isinstance(here, dict) and step in here or isinstance(here, list) and isinstance(step, int):
            path.append(str(step))
            here = here[step]  # type: ignore[index]

    if details["type"] == "missing":
        path.append(str(last))
    if details["type"].startswith("union_tag"):
        path.append("kind")
    return ".".join(path)


def _message(details: ErrorDetails) -> str:
    if details["type"] == "union_tag_invalid":
        return f"Unsupported query kind: {details['ctx']['tag']}"
    if details["type"] == "union_tag_not_found":
        return "Field required: the kind of query"
    return details["msg"]
