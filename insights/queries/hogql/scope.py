"""Where names are looked up while a SELECT is compiled, and what the whole compilation may cost."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from common.exceptions import Refusal
from events.filtering.moments import Clock
from events.filtering.sql import Sql
from insights.queries.hogql.parser import Node, TooComplex
from insights.queries.hogql.sources import Property, QueryColumn, Source
from insights.queries.hogql.values import Value

MAX_NODES = 20_000
MAX_DEPTH = 80
MAX_TEXT = 400_000


@dataclass(frozen=True, kw_only=True)
class Query:
    """A compiled SELECT: its columns are called c0, c1 … in SQL."""

    sql: Sql
    columns: tuple[QueryColumn, ...]


@dataclass(kw_only=True)
class Context:
    """One compilation. `property_types` holds the defined types of the properties named, by scope and name."""

    team_id: int
    clock: Clock
    property_types: Mapping[tuple[str, str], str] = field(default_factory=dict)
    filters: Any = None
    compile_query: Callable[..., Query]
    nodes: int = 0
    depth: int = 0
    aliases: int = 0

    def enter(self) -> None:
        """Every name that stands for an expression is compiled again where it is used: hence a count."""
        self.nodes += 1
        self.depth += 1
        if self.nodes > MAX_NODES or self.depth > MAX_DEPTH:
            raise TooComplex

    def leave(self) -> None:
        self.depth -= 1

    def check_size(self, sql: Sql) -> Sql:
        if len(sql.text) > MAX_TEXT:
            raise TooComplex
        return sql

    def new_alias(self, prefix: str) -> str:
        self.aliases += 1
        return f"{prefix}{self.aliases}"


@dataclass(kw_only=True)
class Scope:
    """`aliases` are the names given to expressions, `variables` those of lambdas, `laterals` the arrays unrolled."""

    sources: dict[str, Source] = field(default_factory=dict)
    aliases: dict[str, Node] = field(default_factory=dict)
    windows: Mapping[str, Node] = field(default_factory=dict)
    tables: "dict[str, Query]" = field(default_factory=dict)
    variables: dict[str, Value] = field(default_factory=dict)
    laterals: dict[str, tuple[Sql, Value]] = field(default_factory=dict)
    is_lambda: bool = False
    expanding: list[str] = field(default_factory=list)
    #: How large the arrays become, together, that aggregates make of the rows.
    gathered: list[Sql] = field(default_factory=list)
    #: The named expressions of WITH, which subqueries see too.
    shared: dict[str, Node] = field(default_factory=dict)

    def inner(self) -> "Scope":
        """A subquery sees the common table expressions and the named expressions of WITH, nothing else from outside."""
        return Scope(tables=dict(self.tables), aliases=dict(self.shared), shared=dict(self.shared))

    def find(self, name: str) -> "Value | Property | Source | None":
        found = [field_ for source in self.sources.values() if (field_ := source.find(name)) is not None]
        if len(found) > 1:
            raise Refusal(f"Ambiguous query. Found multiple sources for field: {name}.")
        return found[0] if found else None
