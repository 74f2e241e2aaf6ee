"""JSON: `JSONExtractString(properties, 'a', 'b')` and its kin. Texts are read as JSON; what is none is null."""

from events.filtering.sql import compose
from insights.queries.hogql.conversions import as_json, convert
from insights.queries.hogql.functions.signatures import READERS, Builder, Call
from insights.queries.hogql.types import BOOLEAN, COUNT, FLOAT, INTEGER, TEXT, Kind, Type, array_of
from insights.queries.hogql.values import Value, constant

_OBJECT_KEYS = (
    "ARRAY(SELECT keys.name FROM jsonb_object_keys(CASE jsonb_typeof({a}) WHEN 'object' THEN {a} END) AS keys(name))"
)
_ELEMENTS = "jsonb_array_elements{text}(CASE jsonb_typeof({a}) WHEN 'array' THEN {a} END) WITH ORDINALITY"
_TEXTS = (
    "ARRAY(SELECT found.one FROM "
    + _ELEMENTS.replace("{text}", "_text")
    + " AS found(one, place) ORDER BY found.place)"
)
_RAWS = (
    "ARRAY(SELECT found.one::text FROM "
    + _ELEMENTS.replace("{text}", "")
    + " AS found(one, place) ORDER BY found.place)"
)


def _reached(call: Call, last: int) -> Value:
    """The document, followed along the keys given as arguments: names, or places counted from 1."""
    call.expect(1, 20)
    reached = as_json(call.value(0), call.clock)
    for index in range(1, last):
        reached = _step(call, reached, call.value(index))
    return reached


def _step(call: Call, of: Value, key: Value) -> Value:
    if key.type.kind is Kind.INTEGER:
        place = compose("(CASE WHEN {n} > 0 THEN {n} - 1 ELSE {n} END)::int", n=key.sql)
        return Value(sql=compose("({a} -> {n})", a=of.sql, n=place), type=of.type, is_nullable=True)
    name = convert(key, TEXT, call.clock)
    return Value(sql=compose("({a} -> {name})", a=of.sql, name=name.sql), type=of.type, is_nullable=True)


def _scalar(type_: Type, default: object, *, kinds: str) -> Builder:
    """What is missing or of another kind is the type's zero, as in ClickHouse."""

    def build(call: Call) -> Value:
        found = _reached(call, len(call.nodes))
        text = Value(
            sql=compose(f"(CASE WHEN jsonb_typeof({{a}}) IN ({kinds}) THEN {{a}} #>> '{{{{}}}}' END)", a=found.sql),
            type=TEXT,
            is_nullable=True,
        )
        value = READERS["integer"](text, call.clock) if type_ == INTEGER else convert(text, type_, call.clock)
        sql = compose("coalesce({a}, {default})", a=value.sql, default=constant(default).sql)
        return Value(sql=sql, type=type_)

    return build


def _raw(call: Call) -> Value:
    found = _reached(call, len(call.nodes))
    return Value(sql=compose("coalesce(({a})::text, '')", a=found.sql), type=TEXT, json=found.sql)


def _of(template: str, type_: Type) -> Builder:
    def build(call: Call) -> Value:
        found = _reached(call, len(call.nodes))
        return Value(sql=compose(template, a=found.sql), type=type_)

    return build


def _extract(call: Call) -> Value:
    """`JSONExtract(document, key …, 'Type')`."""
    call.expect(2, 20)
    name = call.constant(len(call.nodes) - 1, str, "type").replace(" ", "").lower()
    found = _reached(call, len(call.nodes) - 1)
    if name.startswith("array("):
        return Value(sql=compose(_TEXTS, a=found.sql), type=array_of(TEXT))
    text = Value(sql=compose("({a} #>> '{{}}')", a=found.sql), type=TEXT, is_nullable=True, json=found.sql)
    inner = name.removeprefix("nullable(").removesuffix(")")
    type_ = next((type_ for word, type_ in _NAMED_TYPES if word in inner), TEXT)
    return convert(text, type_, call.clock)


def _is_valid(call: Call) -> Value:
    call.expect(1, 1)
    return Value(sql=compose("({a} IS JSON)", a=call.value(0, "text").sql), type=BOOLEAN, is_nullable=True)


def _to_json(call: Call) -> Value:
    call.expect(1, 1)
    value = as_json(call.value(0), call.clock)
    return Value(sql=compose("({a})::text", a=value.sql), type=TEXT, is_nullable=value.is_nullable, json=value.sql)


_NAMED_TYPES = (("int", INTEGER), ("float", FLOAT), ("decimal", FLOAT), ("bool", BOOLEAN))
_LENGTH = (
    "(CASE jsonb_typeof({a}) WHEN 'array' THEN jsonb_array_length({a})"
    " WHEN 'object' THEN (SELECT count(*) FROM jsonb_object_keys({a})) ELSE 0 END)::bigint"
)

DOCUMENTS: dict[str, Builder] = {
    "JSONExtract": _extract,
    "JSONExtractString": _scalar(TEXT, "", kinds="'string'"),
    "JSONExtractInt": _scalar(INTEGER, 0, kinds="'number', 'boolean'"),
    "JSONExtractUInt": _scalar(INTEGER, 0, kinds="'number', 'boolean'"),
    "JSONExtractFloat": _scalar(FLOAT, 0.0, kinds="'number'"),
    "JSONExtractBool": _scalar(BOOLEAN, False, kinds="'boolean'"),
    "JSONExtractRaw": _raw,
    "JSONExtractArrayRaw": _of(_RAWS, array_of(TEXT)),
    "JSONExtractKeys": _of(_OBJECT_KEYS, array_of(TEXT)),
    "JSONHas": _of("({a} IS NOT NULL)", BOOLEAN),
    "JSONLength": _of(_LENGTH, COUNT),
    "JSONType": _of("coalesce(initcap(jsonb_typeof({a})), 'Null')", TEXT),
    "isValidJSON": _is_valid,
    "toJSONString": _to_json,
}
