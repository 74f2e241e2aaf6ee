"""What the math of a series is about: a number of events or of sessions, or an aggregate of HogQL."""

from dataclasses import dataclass

from accounts.models import Team
from common.exceptions import Refusal
from events.filtering.errors import Unsupported, at_place
from events.filtering.moments import Clock
from events.filtering.readings import number_of
from events.filtering.sql import Sql, compose
from insights.queries.entities import SCOPES, Property
from insights.queries.event_tables import session_property
from insights.queries.hogql import compile_aggregate
from insights.queries.hogql.conversions import as_number
from insights.queries.hogql.types import NUMERIC
from insights.queries.hogql.values import Value
from insights.queries.nodes import Counted
from insights.queries.sources import property_sql

PROPERTY_MATHS = {"avg", "sum", "min", "max", "median", "p75", "p90", "p95", "p99"}
SESSION_DURATION = "$session_duration"


@dataclass(frozen=True, kw_only=True)
class Measure:
    """`number` is that of an event, or of a session, which then counts once; `aggregate` makes one of many events."""

    number: Sql = Sql("NULL::float8")
    aggregate: Sql | None = None
    is_of_sessions: bool = False
    reads_persons: bool = False

    @property
    def expressions(self) -> tuple[Sql, ...]:
        """Those that may name tables beside `events e`."""
        if self.aggregate is not None:
            return (self.aggregate,)
        return (self.number,) if self.is_of_sessions else ()


def measure_of(node: Counted, *, place: str, team: Team, clock: Clock) -> Measure | None:
    """None where events or actors are counted. Compiling an aggregate reads the property definitions."""
    if node.math == "hogql":
        return _expressed(node, place, team, clock)
    if node.math not in PROPERTY_MATHS:
        return None
    return property_measure(node, place=place, clock=clock, reader=f"math {node.math}")


def property_measure(node: Counted, *, place: str, clock: Clock, reader: str) -> Measure:
    """Of the node's `math_property`, which `reader` asks for."""
    if not node.math_property:
        raise Refusal(f"{place}.math_property: required with the {reader}.")
    if node.math_property_revenue_currency:
        raise Unsupported(f"{place}.math_property_revenue_currency")
    kind = node.math_property_type or "event"
    if kind in ("session", "session_properties") or node.math_property == SESSION_DURATION:
        value = as_number(session_property(node.math_property, place=f"{place}.math_property"), clock)
        number = compose("({value})::float8", value=value.sql)
        return Measure(number=_multiplied(number, node), is_of_sessions=True)
    scope = SCOPES.get(kind)
    if not scope:
        raise Unsupported(f"{place}.math_property_type: {kind}")
    number = number_of(property_sql(Property(scope=scope, key=node.math_property)))
    return Measure(number=_multiplied(number, node), reads_persons=scope == "person")


def _multiplied(number: Sql, node: Counted) -> Sql:
    """Before anything is made of the numbers: with a factor below 0 the least becomes the largest."""
    if node.math_multiplier is None:
        return number
    return compose("(({number}) * {factor}::float8)", number=number, factor=node.math_multiplier)


def _expressed(node: Counted, place: str, team: Team, clock: Clock) -> Measure:
    place = f"{place}.math_hogql"
    if not (node.math_hogql or "").strip():
        raise Refusal(f"{place}: required with the math hogql.")
    with at_place(place):
        found = compile_aggregate(node.math_hogql or "", team=team, clock=clock)
    if found.type.kind not in NUMERIC:
        raise Refusal(f"{place}: must give a number, not {found.type.kind}.")
    value = Value(sql=found.sql, type=found.type, is_nullable=found.is_nullable)
    return Measure(aggregate=as_number(value, clock).sql)
