"""Arrays and tuples without lambdas. Places count from 1."""

from common.exceptions import Refusal
from events.filtering.sql import Sql, compose, joined
from insights.queries.hogql import members
from insights.queries.hogql.comparisons import collation
from insights.queries.hogql.conversions import as_text, common_type, convert
from insights.queries.hogql.functions.signatures import Builder, Call
from insights.queries.hogql.types import BOOLEAN, COUNT, INTEGER, TEXT, Kind, Type, array_of, tuple_of
from insights.queries.hogql.values import Value, array_literal

MAX_RUN = 100_000


def _array(call: Call) -> Value:
    values = call.values()
    item = common_type(values)
    if item.kind is Kind.ARRAY:
        raise Refusal("Arrays of arrays are not supported.")
    return array_literal([convert(value, item, call.clock) for value in values], item)


def _tuple(call: Call) -> Value:
    call.expect(1, None)
    values = call.values()
    sql = compose("jsonb_build_array({parts})", parts=joined(", ", [value.sql for value in values]))
    return Value(sql=sql, type=tuple_of(*(value.type for value in values)), parts=tuple(values))


def _tuple_element(call: Call) -> Value:
    call.expect(2, 2)
    found = members.member(call.compiler, call.value(0), call.constant(1, int, "place"))
    if not isinstance(found, Value):
        raise Refusal("tupleElement needs a tuple.")
    return found


def _element(call: Call) -> Value:
    call.expect(2, 2)
    return members.element(call.compiler, call.value(0, "array"), call.value(1))


def _of_array(template: str, gives: Type | None = None) -> Builder:
    """`{a}` is the array; `gives` None means an array of the same kind."""

    def build(call: Call) -> Value:
        call.expect(1, 1)
        value = call.value(0, "array")
        sql = compose(template, a=value.sql, collation=Sql(collation(value.type.item)))
        return Value(sql=sql, type=gives or value.type)

    return build


def _with_item(template: str, gives: Type | None) -> Builder:
    """`f(array, item)`: `{b}` is read as what the array holds."""

    def build(call: Call) -> Value:
        call.expect(2, 2)
        array = call.value(0, "array")
        item = convert(call.value(1), array.type.item, call.clock)
        return Value(sql=compose(template, a=array.sql, b=item.sql), type=gives or array.type)

    return build


def _with_array(template: str) -> Builder:
    def build(call: Call) -> Value:
        call.expect(2, 2)
        one = call.value(0, "array")
        other = convert(call.value(1, "array"), one.type, call.clock)
        return Value(sql=compose(template, a=one.sql, b=other.sql), type=BOOLEAN)

    return build


def _with_same(template: str) -> Builder:
    """Of two arrays of one kind, an array of that kind."""

    def build(call: Call) -> Value:
        call.expect(2, 2)
        one = call.value(0, "array")
        other = convert(call.value(1, "array"), one.type, call.clock)
        return Value(sql=compose(template, a=one.sql, b=other.sql), type=one.type)

    return build


def _difference(call: Call) -> Value:
    """Each number less the one before it; the first is 0."""
    call.expect(1, 1)
    array = call.value(0, "array")
    if array.type.item.kind not in (Kind.INTEGER, Kind.FLOAT):
        raise Refusal(f"Function '{call.name}' needs an array of numbers, not of {array.type.item.kind}.")
    sql = compose(
        "ARRAY(SELECT u.x - coalesce(lag(u.x) OVER (ORDER BY u.place), u.x)"
        " FROM unnest({a}) WITH ORDINALITY AS u(x, place) ORDER BY u.place)",
        a=array.sql,
    )
    return Value(sql=sql, type=array.type)


def _with_constant(call: Call) -> Value:
    """`arrayWithConstant(length, x)`."""
    call.expect(2, 2)
    count = call.constant(0, int, "whole number")
    if not 0 <= count <= MAX_RUN:
        raise Refusal(f"arrayWithConstant makes at most {MAX_RUN} elements.")
    value = call.value(1)
    if value.type.kind is Kind.ARRAY:
        raise Refusal("Arrays of arrays are not supported.")
    type_ = array_of(value.type)
    sql = compose("array_fill({x}::" + value.type.postgres + ", ARRAY[{n}::int])", x=value.sql, n=count)
    return Value(sql=sql, type=type_)


def _concat(call: Call) -> Value:
    call.expect(1, None)
    values = [call.value(index, "array") for index in range(len(call.nodes))]
    type_ = values[0].type
    parts = [convert(value, type_, call.clock).sql for value in values]
    return Value(sql=compose("({parts})", parts=joined(" || ", parts)), type=type_)


def _joined_text(call: Call) -> Value:
    call.expect(1, 2)
    array = call.value(0, "array")
    one = as_text(Value(sql=Sql("u.x"), type=array.type.item), call.clock)
    separator = call.value(1, "text").sql if len(call.nodes) == 2 else Sql("''")
    sql = compose(
        "coalesce((SELECT string_agg({one}, {separator} ORDER BY u.place)"
        " FROM unnest({a}) WITH ORDINALITY AS u(x, place)), '')",
        one=one.sql,
        separator=separator,
        a=array.sql,
    )
    return Value(sql=sql, type=TEXT)


