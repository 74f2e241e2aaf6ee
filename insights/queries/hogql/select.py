"""SELECT → SQL. Its output columns are called c0, c1 …, its tables by aliases of ours: no name of the user remains."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from common.exceptions import Refusal
from events.filtering.sql import Sql, compose, joined
from insights.queries.hogql import joins, spans
from insights.queries.hogql.conversions import common_type, convert
from insights.queries.hogql.expressions import Expressions
from insights.queries.hogql.limits import limit_sql, whole_number
from insights.queries.hogql.naming import name_of
from insights.queries.hogql.orders import direction_of, ordered, ordered_by
from insights.queries.hogql.parser import Node
from insights.queries.hogql.scope import Context, Query, Scope
from insights.queries.hogql.sources import Property, QueryColumn
from insights.queries.hogql.statements import MOST_GATHERED, TOO_MUCH_GATHERED
from insights.queries.hogql.trees import aliases_in, has_aggregate
from insights.queries.hogql.values import Value

_SETS = {
    "UNION ALL": "UNION ALL",
    "UNION DISTINCT": "UNION",
    "UNION": "UNION",
    "INTERSECT": "INTERSECT",
    "INTERSECT DISTINCT": "INTERSECT",
    "EXCEPT": "EXCEPT",
}
_MAX_COLUMNS = 500


def compile_query(node: Node, *, context: Context, outer: Scope, at_most: int | None = None) -> Query:
    """`at_most`: so many rows where the query itself sets no limit."""
    if node.get("node") == "SelectSetQuery":
        return _set(node, context, outer, at_most)
    if node.get("node") != "SelectQuery":
        raise Refusal("A query must be a SELECT.")
    return Select(node, context, outer.inner(), at_most).compiled()


def _set(node: Node, context: Context, outer: Scope, at_most: int | None) -> Query:
    queries = [node["initial_select_query"], *(part["select_query"] for part in node["subsequent_select_queries"])]
    scope = outer.inner()
    with_ = with_tables(queries[0].get("ctes"), context, scope)
    queries[0] = {**queries[0], "ctes": None}
    compiled = [compile_query(query, context=context, outer=scope) for query in queries]
    if len({len(query.columns) for query in compiled}) != 1:
        raise Refusal("The queries of a UNION must have the same number of columns.")
    columns = tuple(_united([query.columns[index] for query in compiled]) for index in range(len(compiled[0].columns)))
    pieces = [_as_columns(query, columns, context) for query in compiled]
    sql = pieces[0]
    for part, piece in zip(node["subsequent_select_queries"], pieces[1:], strict=True):
        sql = compose("{left} {word} {right}", left=sql, word=Sql(_set_word(part)), right=piece)
    limit = limit_sql(Expressions(context, scope), node, at_most)
    if node.get("order_by") or node.get("limit_by"):
        raise Refusal("ORDER BY after UNION is not supported: put the UNION into a subquery.")
    whole = compose("{with_}{sql}{limit}", with_=with_, sql=sql, limit=limit)
    return Query(sql=context.check_size(whole), columns=columns)


def with_tables(ctes: Sequence[Node] | None, context: Context, scope: Scope) -> Sql:
    """Queries become common table expressions; expressions become names, which subqueries see too."""
    tables = [table for cte in ctes or () if (table := _table(cte, context, scope)) is not None]
    return compose("WITH {tables} ", tables=joined(", ", tables)) if tables else Sql("")


def _table(cte: Node, context: Context, scope: Scope) -> Sql | None:
    name = str(cte["name"])
    if cte.get("recursive") or cte.get("using_key"):
        raise Refusal("Recursive queries are not supported.")
    if cte.get("cte_type") == "column":
        scope.shared[name] = scope.aliases[name] = cte["expr"]
        return None
    query = compile_query(cte["expr"], context=context, outer=scope)
    alias = Sql(context.new_alias("q"))
    scope.tables[name] = Query(sql=alias, columns=joins.renamed(query.columns, cte.get("columns")))
    return compose("{alias} AS ({query})", alias=alias, query=query.sql)


def _set_word(part: Node) -> str:
    word = _SETS.get(str(part["set_operator"]))
    if word is None:
        raise Refusal(f"Unsupported operator between queries: {part['set_operator']}.")
    return word


def _united(columns: Sequence[QueryColumn]) -> QueryColumn:
    type_ = common_type([Value(sql=Sql(""), type=column.type) for column in columns])
    is_nullable = any(column.is_nullable for column in columns)
    return QueryColumn(name=columns[0].name, sql=columns[0].sql, type=type_, is_nullable=is_nullable)


def _as_columns(query: Query, columns: Sequence[QueryColumn], context: Context) -> Sql:
    values = [
        convert(Value(sql=Sql(f"part.{own.sql}"), type=own.type), column.type, context.clock)
        for own, column in zip(query.columns, columns, strict=True)
    ]
    return compose(
        "(SELECT {values} FROM ({query}) AS part)",
        values=joined(", ", [compose("{a} AS {c}", a=a.sql, c=Sql(f"c{n}")) for n, a in enumerate(values)]),
        query=query.sql,
    )


@dataclass(frozen=True, kw_only=True)
class _Item:
    """An output column: its name, its node (None if it came by `*`), its value."""

    name: str
    node: Node | None
    value: Value


class Select:
    """One SELECT while it is compiled."""

    def __init__(self, node: Node, context: Context, scope: Scope, at_most: int | None) -> None:
        self.node = node
        self.context = context
        self.scope = scope
        self.at_most = at_most
        self.expressions = Expressions(context, scope)
        self.items: list[_Item] = []

    def compiled(self) -> Query:
        with_ = with_tables(self.node.get("ctes"), self.context, self.scope)
        found = joins.sources_of(self.expressions, self.node.get("select_from"))
        joins.add_arrays(self.expressions, self.node)
        self.scope.aliases.update(aliases_in(self.node))
        self.scope.windows = self.node.get("window_exprs") or {}
        self.items = self._items()

        where, groups = self._where(), self._groups()
        found = spans.bounded(self.expressions, found, self.node)
        having = self._condition("HAVING", self.node.get("having"))
        columns = [compose("{a} AS {c}", a=item.value.sql, c=Sql(f"c{n}")) for n, item in enumerate(self.items)]
        orders = self._orders()
        guarded = self._guarded(where, found)
        rest = joined(" ", [clause for clause in (guarded, groups, having) if clause.text])
        limit = limit_sql(self.expressions, self.node, self.at_most)
        layout = self._layered if self._needs_layers() else self._flat
        select = layout(columns, found, rest, orders)
        sql = compose("{with_}{select}{limit}", with_=with_, select=select, limit=limit)
        return Query(sql=self.context.check_size(sql), columns=self._columns())

    def _columns(self) -> tuple[QueryColumn, ...]:
        return tuple(
            QueryColumn(name=item.name, sql=f"c{n}", type=item.value.type, is_nullable=item.value.is_nullable)
            for n, item in enumerate(self.items)
        )

    def _items(self) -> list[_Item]:
        items = [item for node in self.node["select"] for item in self._item(node)]
        if not items or len(items) > _MAX_COLUMNS:
            raise Refusal(f"A query selects between 1 and {_MAX_COLUMNS} columns.")
        return items

    def _item(self, node: Node) -> Iterator[_Item]:
        if node["node"] == "ColumnsExpr" and node.get("all_columns"):
            yield from self._star(["*"], set(node.get("exclude") or ()))
        elif node["node"] == "Field" and node["chain"][-1] == "*":
            yield from self._star(node["chain"], set())
        else:
            yield _Item(name=name_of(node), node=node, value=self.expressions.value(node))

    def _star(self, chain: list[Any], excluded: set[str]) -> Iterator[_Item]:
        table = str(chain[0])
        if len(chain) > 2 or (len(chain) == 2 and table not in self.scope.sources):
            raise Refusal(f"Unable to resolve field: {'.'.join(map(str, chain))}", code="unresolved_field")
        sources = self.scope.sources if len(chain) == 1 else {table: self.scope.sources[table]}
        for source in sources.values():
            for name in source.names():
                found = source.find(name)
                value = found.value if isinstance(found, Property) else found
                if name not in excluded and isinstance(value, Value):
                    yield _Item(name=name, node=None, value=value)

    def _where(self) -> Sql:
        nodes = [self.node[name] for name in ("prewhere", "where") if self.node.get(name) is not None]
        conditions = [self.expressions.condition(node) for node in nodes]
        return compose("WHERE {all}", all=joined(" AND ", conditions)) if conditions else Sql("")

    def _guarded(self, where: Sql, found: Sequence[joins.Joined]) -> Sql:
        """Before arrays are made of rows, the rows are weighed: what the server cannot hold is an error."""
        if not self.scope.gathered or not (found or self.scope.laterals):
            return where
        total = joined(" + ", self.scope.gathered)
        from_ = joins.from_sql(self.expressions, found, joined(" ", [total, where]))
        guard = compose(
            "(SELECT CASE WHEN sized.bytes > {most}::bigint THEN ({mark}::text || sized.bytes)::boolean ELSE TRUE END"
            " FROM (SELECT {total} AS bytes {from_} {where}) AS sized)",
            most=MOST_GATHERED,
            mark=TOO_MUCH_GATHERED,
            total=total,
            from_=from_,
            where=where,
        )
        return compose("{where} AND {guard}" if where.text else "WHERE {guard}", where=where, guard=guard)

    def _condition(self, word: str, node: Node | None) -> Sql:
        return Sql("") if node is None else compose(word + " {it}", it=self.expressions.condition(node))

    def _groups(self) -> Sql:
        mode = self.node.get("group_by_mode")
        if mode not in (None, "all"):
            raise Refusal(f"GROUP BY {str(mode).upper().replace('_', ' ')} is not supported.")
        keys = [self._at_place(node) or self.expressions.value(node) for node in self.node.get("group_by") or []]
        if mode == "all":
            keys = [item.value for item in self.items if not has_aggregate(item.node, self.scope.aliases)]
        return compose("GROUP BY {keys}", keys=joined(", ", [key.sql for key in keys])) if keys else Sql("")

    def _at_place(self, node: Node) -> Value | None:
        """A whole number means the column at that place."""
        place = node.get("value") if node["node"] == "Constant" else None
        if not isinstance(place, int) or isinstance(place, bool):
            return None
        if not 1 <= place <= len(self.items):
            raise Refusal(f"There is no column {place} to group or order by.")
        return self.items[place - 1].value

    def _orders(self) -> list[tuple[Value, str]]:
        """What rows are ordered by, with the direction."""
        return [
            (self._at_place(node["expr"]) or self.expressions.value(node["expr"]), direction_of(node))
            for node in self.node.get("order_by") or []
        ]

    def _needs_layers(self) -> bool:
        has_order = bool(self.node.get("order_by"))
        return bool(self.node.get("limit_by") or self.node.get("qualify") or (self.node.get("distinct") and has_order))

    def _flat(
        self, columns: list[Sql], found: Sequence[joins.Joined], rest: Sql, orders: Sequence[tuple[Value, str]]
    ) -> Sql:
        order = ordered_by([ordered(value, direction) for value, direction in orders])
        listed = joined(", ", columns)
        from_ = joins.from_sql(self.expressions, found, joined(" ", [listed, rest, order]))
        return compose(
            # Without a table the columns are constants: see `conversions.held`.
            "SELECT {distinct}{columns} {from_} {rest}{order}" + ("" if from_.text else " OFFSET 0"),
            distinct=Sql("DISTINCT " if self.node.get("distinct") else ""),
            columns=listed,
            from_=from_,
            rest=rest,
            order=order,
        )

    def _layered(
        self, columns: list[Sql], found: Sequence[joins.Joined], rest: Sql, orders: Sequence[tuple[Value, str]]
    ) -> Sql:
        """LIMIT BY and QUALIFY choose among rows that are finished, DISTINCT puts them in order afterwards."""
        distinct = bool(self.node.get("distinct"))
        if distinct and (self.node.get("limit_by") or self.node.get("qualify")):
            raise Refusal("DISTINCT does not go together with LIMIT BY or QUALIFY.")
        keys = [self._key(value, index, distinct) for index, (value, _) in enumerate(orders)]
        more = (
            []
            if distinct
            else [compose("{a} AS {k}", a=value.sql, k=key) for (value, _), key in zip(orders, keys, strict=True)]
        )
        kept, chosen = self._chosen(orders)
        listed = joined(", ", [*columns, *more, *chosen])
        from_ = joins.from_sql(self.expressions, found, joined(" ", [listed, rest]))
        outer = [
            ordered(Value(sql=key, type=value.type), direction)
            for key, (value, direction) in zip(keys, orders, strict=True)
        ]
        return compose(
            "SELECT {names} FROM (SELECT {distinct}{listed} {from_} {rest}) AS kept{where}{order}",
            names=joined(", ", [Sql(f"c{n}") for n in range(len(columns))]),
            distinct=Sql("DISTINCT " if distinct else ""),
            listed=listed,
            from_=from_,
            rest=rest,
            where=compose(" WHERE {all}", all=joined(" AND ", kept)) if kept else Sql(""),
            order=ordered_by(outer),
        )

    def _key(self, value: Value, index: int, distinct: bool) -> Sql:
        if not distinct:
            return Sql(f"o{index}")
        for place, item in enumerate(self.items):
            if item.value.sql == value.sql:
                return Sql(f"c{place}")
        raise Refusal("SELECT DISTINCT can be ordered by its columns only.")

    def _chosen(self, orders: Sequence[tuple[Value, str]]) -> tuple[list[Sql], list[Sql]]:
        """The conditions on finished rows, and the columns that they read."""
        kept, columns = [], []
        by, qualify = self.node.get("limit_by"), self.node.get("qualify")
        if by is not None:
            first = whole_number(self.expressions, by.get("offset_value"), otherwise=0)
            last = first + whole_number(self.expressions, by["n"], otherwise=0)
            order = ordered_by([ordered(value, direction) for value, direction in orders])
            keys = joined(", ", [self.expressions.value(node).sql for node in by["exprs"]])
            columns.append(compose("row_number() OVER (PARTITION BY {keys}{order}) AS place", keys=keys, order=order))
            kept.append(compose("place > {first}::bigint AND place <= {last}::bigint", first=first, last=last))
        if qualify is not None:
            columns.append(compose("{it} AS qualified", it=self.expressions.boolean(qualify).sql))
            kept.append(Sql("qualified"))
        return kept, columns
