"""`{filters}`: the dashboard's dates and properties over the events that a SELECT reads."""

from collections.abc import Iterator
from datetime import datetime

from accounts.models import Team
from common.exceptions import Refusal
from events.filtering.compiler import condition_sql
from events.filtering.conditions import EVERYTHING, condition_of, test_account_condition
from events.filtering.moments import Clock, parse_moment
from events.filtering.sql import Sql, compose, joined
from insights.queries.hogql.scope import Scope
from insights.queries.hogql.sources import TableSource
from insights.queries.hogql.tables import FILTERABLE, TABLES
from insights.queries.hogql.values import Value
from insights.queries.nodes.tables import HogQLFilters

_MISPLACED = (
    "Cannot use 'filters' placeholder in a SELECT clause"
    " that does not select from the events, sessions or groups table."
)


class Filters:
    """Called with the scope of the SELECT in which `{filters}` stands."""

    def __init__(self, filters: HogQLFilters | None, *, team: Team, clock: Clock) -> None:
        self.filters = filters
        self.team = team
        self.clock = clock

    def __call__(self, scope: Scope) -> Sql:
        if self.filters is None:
            return Sql("TRUE")
        source = next((one for one in scope.sources.values() if _is_filterable(one)), None)
        if not isinstance(source, TableSource):
            raise Refusal(_MISPLACED)
        parts = [*self._properties(source), *self._dates(source)]
        return compose("({all})", all=joined(" AND ", parts)) if parts else Sql("TRUE")

    def dates(self, scope: Scope, source: TableSource) -> list[tuple[str, datetime]]:
        """What the dates ask of a source's moment: `>=` or `<`. Nothing of a source that they are not laid over."""
        first = next((one for one in scope.sources.values() if _is_filterable(one)), None)
        return list(self._bounds()) if first is source else []

    def _properties(self, source: TableSource) -> Iterator[Sql]:
        assert self.filters is not None
        conditions = [condition_of(self.filters.properties, place="query.filters.properties")]
        if self.filters.filterTestAccounts:
            conditions.append(test_account_condition(self.team.test_account_filters))
        for condition in conditions:
            if condition == EVERYTHING:
                continue
            if source.alias != "e":
                raise Refusal("Property filters need the events table: {filters} stands where there is none.")
            yield condition_sql(condition, clock=self.clock)

    def _dates(self, source: TableSource) -> Iterator[Sql]:
        moment = source.find(source.table.moment or "")
        if isinstance(moment, Value):
            for symbol, at in self._bounds():
                yield compose("{moment} " + symbol + " {at}::timestamptz", moment=moment.sql, at=at)

    def _bounds(self) -> Iterator[tuple[str, datetime]]:
        """Exact moments: nothing is moved to the end of its day."""
        dates = self.filters.dateRange if self.filters else None
        for text, symbol in ((dates.date_to, "<"), (dates.date_from, ">=")) if dates else ():
            if text and text != "all":
                yield symbol, parse_moment(text, self.clock).at


def _is_filterable(source: object) -> bool:
    return isinstance(source, TableSource) and any(source.table is TABLES[name] for name in FILTERABLE)
