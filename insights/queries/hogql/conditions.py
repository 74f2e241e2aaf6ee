"""Expressions as conditions in the statements of other engines: what `Clock.compile_hogql` asks.

A condition stands by itself: whatever it joins, it joins in a subquery of its own, whose aliases hide those of the
statement around it. The subqueries have forms that Postgres makes joins of, because events are many.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from django.db import DatabaseError

from accounts.models import Team
from common.exceptions import Refusal
from events.filtering.conditions import ConditionTable
from events.filtering.errors import at_place
from events.filtering.moments import Clock
from events.filtering.sql import Sql, compose, joined
from insights.queries.hogql.compiling import context_of
from insights.queries.hogql.conversions import as_boolean
from insights.queries.hogql.expressions import Expressions
from insights.queries.hogql.parser import Node, TooComplex, parse_expression
from insights.queries.hogql.placeholders import Placeholders
from insights.queries.hogql.scope import Context, Scope
from insights.queries.hogql.sources import TableSource
from insights.queries.hogql.statements import errors_in_words
from insights.queries.hogql.tables import TABLES
from insights.queries.hogql.trees import has_aggregate, walk
from insights.queries.hogql.types import Kind
from insights.queries.hogql.values import Value

_WORDS = {"And": " AND ", "Or": " OR "}
_ALIASES: dict[ConditionTable, str] = {"events": "e", "persons": "p"}
_SESSIONS = TableSource(table=TABLES["sessions"], alias="s", name="sessions")
# The person of a session is another table's.
_SESSION_KEYS_OF_OTHERS = {"person_id", "person"}
# A session's values as texts of these types are read by property filters like any other.
_DEFINED = {Kind.INTEGER: "Numeric", Kind.FLOAT: "Numeric", Kind.BOOLEAN: "Boolean", Kind.DATETIME: "DateTime"}
_ISO = "to_char({a} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
_ALIAS = re.compile(r"\b([a-z]\w*)\.[a-z]")


class ConditionCompiler:
    """Each expression is compiled but once for a question. Use it inside `reading()`."""

    def __init__(self, team: Team, clock: Clock) -> None:
        self._team = team
        self._clock = clock
        self._found: dict[tuple[str, ConditionTable], Sql] = {}

    def __call__(self, text: str, place: str, table: ConditionTable = "events") -> Sql:
        if (text, table) not in self._found:
            with at_place(place):
                self._found[text, table] = self._compiled(text, table)
        return self._found[text, table]

    @property
    def was_asked(self) -> bool:
        return bool(self._found)

    def _compiled(self, text: str, table: ConditionTable) -> Sql:
        try:
            return self._condition(text, table)
        except RecursionError:
            raise TooComplex from None

    def _condition(self, text: str, table: ConditionTable) -> Sql:
        tree = Placeholders(clock=self._clock).fill(parse_expression(text))
        if any(node["node"] == "Filters" for node in walk(tree)):
            raise Refusal("Unresolved placeholder: {filters}")
        if has_aggregate(tree, {}):
            raise Refusal("Aggregates cannot stand in a condition.")
        context = context_of([tree], team=self._team, clock=self._clock, filters=None)
        return context.check_size(self._of(tree, context, table))

    def _of(self, tree: Node, context: Context, table: ConditionTable) -> Sql:
        """Part by part, since one that joins nothing, or just persons, is the cheaper for standing alone."""
        if tree["node"] in _WORDS:
            parts = [self._of(part, context, table) for part in tree["exprs"]]
            return compose("({parts})", parts=joined(_WORDS[tree["node"]], parts))
        source = TableSource(table=TABLES[table], alias=_ALIASES[table], name=table)
        expressions = Expressions(context, Scope(sources={table: source}))
        value = as_boolean(expressions.value(tree), self._clock)
        if expressions.scope.laterals:
            raise Refusal("arrayJoin cannot stand here.")
        return self._with_joins(compose("({it} IS TRUE)", it=value.sql), source)

    def _with_joins(self, condition: Sql, source: TableSource) -> Sql:
        joins = source.hidden_joins(condition.text, self._team.pk)
        if not joins.text:
            return condition
        read = set(_ALIAS.findall(condition.text))
        if source.alias == "e" and read <= {"e", "p", "held"}:
            return self._about_persons(condition)
        if source.alias == "e" and read <= {"e", "s", "held"}:
            return self._about_sessions(condition)
        return compose("EXISTS (SELECT FROM (SELECT) AS this{joins} WHERE {it})", joins=joins, it=condition)

    def _about_persons(self, condition: Sql) -> Sql:
        """Every event has its person."""
        return compose(
            "EXISTS (SELECT FROM persons p WHERE p.team_id = {team}::bigint AND p.number = e.person_id AND {it})",
            team=self._team.pk,
            it=condition,
        )

    def _about_sessions(self, condition: Sql) -> Sql:
        """Events without a session have one that says nothing: the only row of `nobody` that joins none."""
        return compose(
            "EXISTS (SELECT FROM {sessions} FULL JOIN (VALUES ('')) AS nobody (id) ON nobody.id = s.session_id"
            " WHERE coalesce(s.session_id, nobody.id) = coalesce(e.prop_session_id, '') AND {it})",
            sessions=_SESSIONS.from_sql("", self._team.pk),
            it=condition,
        )

    def session_meets(self, key: str, place: str, holds: Callable[[Sql, str], Sql]) -> Sql:
        """`Clock.session_meets`."""
        found = _SESSIONS.find(key) if key not in _SESSION_KEYS_OF_OTHERS else None
        if not isinstance(found, Value):
            raise Refusal(f"{place}: sessions have no property {key[:50]!r}.")
        defined = _DEFINED.get(found.type.kind, "")
        template = _ISO if found.type.kind is Kind.DATETIME else "({a})::text"
        return self._about_sessions(holds(compose(template, a=found.sql), defined))


@contextmanager
def compiling(clock: Clock, *, team: Team) -> Iterator[Clock]:
    """The same clock, which reads expressions too. Where there are any, Postgres' errors are put into words."""
    compiler = ConditionCompiler(team, clock)
    try:
        yield replace(clock, compile_hogql=compiler, session_meets=compiler.session_meets)
    except DatabaseError:
        if not compiler.was_asked:
            raise
        with errors_in_words():
            raise