def _slice(call: Call) -> Value:
    """`arraySlice(array, offset[, length])`, the offset counted from the end if negative."""
    call.expect(2, 3)
    array, start = call.value(0, "array"), call.value(1, "integer")
    first = compose(
        "(CASE WHEN {n} < 0 THEN greatest(cardinality({a}) + 1 + {n}, 1) ELSE {n} END)", a=array.sql, n=start.sql
    )
    last = compose("cardinality({a})", a=array.sql)
    if len(call.nodes) == 3:
        last = compose("({first} + {size} - 1)", first=first, size=call.value(2, "integer").sql)
    sql = compose("({a})[({first})::int:({last})::int]", a=array.sql, first=first, last=last)
    return Value(sql=sql, type=array.type)


def _range(call: Call) -> Value:
    """`range(end)`, `range(start, end[, step])`, without the end. A run that is too long is an error, not a cut."""
    call.expect(1, 3)
    numbers = [call.value(index, "integer").sql for index in range(len(call.nodes))]
    start = numbers[0] if len(numbers) > 1 else Sql("0::bigint")
    end = numbers[1] if len(numbers) > 1 else numbers[0]
    step = numbers[2] if len(numbers) == 3 else Sql("1::bigint")
    sql = compose(
        "ARRAY(SELECT generate_series({start}, CASE WHEN ({end} - {start}) / nullif({step}, 0) <= {most}::bigint"
        " THEN {end} - sign({step})::bigint ELSE 1 / (0 * {end}) END, {step}))",
        start=start,
        end=end,
        step=step,
        most=MAX_RUN,
    )
    return Value(sql=sql, type=array_of(INTEGER))


def _array_join(call: Call) -> Value:
    """A row for each element. The rows of the SELECT it stands in multiply."""
    call.expect(1, 1)
    array = call.value(0, "array")
    alias = call.compiler.context.new_alias("j")
    rows = compose(" CROSS JOIN LATERAL unnest({a}) AS {alias}(x)", a=array.sql, alias=Sql(alias))
    made = Value(sql=Sql(f"{alias}.x"), type=array.type.item, is_nullable=True)
    return call.compiler.lateral(array.sql.text + repr(array.sql.params), rows, made)


def _zip(call: Call) -> Value:
    call.expect(2, 2)
    one, other = call.value(0, "array"), call.value(1, "array")
    sql = compose(
        "ARRAY(SELECT jsonb_build_array(u.x, u.y) FROM unnest({a}, {b}) WITH ORDINALITY AS u(x, y, place)"
        " ORDER BY u.place)",
        a=one.sql,
        b=other.sql,
    )
    return Value(sql=sql, type=array_of(tuple_of(one.type.item, other.type.item)))


_POSITION = "coalesce(array_position({a}, {b}), 0)::bigint"

ARRAYS: dict[str, Builder] = {
    "array": _array,
    "tuple": _tuple,
    "tupleElement": _tuple_element,
    "arrayElement": _element,
    "arraySlice": _slice,
    "arrayConcat": _concat,
    "arrayStringConcat": _joined_text,
    "arrayJoin": _array_join,
    "arrayZip": _zip,
    "range": _range,
    "has": _with_item("({b} = ANY({a})) IS TRUE", BOOLEAN),
    "indexOf": _with_item(_POSITION, COUNT),
    "countEqual": _with_item("coalesce(cardinality(array_positions({a}, {b})), 0)::bigint", COUNT),
    "arrayPushBack": _with_item("array_append({a}, {b})", None),
    "arrayPushFront": _with_item("array_prepend({b}, {a})", None),
    "hasAny": _with_array("({a} && {b})"),
    "hasAll": _with_array("({a} @> {b})"),
    "arrayReverse": _of_array(
        "ARRAY(SELECT u.x FROM unnest({a}) WITH ORDINALITY AS u(x, place) ORDER BY u.place DESC)"
    ),
    "arrayDistinct": _of_array(
        "ARRAY(SELECT u.x FROM unnest({a}) WITH ORDINALITY AS u(x, place) GROUP BY 1 ORDER BY min(u.place))"
    ),
    "arrayUniq": _of_array("(SELECT count(DISTINCT u.x) FROM unnest({a}) AS u(x))", COUNT),
    "arrayCompact": _of_array(
        "ARRAY(SELECT u.x FROM (SELECT v.x, v.place, v.x IS DISTINCT FROM lag(v.x) OVER (ORDER BY v.place)"
        " OR v.place = 1 AS is_new FROM unnest({a}) WITH ORDINALITY AS v(x, place)) AS u"
        " WHERE u.is_new ORDER BY u.place)"
    ),
    "arrayEnumerate": _of_array("ARRAY(SELECT generate_series(1, cardinality({a}))::bigint)", array_of(INTEGER)),
    "arrayDifference": _difference,
    "arrayWithConstant": _with_constant,
    "arrayIntersect": _with_same(
        "ARRAY(SELECT u.x FROM unnest({a}) WITH ORDINALITY AS u(x, place) WHERE u.x = ANY({b})"
        " GROUP BY 1 ORDER BY min(u.place))"
    ),
    "arrayUnion": _with_same(
        "ARRAY(SELECT u.x FROM unnest({a} || {b}) WITH ORDINALITY AS u(x, place) GROUP BY 1 ORDER BY min(u.place))"
    ),
    "arrayPopBack": _of_array("trim_array({a}, least(1, cardinality({a})))"),
    "arrayPopFront": _of_array("({a})[2:cardinality({a})]"),
}
