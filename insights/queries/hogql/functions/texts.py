"""Functions of texts. Lengths and positions count characters, where ClickHouse counts bytes."""

from common.exceptions import Refusal
from events.filtering.sql import Sql, compose, joined
from insights.queries.hogql.captures import with_groups
from insights.queries.hogql.conversions import as_text
from insights.queries.hogql.functions.signatures import Builder, Call, by_count, plain
from insights.queries.hogql.types import BOOLEAN, COUNT, INTEGER, TEXT, Kind, Type, array_of
from insights.queries.hogql.values import Value, constant

_LONGEST = 10_000
_BLANKS = " \t\n\r\f\v"


def _concat(call: Call) -> Value:
    """Null is an empty text here, as in HogQL."""
    call.expect(1, None)
    parts = [as_text(value, call.clock) for value in call.values()]
    return Value(sql=compose("concat({parts})", parts=joined(", ", [part.sql for part in parts])), type=TEXT)


def _length(call: Call) -> Value:
    call.expect(1, 1)
    value = call.value(0)
    template = "cardinality({a})::bigint" if value.type.kind is Kind.ARRAY else "length({a})::bigint"
    text = value if value.type.kind is Kind.ARRAY else as_text(value, call.clock)
    return Value(sql=compose(template, a=text.sql), type=COUNT, is_nullable=value.is_nullable)


def _substring(call: Call) -> Value:
    """Positions count from 1, from the end if negative."""
    call.expect(2, 3)
    text, start = call.value(0, "text"), call.value(1, "integer")
    at = compose(
        "(CASE WHEN {n} < 0 THEN greatest(length({a}) + 1 + {n}, 1) ELSE greatest({n}, 1) END)::int",
        a=text.sql,
        n=start.sql,
    )
    if start.is_constant and start.constant > 0:
        at = compose("{n}::int", n=start.sql)
    size = compose(", greatest({n}, 0)::int", n=call.value(2, "integer").sql) if len(call.nodes) == 3 else Sql("")
    return Value(
        sql=compose("substr({a}, {at}{size})", a=text.sql, at=at, size=size), type=TEXT, is_nullable=text.is_nullable
    )


def _split(call: Call) -> Value:
    """`splitByChar(separator, text)`; an empty separator splits into characters."""
    call.expect(2, 3)
    separator, text = call.value(0, "text"), call.value(1, "text")
    sql = compose("coalesce(string_to_array({a}, nullif({b}, '')), ARRAY[]::text[])", a=text.sql, b=separator.sql)
    return Value(sql=sql, type=array_of(TEXT))


def _pattern(call: Call) -> Value:
    return constant(with_groups(call.constant(1, str, "regular expression")))


def _with_regex(template: str) -> Builder:
    """`f(text, pattern)`, the pattern written out."""

    def build(call: Call) -> Value:
        call.expect(2, 2)
        text, pattern = call.value(0, "text"), _pattern(call)
        type_ = array_of(TEXT) if template.startswith("ARRAY") else TEXT
        sql = compose(template, a=text.sql, pattern=pattern.sql)
        return Value(sql=sql, type=type_, is_nullable=text.is_nullable)

    return build


def _replace_regex(flags: str) -> Builder:
    def build(call: Call) -> Value:
        call.expect(3, 3)
        text, pattern = call.value(0, "text"), _pattern(call)
        put = constant(_references(call.constant(2, str, "text")))
        template = "regexp_replace({a}, {pattern}, {put}" + (f", '{flags}')" if flags else ")")
        sql = compose(template, a=text.sql, pattern=pattern.sql, put=put.sql)
        return Value(sql=sql, type=TEXT, is_nullable=text.is_nullable)

    return build


def _references(replacement: str) -> str:
    r"""ClickHouse calls the whole match \0, Postgres \&."""
    return replacement.replace("\\0", "\\&")


def _replace_one(call: Call) -> Value:
    call.expect(3, 3)
    values = [call.value(index, "text") for index in range(3)]
    a, b, c = (value.sql for value in values)
    sql = compose(
        "(CASE WHEN strpos({a}, {b}) > 0 AND {b} <> ''"
        " THEN overlay({a} PLACING {c} FROM strpos({a}, {b}) FOR length({b})) ELSE {a} END)",
        a=a,
        b=b,
        c=c,
    )
    return Value(sql=sql, type=TEXT, is_nullable=any(value.is_nullable for value in values))


def _size(call: Call) -> int:
    wanted: int = call.constant(1, int, "whole number")
    if wanted > _LONGEST:
        raise Refusal(f"Function '{call.name}' takes at most {_LONGEST} as argument 2.")
    return max(wanted, 0)


def _repeat(call: Call) -> Value:
    call.expect(2, 2)
    count = _size(call)
    text = call.value(0, "text")
    sql = compose("repeat({a}, {n}::int)", a=text.sql, n=count)
    return Value(sql=sql, type=TEXT, is_nullable=text.is_nullable)


def _pad(function: str) -> Builder:
    def build(call: Call) -> Value:
        call.expect(2, 3)
        size = _size(call)
        text = call.value(0, "text")
        put = call.value(2, "text").sql if len(call.nodes) == 3 else constant(" ").sql
        sql = compose(f"{function}({{a}}, {{n}}::int, {{put}})", a=text.sql, n=size, put=put)
        return Value(sql=sql, type=TEXT, is_nullable=text.is_nullable)

    return build


