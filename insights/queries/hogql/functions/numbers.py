"""Functions of numbers."""

from insights.queries.hogql.functions.signatures import Builder, by_count, plain
from insights.queries.hogql.types import BOOLEAN, COUNT, FLOAT, INTEGER, UUID

_FUNCTIONS = {
    "sqrt": "(CASE WHEN {a} >= 0 THEN sqrt({a}) END)",
    "cbrt": "cbrt({a})",
    "exp": "exp({a})",
    "exp2": "power(2::float8, {a})",
    "log": "(CASE WHEN {a} > 0 THEN ln({a}) END)",
    "ln": "(CASE WHEN {a} > 0 THEN ln({a}) END)",
    "log2": "(CASE WHEN {a} > 0 THEN ln({a}) / ln(2::float8) END)",
    "log10": "(CASE WHEN {a} > 0 THEN log({a}) END)",
    "sin": "sin({a})",
    "cos": "cos({a})",
    "tan": "tan({a})",
    "atan": "atan({a})",
    "radians": "radians({a})",
    "degrees": "degrees({a})",
}
_POWER = plain("(CASE WHEN {a} < 0 AND {b} <> trunc({b}) OR {a} = 0 AND {b} < 0 THEN NULL ELSE power({a}, {b}) END)",
               "float", "float", gives=FLOAT, is_nullable=True)  # fmt: skip
_DIGITS = "greatest(least({b}, 30), -30)::int"


def _rounding(function: str) -> Builder:
    """Without digits the type stays, with digits it is a decimal number."""
    return by_count(
        plain(f"{function}({{a}})", "float", gives=FLOAT),
        plain(f"{function}(({{a}})::numeric, {_DIGITS})::float8", "float", "integer", gives=FLOAT),
    )


def _whole(function: str) -> Builder:
    """Postgres floors to whole numbers only."""
    scaled = f"({function}(({{a}})::numeric * power(10::numeric, {_DIGITS})) / power(10::numeric, {_DIGITS}))::float8"
    return by_count(plain(f"{function}({{a}})", "float", gives=FLOAT), plain(scaled, "float", "integer", gives=FLOAT))


NUMBERS: dict[str, Builder] = {
    **{
        name: plain(template, "float", gives=FLOAT, is_nullable=True if "CASE" in template else None)
        for name, template in _FUNCTIONS.items()
    },
    "pow": _POWER,
    "power": _POWER,
    "round": _rounding("round"),
    "trunc": _rounding("trunc"),
    "truncate": _rounding("trunc"),
    "floor": _whole("floor"),
    "ceil": _whole("ceil"),
    "ceiling": _whole("ceil"),
    # Of a double: to the nearest, halves to the even one.
    "roundBankers": plain("round({a})", "float", gives=FLOAT),
    "abs": plain("abs({a})", "number", gives=None),
    "negate": plain("(- {a})", "number", gives=None),
    "sign": plain("sign({a})::bigint", "float", gives=INTEGER),
    "intDiv": plain(
        "div(({a})::numeric, nullif(({b})::numeric, 0))::bigint", "number", "number", gives=INTEGER, is_nullable=True
    ),
    "intDivOrZero": plain(
        "coalesce(div(({a})::numeric, nullif(({b})::numeric, 0)), 0)::bigint", "number", "number", gives=INTEGER
    ),
    "bitAnd": plain("({a} & {b})", "integer", "integer", gives=INTEGER),
    "bitOr": plain("({a} | {b})", "integer", "integer", gives=INTEGER),
    "bitXor": plain("({a} # {b})", "integer", "integer", gives=INTEGER),
    "isFinite": plain("({a} NOT IN ('NaN', 'Infinity', '-Infinity'))", "float", gives=BOOLEAN),
    "isNaN": plain("({a} = 'NaN')", "float", gives=BOOLEAN),
    "isInfinite": plain("({a} IN ('Infinity', '-Infinity'))", "float", gives=BOOLEAN),
    "pi": plain("pi()", gives=FLOAT),
    "e": plain("exp(1::float8)", gives=FLOAT),
    "rand": plain("floor(random() * 4294967296)::bigint", gives=COUNT),
    "rand64": plain("floor(random() * 9223372036854775000)::bigint", gives=COUNT),
    "randCanonical": plain("random()", gives=FLOAT),
    "generateUUIDv4": plain("gen_random_uuid()", gives=UUID),
}
