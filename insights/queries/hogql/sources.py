"""What stands in a FROM: a table with its hidden joins, a subquery, a run of numbers. Each finds its fields by name."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from events.filtering.sql import Sql, compose, joined
from insights.queries.hogql.tables import Column, Table
from insights.queries.hogql.types import Type
from insights.queries.hogql.values import Value

# `{filters}` and other engines' conditions speak of `events e` and `persons p`.
_FIRST_ALIASES = {"person": "p", "session": "s", **{f"group_{index}": f"g{index}" for index in range(5)}}


@dataclass(frozen=True)
class Property:
    """A JSON column: each of its keys is a field."""

    value: Value
    column: Column
    alias: str


class Source(Protocol):
    def find(self, name: str) -> "Value | Property | Source | None": ...

    def names(self) -> Iterator[str]: ...


@dataclass(frozen=True, kw_only=True)
class TableSource:
    """`is_outer`: rows may be missing, so that every column may be null. `rows` of a table that has none of its own.

    `span`: which events its sessions are made of; see `hogql.spans`.
    """

    table: Table
    alias: str
    rows: Sql | None = None
    is_outer: bool = False
    name: str = ""
    span: Sql = Sql("TRUE")

    def find(self, name: str) -> "Value | Property | Source | None":
        if name in self.table.columns:
            return self._column(self.table.columns[name])
        if name == "pdi" and "person" in self.table.joins:
            # A distinct id of an event has its person already.
            return self if self.table.columns.get("distinct_id") else None
        join = self.table.joins.get(name)
        if join is None or join.table is None:
            return None
        return TableSource(table=join.table, alias=self.aliases()[name], is_outer=name != "person" or self.is_outer)

    def names(self) -> Iterator[str]:
        return (name for name in self.table.columns if name not in self.table.hidden)

    def aliases(self) -> dict[str, str]:
        """Of the table itself and of each of its joins."""
        first = self.alias == "e"
        return {"t": self.alias} | {
            name: _FIRST_ALIASES.get(name, f"e{name}") if first else f"{self.alias}{name}" for name in self.table.joins
        }

    def from_sql(self, used_in: str, team_id: int) -> Sql:
        """With those joins only that `used_in`, the rest of the statement, names."""
        own, joins = self._rows(team_id), self.hidden_joins(used_in, team_id)
        return compose("({own}{joins})", own=own, joins=joins) if joins.text else own

    def _rows(self, team_id: int) -> Sql:
        rows = self.rows or compose(self.table.rows or "", team=team_id, span=self.span)
        return compose("({rows}) AS {alias}", rows=rows, alias=Sql(self.alias))

    def hidden_joins(self, used_in: str, team_id: int) -> Sql:
        return joined("", self._joins(used_in, team_id))

    def _joins(self, used_in: str, team_id: int) -> Iterator[Sql]:
        for name, join in self.table.joins.items():
            alias = self.aliases()[name]
            if join.table is None or not re.search(rf"\b{alias}(person)?\.", used_in):
                continue
            source = TableSource(table=join.table, alias=alias, span=self.span)
            on = Sql(join.on.format(**self.aliases()))
            yield compose(" LEFT JOIN {rows} ON {on}", rows=source.from_sql(used_in, team_id), on=on)

    def _column(self, column: Column) -> "Value | Property":
        aliases = self.aliases()
        value = Value(
            sql=Sql(column.sql.format(**aliases)),
            type=column.type,
            is_nullable=column.is_nullable or self.is_outer,
            number=Sql(column.number.format(**aliases)) if column.number else None,
        )
        return Property(value, column, self.alias) if column.scope else value


@dataclass(frozen=True, kw_only=True)
class QueryColumn:
    name: str
    type: Type
    is_nullable: bool
    sql: str = ""


@dataclass(frozen=True, kw_only=True)
class QuerySource:
    """The rows of a subquery, of a common table expression, of an array or of a run of numbers."""

    rows: Sql
    alias: str
    columns: tuple[QueryColumn, ...]
    is_outer: bool = False
    name: str = ""

    def find(self, name: str) -> Value | None:
        for column in self.columns:
            if column.name == name:
                is_nullable = column.is_nullable or self.is_outer
                return Value(sql=Sql(f"{self.alias}.{column.sql}"), type=column.type, is_nullable=is_nullable)
        return None

    def names(self) -> Iterator[str]:
        return iter(dict.fromkeys(column.name for column in self.columns))

    def from_sql(self, used_in: str, team_id: int) -> Sql:
        return compose("{rows} AS {alias}", rows=self.rows, alias=Sql(self.alias))
