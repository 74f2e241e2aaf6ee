"""How functions are written down: an SQL template, the kinds of its arguments, the type of what it gives."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from common.exceptions import Refusal
from events.filtering.moments import Clock
from events.filtering.sql import compose
from insights.queries.hogql.conversions import as_boolean, as_json, as_moment, as_number, as_text, convert
from insights.queries.hogql.parser import Node
from insights.queries.hogql.types import DATE, DATETIME, FLOAT, INTEGER, TEXT, Kind, Type
from insights.queries.hogql.values import Value

if TYPE_CHECKING:
    from insights.queries.hogql.expressions import Expressions

LETTERS = "abcdefgh"


def _array(value: Value, clock: Clock) -> Value:
    if value.type.kind is not Kind.ARRAY:
        raise Refusal(f"An array is needed here, not {value.type.kind}.")
    return value


#: What each word in a signature makes of an argument.
READERS: Mapping[str, Callable[[Value, Clock], Value]] = {
    "any": lambda value, clock: value,
    "text": as_text,
    "number": as_number,
    "float": lambda value, clock: convert(as_number(value, clock), FLOAT, clock),
    "integer": lambda value, clock: convert(as_number(value, clock), INTEGER, clock),
    "boolean": as_boolean,
    "moment": as_moment,
    "time": lambda value, clock: convert(value, DATETIME, clock),
    "date": lambda value, clock: convert(as_moment(value, clock), DATE, clock),
    "json": as_json,
    "array": _array,
}


@dataclass(frozen=True, kw_only=True)
class Call:
    """A call as it stands in the query."""

    name: str
    nodes: Sequence[Node]
    parameters: Sequence[Node]
    compiler: "Expressions"
    node: Node

    @property
    def clock(self) -> Clock:
        return self.compiler.clock

    def values(self) -> list[Value]:
        return self.compiler.values(self.nodes)

    def value(self, index: int, reader: str = "any") -> Value:
        return READERS[reader](self.compiler.value(self.nodes[index]), self.clock)

    def expect(self, least: int, most: int | None) -> None:
        count = len(self.nodes)
        if count >= least and (most is None or count <= most):
            return
        wanted = str(least) if most == least else f"at least {least}" if most is None else f"{least} to {most}"
        raise Refusal(f"Function '{self.name}' expects {wanted} arguments, found {count}.")

    def constant(self, index: int, python: type | tuple[type, ...], what: str) -> Any:
        """The value of an argument that must be written out."""
        value = self.compiler.value(self.nodes[index]).constant
        if not isinstance(value, python) or isinstance(value, bool):
            raise Refusal(f"Function '{self.name}' needs a constant {what} as argument {index + 1}.")
        return value


Builder = Callable[[Call], Value]


@dataclass(frozen=True, kw_only=True)
class Plain:
    """`{a}`, `{b}` … are the arguments. Null where an argument is, unless `is_nullable` says otherwise.

    `gives` None: the type of the first argument.
    """

    template: str
    takes: tuple[str, ...]
    gives: Type | None = TEXT
    is_nullable: bool | None = None
    bound: Mapping[str, object] = field(default_factory=dict)

    def __call__(self, call: Call) -> Value:
        call.expect(len(self.takes), len(self.takes))
        arguments = [call.value(index, reader) for index, reader in enumerate(self.takes)]
        named = {letter: argument.sql for letter, argument in zip(LETTERS, arguments, strict=False)}
        zone = self._zone(arguments, call)
        type_ = self.gives or arguments[0].type
        is_nullable = any(value.is_nullable for value in arguments) if self.is_nullable is None else self.is_nullable
        sql = compose(self.template, **named, **self.bound, zone=zone)
        return Value(sql=sql, type=type_, is_nullable=is_nullable)

    def _zone(self, arguments: Sequence[Value], call: Call) -> str:
        return next((value.type.zone for value in arguments if value.type.zone), call.clock.zone.key)


def plain(
    template: str, *takes: str, gives: Type | None = TEXT, is_nullable: bool | None = None, **bound: object
) -> Plain:
    return Plain(template=template, takes=takes, gives=gives, is_nullable=is_nullable, bound=bound)


def by_count(*builders: Plain) -> Builder:
    """The same name with different numbers of arguments."""
    counts = {len(builder.takes): builder for builder in builders}

    def choose(call: Call) -> Value:
        call.expect(min(counts), max(counts))
        return counts[len(call.nodes)](call)

    return choose