def _trim(side: str) -> Builder:
    return by_count(
        plain(f"{side}({{a}}, {{blanks}}::text)", "text", blanks=_BLANKS),
        plain(f"{side}({{a}}, {{b}})", "text", "text"),
    )


def _position(template: str) -> Builder:
    return plain(template, "text", "text", gives=COUNT)


def _digest(size: int) -> Type:
    """Bytes in ClickHouse; here they are written as hexadecimal digits from the start."""
    return Type(kind=Kind.TEXT, label=f"FixedString({size})")


def _hex(call: Call) -> Value:
    call.expect(1, 1)
    value = call.value(0)
    is_digest = value.type.label.startswith("FixedString")
    template = "upper({a})" if is_digest else "upper(encode(convert_to({a}, 'UTF8'), 'hex'))"
    text = as_text(value, call.clock)
    return Value(sql=compose(template, a=text.sql), type=TEXT, is_nullable=text.is_nullable)


def _hash(seed: int) -> Builder:
    """Not the numbers of ClickHouse, but as good for sampling and for keys. Never negative."""
    return plain(f"(hashtextextended({{a}}, {seed}) & 9223372036854775807)", "text", gives=COUNT)


def _search_any(template: str) -> Builder:
    return plain(f"EXISTS (SELECT FROM unnest({{b}}) AS known(one) WHERE {template})", "text", "array", gives=BOOLEAN)


def _split_by_regex(call: Call) -> Value:
    """`splitByRegexp(pattern, text)`."""
    call.expect(2, 2)
    pattern = constant(with_groups(call.constant(0, str, "regular expression")))
    text = call.value(1, "text")
    sql = compose("coalesce(regexp_split_to_array({a}, {b}), ARRAY[]::text[])", a=text.sql, b=pattern.sql)
    return Value(sql=sql, type=array_of(TEXT))


def _concat_with(call: Call) -> Value:
    call.expect(1, None)
    parts = [as_text(value, call.clock) for value in call.values()]
    return Value(sql=compose("concat_ws({parts})", parts=joined(", ", [part.sql for part in parts])), type=TEXT)


TEXTS: dict[str, Builder] = {
    "concat": _concat,
    "length": _length,
    "lengthUTF8": _length,
    "char_length": _length,
    "substring": _substring,
    "substr": _substring,
    "substringUTF8": _substring,
    "mid": _substring,
    "splitByChar": _split,
    "splitByString": _split,
    "lower": plain("lower({a})", "text"),
    "lowerUTF8": plain("lower({a})", "text"),
    "upper": plain("upper({a})", "text"),
    "upperUTF8": plain("upper({a})", "text"),
    "initcap": plain("initcap({a})", "text"),
    "reverse": plain("reverse({a})", "text"),
    "reverseUTF8": plain("reverse({a})", "text"),
    "trim": _trim("btrim"),
    "trimBoth": _trim("btrim"),
    "trimLeft": _trim("ltrim"),
    "ltrim": _trim("ltrim"),
    "trimRight": _trim("rtrim"),
    "rtrim": _trim("rtrim"),
    "left": plain("left({a}, greatest({b}, 0)::int)", "text", "integer"),
    "right": plain("right({a}, greatest({b}, 0)::int)", "text", "integer"),
    "leftPad": _pad("lpad"),
    "lpad": _pad("lpad"),
    "rightPad": _pad("rpad"),
    "rpad": _pad("rpad"),
    "repeat": _repeat,
    "replaceAll": plain("replace({a}, {b}, {c})", "text", "text", "text"),
    "replace": plain("replace({a}, {b}, {c})", "text", "text", "text"),
    "replaceOne": _replace_one,
    "replaceRegexpAll": _replace_regex("g"),
    "replaceRegexpOne": _replace_regex(""),
    "extract": _with_regex("coalesce((regexp_match({a}, {pattern}))[1], '')"),
    "extractAll": _with_regex("ARRAY(SELECT found.m[1] FROM regexp_matches({a}, {pattern}, 'g') AS found(m))"),
    "startsWith": plain("starts_with({a}, {b})", "text", "text", gives=BOOLEAN),
    "endsWith": plain("(right({a}, length({b})) = {b})", "text", "text", gives=BOOLEAN),
    "position": _position("strpos({a}, {b})::bigint"),
    "positionUTF8": _position("strpos({a}, {b})::bigint"),
    "positionCaseInsensitive": _position("strpos(lower({a}), lower({b}))::bigint"),
    "countSubstrings": _position("((length({a}) - length(replace({a}, {b}, ''))) / nullif(length({b}), 0))::bigint"),
    "ascii": plain("ascii({a})::bigint", "text", gives=INTEGER),
    "base64Encode": plain("replace(encode(convert_to({a}, 'UTF8'), 'base64'), chr(10), '')", "text"),
    "hex": _hex,
    "MD5": plain("md5({a})", "text", gives=_digest(16)),
    "SHA256": plain("encode(sha256(convert_to({a}, 'UTF8')), 'hex')", "text", gives=_digest(32)),
    "SHA512": plain("encode(sha512(convert_to({a}, 'UTF8')), 'hex')", "text", gives=_digest(64)),
    "cityHash64": _hash(0),
    "sipHash64": _hash(1),
    "xxHash64": _hash(2),
    "multiSearchAny": _search_any("strpos({a}, known.one) > 0"),
    "multiSearchAnyCaseInsensitive": _search_any("strpos(lower({a}), lower(known.one)) > 0"),
    "splitByRegexp": _split_by_regex,
    "concatWithSeparator": _concat_with,
    "concat_ws": _concat_with,
}
