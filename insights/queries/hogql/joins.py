"""FROM: which tables, how they are joined, which arrays are unrolled beside them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from common.exceptions import Refusal
from events.filtering.sql import Sql, compose, joined
from insights.queries.hogql.cohorts import cohort_people
from insights.queries.hogql.expressions import Expressions
from insights.queries.hogql.parser import Node
from insights.queries.hogql.scope import Query
from insights.queries.hogql.sources import QueryColumn, QuerySource, TableSource
from insights.queries.hogql.tables import TABLES
from insights.queries.hogql.types import COUNT, Kind
from insights.queries.hogql.values import Value, constant

MAX_NUMBERS = 1_000_000
_KINDS = {
    "JOIN": "JOIN",
    "INNER JOIN": "JOIN",
    "LEFT JOIN": "LEFT JOIN",
    "LEFT OUTER JOIN": "LEFT JOIN",
    "RIGHT JOIN": "RIGHT JOIN",
    "RIGHT OUTER JOIN": "RIGHT JOIN",
    "FULL JOIN": "FULL JOIN",
    "FULL OUTER JOIN": "FULL JOIN",
    "CROSS JOIN": "CROSS JOIN",
}

AnySource = TableSource | QuerySource


@dataclass(frozen=True, kw_only=True)
class Joined:
    source: AnySource
    kind: str = ""
    constraint: Node | None = None


def sources_of(expressions: Expressions, node: Node | None) -> list[Joined]:
    """Makes the sources known to the scope, by alias or by the name of the table."""
    found: list[Joined] = []
    while node is not None:
        kind = _kind(node) if found else ""
        if kind in ("RIGHT JOIN", "FULL JOIN"):
            found = [replace(one, source=replace(one.source, is_outer=True)) for one in found]
        source = _source(expressions, node, is_first=not any(one.source.alias == "e" for one in found))
        if kind in ("LEFT JOIN", "FULL JOIN"):
            source = replace(source, is_outer=True)
        found.append(Joined(source=source, kind=kind, constraint=node.get("constraint")))
        node = node.get("next_join")
    for index, one in enumerate(found):
        name = one.source.name or f" {index}"
        if name in expressions.scope.sources:
            raise Refusal(f"The name `{name[:50]}` is given to two tables.")
        expressions.scope.sources[name] = one.source
    return found


def _kind(node: Node) -> str:
    kind = _KINDS.get(str(node.get("join_type") or "").replace("GLOBAL ", "").strip())
    if kind is None:
        raise Refusal(f"Unsupported join: {node.get('join_type')}.")
    return kind


def _source(expressions: Expressions, node: Node, *, is_first: bool) -> AnySource:
    if node.get("sample"):
        raise Refusal("SAMPLE is not supported.")
    if node.get("table_final"):
        raise Refusal("FINAL is not supported.")
    table = node["table"]
    name = str(node.get("alias") or "")
    if table["node"] == "Field":
        return _named(expressions, node, name or ".".join(str(part) for part in table["chain"]), is_first)
    if table["node"] not in ("SelectQuery", "SelectSetQuery"):
        raise Refusal(f"Unsupported syntax in FROM: {table['node']}.")
    query = expressions.query(table)
    rows = compose("({query})", query=query.sql)
    return _of_query(
        expressions, rows, replace(query, columns=renamed(query.columns, node.get("column_aliases"))), name
    )


def _named(expressions: Expressions, node: Node, name: str, is_first: bool) -> AnySource:
    table_name = ".".join(str(part) for part in node["table"]["chain"])
    if node.get("table_args") is not None:
        return _numbers(expressions, node, table_name, name)
    query = expressions.scope.tables.get(table_name)
    if query is not None:
        return _of_query(expressions, query.sql, query, name)
    if node.get("column_aliases"):
        raise Refusal("Only the columns of a subquery can be given other names.")
    table = TABLES.get(table_name)
    if table is None:
        raise Refusal(f"Unknown table `{table_name[:100]}`.", code="unknown_table")
    alias = "e" if table is TABLES["events"] and is_first else expressions.context.new_alias("t")
    alias = str(node.get("sql_alias") or alias)
    context = expressions.context
    rows = cohort_people(context.team_id, context.clock) if table.rows is None else None
    return TableSource(table=table, alias=alias, rows=rows, name=name)


def _of_query(expressions: Expressions, rows: Sql, query: Query, name: str) -> QuerySource:
    return QuerySource(rows=rows, alias=expressions.context.new_alias("t"), columns=query.columns, name=name)


def renamed(columns: Sequence[QueryColumn], names: Sequence[Any] | None) -> tuple[QueryColumn, ...]:
    """`AS t(a, b)` gives the first columns these names."""
    if not names:
        return tuple(columns)
    if len(names) > len(columns):
        raise Refusal("More column names than columns.")
    first = [replace(column, name=str(name)) for column, name in zip(columns, names, strict=False)]
    return (*first, *columns[len(names) :])


def _numbers(expressions: Expressions, node: Node, function: str, name: str) -> QuerySource:
    """`numbers(count)`, `numbers(start, count)`."""
    arguments = [expressions.value(argument).constant for argument in node["table_args"]]
    if function not in ("numbers", "range"):
        raise Refusal(f"Unknown table function `{function[:100]}`.", code="unknown_table")
    if not 1 <= len(arguments) <= 2 or not all(type(argument) is int for argument in arguments):
        raise Refusal(f"{function}(…) needs one or two constant whole numbers.")
    start, count = arguments if len(arguments) == 2 else (0, arguments[0])
    if function == "range" and len(arguments) == 2:
        count = arguments[1] - start
    if not 0 <= count <= MAX_NUMBERS or abs(start) > 2**53:
        raise Refusal(f"{function}(…) makes at most {MAX_NUMBERS} rows.")
    rows = compose("(SELECT generate_series({a}, {b}) AS c0)", a=constant(start).sql, b=constant(start + count - 1).sql)
    column = QueryColumn(name="number", sql="c0", type=COUNT, is_nullable=False)
    return QuerySource(rows=rows, alias=expressions.context.new_alias("t"), columns=(column,), name=name)


def add_arrays(expressions: Expressions, node: Node) -> None:
    """ARRAY JOIN: several arrays go side by side."""
    arrays = node.get("array_join_list") or []
    if not arrays:
        return
    values = [_array(expressions, one) for one in arrays]
    alias = expressions.context.new_alias("j")
    is_left = str(node.get("array_join_op") or "").startswith("LEFT")
    rows = compose(
        (" LEFT" if is_left else " CROSS")
        + " JOIN LATERAL unnest({arrays}) AS {alias}({names})"
        + (" ON TRUE" if is_left else ""),
        arrays=joined(", ", [value.sql for value in values]),
        alias=Sql(alias),
        names=Sql(", ".join(f"x{index}" for index in range(len(values)))),
    )
    expressions.scope.laterals[alias] = (rows, values[0])
    for index, (one, value) in enumerate(zip(arrays, values, strict=True)):
        made = Value(sql=Sql(f"{alias}.x{index}"), type=value.type.item, is_nullable=True)
        expressions.scope.variables[str(one["alias"])] = made


def _array(expressions: Expressions, node: Node) -> Value:
    if node.get("node") != "Alias":
        raise Refusal("The arrays of ARRAY JOIN need a name: ARRAY JOIN x AS y.")
    value = expressions.value(node["expr"])
    if value.type.kind is not Kind.ARRAY:
        raise Refusal(f"ARRAY JOIN needs an array, not {value.type.kind}.")
    return value


def from_sql(expressions: Expressions, found: Sequence[Joined], body: Sql) -> Sql:
    """`body` is the rest of the SELECT: tables bring along only those hidden joins that it names."""
    conditions = [_on(expressions, one, index) for index, one in enumerate(found)]
    laterals = joined("", [rows for rows, _ in expressions.scope.laterals.values()])
    used_in = " ".join([body.text, laterals.text, *(condition.text for condition in conditions)])
    team_id = expressions.context.team_id
    pieces = [
        compose(
            "{kind} {rows}{on}",
            kind=Sql(f" {one.kind}" if one.kind else ""),
            rows=one.source.from_sql(used_in, team_id),
            on=on,
        )
        for one, on in zip(found, conditions, strict=True)
    ]
    if not pieces and not laterals.text:
        return Sql("")
    tables = joined("", pieces) if pieces else Sql("(SELECT) AS nothing")
    return compose("FROM {tables}{laterals}", tables=tables, laterals=laterals)


def _on(expressions: Expressions, one: Joined, index: int) -> Sql:
    if one.kind in ("", "CROSS JOIN"):
        return Sql("")
    constraint = one.constraint
    if constraint is None:
        raise Refusal("A join needs ON or USING.")
    if constraint["constraint_type"] == "USING":
        return compose(" ON {all}", all=_using(expressions, constraint["expr"], one, index))
    return compose(" ON {condition}", condition=expressions.condition(constraint["expr"]))


def _using(expressions: Expressions, node: Node, one: Joined, index: int) -> Sql:
    fields = node["exprs"] if node["node"] == "Tuple" else [node]
    others = list(expressions.scope.sources.values())[:index]
    pairs = []
    for field in fields:
        name = str(field["chain"][-1])
        left = next((value for source in others if isinstance(value := source.find(name), Value)), None)
        right = one.source.find(name)
        if left is None or not isinstance(right, Value):
            raise Refusal(f"Unable to resolve field: {name}", code="unresolved_field")
        pairs.append(compose("{a} = {b}", a=left.sql, b=right.sql))
    return joined(" AND ", pairs)
