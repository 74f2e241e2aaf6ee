"""HogQL texts → SQL, for whole queries and for single expressions in other queries.

Other engines read `events e`. What they need of an expression beside its SQL stands in `Expression`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from accounts.models import Team
from common.exceptions import Refusal
from events.filtering.moments import Clock
from events.filtering.sql import Sql, compose
from insights.queries.database import fetch_rows
from insights.queries.hogql.expressions import Expressions
from insights.queries.hogql.filtering import Filters
from insights.queries.hogql.naming import name_of
from insights.queries.hogql.parser import Node, TooComplex, parse_expression
from insights.queries.hogql.placeholders import Placeholders
from insights.queries.hogql.scope import Context, Query, Scope
from insights.queries.hogql.select import compile_query
from insights.queries.hogql.sources import TableSource
from insights.queries.hogql.tables import TABLES
from insights.queries.hogql.trees import has_aggregate, names_in, walk
from insights.queries.hogql.types import Type
from insights.queries.nodes.tables import HogQLFilters


@dataclass(frozen=True, kw_only=True)
class Expression:
    """`joins` belong after `FROM events e`, and after nothing else."""

    sql: Sql
    joins: Sql
    type: Type
    name: str
    is_aggregate: bool
    is_nullable: bool


def compile_tree(
    tree: Node, *, team: Team, clock: Clock, filters: HogQLFilters | None, at_most: int | None = None
) -> Query:
    context = context_of([tree], team=team, clock=clock, filters=filters)
    try:
        return compile_query(tree, context=context, outer=Scope(), at_most=at_most)
    except RecursionError:
        raise TooComplex from None


def compile_expression(text: str, *, team: Team, clock: Clock) -> Expression:
    """Any expression over `events e`. Reads the property definitions: call it inside `reading()`."""
    return _compiled(parse_expression(text), team=team, clock=clock)


def compile_aggregate(text: str, *, team: Team, clock: Clock) -> Expression:
    """What `math_hogql` asks: one value for many events."""
    found = compile_expression(text, team=team, clock=clock)
    if not found.is_aggregate:
        raise Refusal(f"{text[:100]!r} must be an aggregate, such as sum(properties.price).")
    return found


def _compiled(tree: Node, *, team: Team, clock: Clock) -> Expression:
    tree = Placeholders(clock=clock).fill(tree)
    if any(node["node"] == "Filters" for node in walk(tree)):
        raise Refusal("Unresolved placeholder: {filters}")
    context = context_of([tree], team=team, clock=clock, filters=None)
    source = TableSource(table=TABLES["events"], alias="e", name="events")
    expressions = Expressions(context, Scope(sources={"events": source}))
    try:
        value = expressions.value(tree)
    except RecursionError:
        raise TooComplex from None
    if expressions.scope.laterals:
        raise Refusal("arrayJoin cannot stand here.")
    return Expression(
        sql=context.check_size(value.sql),
        joins=source.hidden_joins(value.sql.text, team.pk),
        type=value.type,
        name=name_of(tree),
        is_aggregate=has_aggregate(tree, {}),
        is_nullable=value.is_nullable,
    )


def context_of(trees: Iterable[Node], *, team: Team, clock: Clock, filters: HogQLFilters | None) -> Context:
    names = {name for tree in trees for name in names_in(tree)}
    return Context(
        team_id=team.pk,
        clock=clock,
        property_types=_property_types(names, team.pk),
        filters=Filters(filters, team=team, clock=clock),
        compile_query=compile_query,
    )


def _property_types(names: Iterable[str], team_id: int) -> dict[tuple[str, str], Any]:
    """Of the properties that may be meant. Groups of different types may disagree: then the first type decides."""
    rows = fetch_rows(
        compose(
            "SELECT type, name, property_type FROM property_definitions WHERE team_id = {team}::bigint"
            " AND name = ANY({names}::text[]) AND property_type <> 'String' ORDER BY group_type_index DESC NULLS LAST",
            team=team_id,
            names=sorted(name for name in names if "\x00" not in name),
        )
    )
    return {(scope, name): property_type for scope, name, property_type in rows}
