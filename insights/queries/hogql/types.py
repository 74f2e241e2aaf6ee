"""What an expression gives: its kind, how Postgres calls it, how ClickHouse calls it."""

from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    INTEGER = "a number"
    FLOAT = "a decimal number"
    TEXT = "a text"
    BOOLEAN = "a boolean"
    DATETIME = "a time"
    DATE = "a date"
    UUID = "a UUID"
    JSON = "a JSON value"
    INTERVAL = "an interval"
    ARRAY = "an array"
    TUPLE = "a tuple"
    NULL = "null"


_POSTGRES = {
    Kind.INTEGER: "bigint",
    Kind.FLOAT: "float8",
    Kind.TEXT: "text",
    Kind.BOOLEAN: "boolean",
    Kind.DATETIME: "timestamptz",
    Kind.DATE: "date",
    Kind.UUID: "uuid",
    Kind.JSON: "jsonb",
    Kind.INTERVAL: "bigint",
    Kind.TUPLE: "jsonb",
    Kind.NULL: "text",
}
_CLICKHOUSE = {
    Kind.INTEGER: "Int64",
    Kind.FLOAT: "Float64",
    Kind.TEXT: "String",
    Kind.BOOLEAN: "Bool",
    Kind.DATE: "Date",
    Kind.UUID: "UUID",
    Kind.JSON: "String",
}


@dataclass(frozen=True, kw_only=True)
class Type:
    """`zone` (None: the project's) and `precision` belong to times, `unit` to intervals, `items` to containers."""

    kind: Kind
    items: "tuple[Type, ...]" = ()
    zone: str | None = field(default=None, compare=False)
    precision: int = field(default=0, compare=False)
    unit: str = ""
    label: str = field(default="", compare=False)

    @property
    def item(self) -> "Type":
        return self.items[0]

    @property
    def postgres(self) -> str:
        return f"{self.item.postgres}[]" if self.kind is Kind.ARRAY else _POSTGRES[self.kind]

    def clickhouse(self, *, zone: str, is_nullable: bool) -> str:
        if self.kind is Kind.NULL:
            return "Nullable(Nothing)"
        if self.kind is Kind.INTERVAL:
            return f"Interval{self.unit.capitalize()}"
        if self.items:
            return (
                f"{self._container}({', '.join(item.clickhouse(zone=zone, is_nullable=False) for item in self.items)})"
            )
        name = self._moment(zone) if self.kind is Kind.DATETIME else self.label or _CLICKHOUSE[self.kind]
        return f"Nullable({name})" if is_nullable else name

    @property
    def _container(self) -> str:
        return "Array" if self.kind is Kind.ARRAY else "Tuple"

    def _moment(self, zone: str) -> str:
        shown = self.zone or zone
        return f"DateTime64({self.precision}, '{shown}')" if self.precision else f"DateTime('{shown}')"


INTEGER = Type(kind=Kind.INTEGER)
COUNT = Type(kind=Kind.INTEGER, label="UInt64")
SMALL = Type(kind=Kind.INTEGER, label="UInt8")
FLOAT = Type(kind=Kind.FLOAT)
TEXT = Type(kind=Kind.TEXT)
BOOLEAN = Type(kind=Kind.BOOLEAN)
DATETIME = Type(kind=Kind.DATETIME)
DATETIME64 = Type(kind=Kind.DATETIME, precision=6)
DATE = Type(kind=Kind.DATE)
UUID = Type(kind=Kind.UUID)
JSON = Type(kind=Kind.JSON)
NULL = Type(kind=Kind.NULL)

NUMERIC = {Kind.INTEGER, Kind.FLOAT, Kind.BOOLEAN}
MOMENTS = {Kind.DATE, Kind.DATETIME}


def array_of(item: Type) -> Type:
    return Type(kind=Kind.ARRAY, items=(item,))


def tuple_of(*items: Type) -> Type:
    return Type(kind=Kind.TUPLE, items=items)


def interval_of(unit: str) -> Type:
    return Type(kind=Kind.INTERVAL, unit=unit)
