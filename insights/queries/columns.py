"""Tables of events and persons: the texts of `select`, `where` and `orderBy` → one SELECT of HogQL, and its answer.

A text is any expression, with an alias or a comment (`-- Name`) if it likes. A few names stand for what is no
expression: `*` and `person` are whole objects.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from accounts.models import Team
from common.exceptions import Refusal
from events.filtering.errors import at_place
from events.filtering.moments import Clock
from events.filtering.sql import Sql
from insights.queries.hogql.cells import cell
from insights.queries.hogql.compiling import compile_tree
from insights.queries.hogql.parser import Node, parse_expression, parse_order
from insights.queries.hogql.placeholders import Placeholders
from insights.queries.hogql.statements import fetch
from insights.queries.hogql.trees import aliases_in, has_aggregate, walk
from insights.queries.hogql.types import BOOLEAN, Kind, Type
from insights.queries.hogql.values import Value
from insights.queries.pages import Page
from insights.queries.wrapping import JSON

MAX_TEXTS = 100
OBJECT = Type(kind=Kind.TUPLE, label="Tuple")


@dataclass(frozen=True, kw_only=True)
class Table:
    """`called` is how expressions name a row of it, `alias` how conditions do that are compiled already.

    `wholes` are the names that stand for objects. `tie` orders, descending, rows that are alike in all that was asked.
    """

    name: str
    called: str
    alias: str
    wholes: Mapping[str, Value]
    tie: tuple[Value, ...]


@dataclass(frozen=True, kw_only=True)
class TablePlan:
    """`tree` is the SELECT. It asks for one row more than the page has, to know whether there are more."""

    columns: tuple[str, ...]
    tree: Node
    page: Page


def column(sql: str, type_: Type = OBJECT) -> Value:
    """Of the table's own rows, written out."""
    return Value(sql=Sql(sql), type=type_)


def plan_table(
    table: Table,
    *,
    select: Sequence[str],
    where: Sequence[str] = (),
    order: Sequence[str],
    condition: Sql,
    page: Page,
    clock: Clock,
) -> TablePlan:
    """Without an order, what is aggregated first comes with its largest value first."""
    for place, texts in (("select", select), ("where", where), ("orderBy", order)):
        if len(texts) > MAX_TEXTS:
            raise Refusal(f"{place}: more than {MAX_TEXTS} expressions.")
    columns = [_column(table, text, f"select.{index}", clock) for index, text in enumerate(select)]
    conditions = [_parsed(parse_expression, text, f"where.{index}", clock) for index, text in enumerate(where)]
    orders = [_order(text, f"orderBy.{index}", clock) for index, text in enumerate(order)]
    aliases = aliases_in({"select": columns})
    aggregates = [place for place, node in enumerate(columns, 1) if has_aggregate(node, aliases)]
    if aggregates:
        orders = orders or [_descending(_at(aggregates[0]))]
        groups = [_at(place) for place in range(1, len(columns) + 1) if place not in aggregates]
    else:
        _refuse_aggregates(orders, aliases)
        orders = [*orders, *_tie(table)]
        groups = []
    on_rows = [node for node in conditions if not has_aggregate(node, aliases)]
    tree = {
        "node": "SelectQuery",
        "select": columns,
        "select_from": {
            "node": "JoinExpr",
            "table": _field(table.name),
            "alias": table.called,
            "sql_alias": table.alias,
        },
        "where": _all([_ready(condition), *on_rows]),
        "group_by": groups,
        "having": _all([node for node in conditions if has_aggregate(node, aliases)]),
        "order_by": orders,
        "limit": {"node": "Constant", "value": page.limit + 1},
        "offset": {"node": "Constant", "value": page.offset},
    }
    return TablePlan(columns=tuple(select), tree=tree, page=page)


def answer_table(plan: TablePlan, *, team: Team, clock: Clock) -> JSON:
    compiled = compile_tree(plan.tree, team=team, clock=clock, filters=None)
    rows = fetch(compiled.sql)
    zone = clock.zone
    return {
        "results": [
            [cell(value, column.type, zone) for value, column in zip(row, compiled.columns, strict=True)]
            for row in rows[: plan.page.limit]
        ],
        "columns": list(plan.columns),
        "types": [column.type.clickhouse(zone=zone.key, is_nullable=column.is_nullable) for column in compiled.columns],
        "hasMore": len(rows) > plan.page.limit,
        "limit": plan.page.limit,
        "offset": plan.page.offset,
        "timezone": zone.key,
        "hogql": "",
        "modifiers": None,
        "timings": None,
    }


def _column(table: Table, text: str, place: str, clock: Clock) -> Node:
    node = _parsed(parse_expression, text, place, clock)
    named = node["expr"] if node["node"] == "Alias" else node
    chain = named["chain"] if named["node"] == "Field" else []
    meant = table.wholes.get(".".join(str(part) for part in chain))
    if meant is not None:
        return {"node": "Ready", "value": meant}
    if chain[-1:] == ["*"] or node["node"] == "ColumnsExpr":
        raise Refusal(f"{place}: many columns at once are not supported; `*` by itself is the whole row.")
    return node


def _parsed(parse: Callable[[str], Node], text: str, place: str, clock: Clock) -> Node:
    with at_place(place):
        tree = Placeholders(clock=clock).fill(parse(text))
        if any(node["node"] == "Filters" for node in walk(tree)):
            raise Refusal("Unresolved placeholder: {filters}")
    return {**tree, "place": place}


def _order(text: str, place: str, clock: Clock) -> Node:
    tree = _parsed(parse_order, text, place, clock)
    return {**tree, "expr": {**tree["expr"], "place": place}}


def _refuse_aggregates(orders: Sequence[Node], aliases: Mapping[str, Node]) -> None:
    for order in orders:
        if has_aggregate(order, aliases):
            raise Refusal(f"{order['place']}: an aggregate can order only what is aggregated in select.")


def _all(nodes: list[Node]) -> Node | None:
    return {"node": "And", "exprs": nodes} if nodes else None


def _tie(table: Table) -> list[Node]:
    """By columns that no alias can hide."""
    return [_descending({"node": "Ready", "value": value}) for value in table.tie]


def _descending(node: Node) -> Node:
    return {"node": "OrderExpr", "expr": node, "order": "DESC"}


def _at(place: int) -> Node:
    return {"node": "Constant", "value": place}


def _field(name: str) -> Node:
    return {"node": "Field", "chain": [name]}


def _ready(condition: Sql) -> Node:
    return {"node": "Ready", "value": Value(sql=condition, type=BOOLEAN, is_nullable=True)}
