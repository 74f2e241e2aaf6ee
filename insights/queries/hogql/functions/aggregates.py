"""Functions over many rows. Any of them may end in `If`, whose last argument says which rows count.

What ClickHouse approximates is exact here. Over no rows counts and sums are 0, all else is null.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from common.exceptions import Refusal
from events.filtering.sql import Sql, compose, joined
from insights.queries.hogql.comparisons import collation
from insights.queries.hogql.functions.signatures import LETTERS, READERS, Call
from insights.queries.hogql.orders import order_by
from insights.queries.hogql.types import COUNT, FLOAT, INTEGER, TEXT, Kind, Type, array_of
from insights.queries.hogql.values import Value, constant

_MOST_PARAMETERS = 20
# What keeps every row until the end. Distinct rows are sorted first, on disk.
_GATHERING = ("array_agg({a}", "string_agg({a}")
# What Postgres takes of all rows of a group only.
_NOT_OVER_WINDOWS = ("DISTINCT ", "ORDER BY", "WITHIN GROUP")
_DEFAULT_TOP, _MOST_TOP = 10, 1000


@dataclass(frozen=True, kw_only=True)
class Aggregate:
    """`{a}` … are the arguments, `{only}` what says which rows count and over which window.

    `skips`: rows whose argument is null do not count. `gives` makes the type of that of the first argument.
    """

    template: str
    takes: tuple[str, ...] = ("any",)
    gives: Type | Callable[[Type], Type]
    is_nullable: bool = True
    skips: str = ""
    can_be_distinct: bool = False


def _same(type_: Type) -> Type:
    return type_


def _sum_of(type_: Type) -> Type:
    return FLOAT if type_.kind is Kind.FLOAT else INTEGER


_STATISTICS = {
    "avg": "avg",
    "stddevPop": "stddev_pop",
    "stddevSamp": "stddev_samp",
    "varPop": "var_pop",
    "varSamp": "var_samp",
}
_PAIRED = {"corr": "corr", "covarPop": "covar_pop", "covarSamp": "covar_samp"}
_UNIQUE = ("uniq", "uniqExact", "uniqHLL12", "uniqCombined", "uniqCombined64", "uniqTheta", "countDistinct")
_ANY = ("any", "anyLast", "any_value", "anyHeavy")
_DISTINCT = Aggregate(template="count(DISTINCT {a}){only}", gives=COUNT, is_nullable=False)
_LIST = Aggregate(
    template="coalesce(array_agg({a}{order}){only}, ARRAY[]::{array})", gives=array_of, is_nullable=False, skips="{a}"
)

_MINIMUM = Aggregate(template="min({a}{collation}){only}", gives=_same)
_MAXIMUM = Aggregate(template="max({a}{collation}){only}", gives=_same)
# Postgres has no minimum of these.
_WITHOUT_EXTREMES = {Kind.UUID, Kind.BOOLEAN, Kind.JSON, Kind.TUPLE}
_FIRST = Aggregate(template="(array_agg({a} ORDER BY {a}){only})[1]", gives=_same, skips="{a}")
_LAST = Aggregate(template="(array_agg({a} ORDER BY {a} DESC){only})[1]", gives=_same, skips="{a}")

AGGREGATES: dict[str, Aggregate] = {
    "count": Aggregate(template="count({a}){only}", gives=COUNT, is_nullable=False, can_be_distinct=True),
    "sum": Aggregate(
        template="sum({distinct}{a}){only}", takes=("number",), gives=_sum_of, is_nullable=True, can_be_distinct=True
    ),
    "min": _MINIMUM,
    "max": _MAXIMUM,
    **{
        name: Aggregate(
            template=f"{sql}({{distinct}}{{a}}){{only}}", takes=("float",), gives=FLOAT, can_be_distinct=True
        )
        for name, sql in _STATISTICS.items()
    },
    **{
        name: Aggregate(template=f"{sql}({{a}}, {{b}}){{only}}", takes=("float", "float"), gives=FLOAT)
        for name, sql in _PAIRED.items()
    },
    **dict.fromkeys(_UNIQUE, _DISTINCT),
    # Arbitrary in ClickHouse; here always the same one.
    **dict.fromkeys(_ANY, _MINIMUM),
    "argMin": Aggregate(
        template="(array_agg({a} ORDER BY {b}, {a}){only})[1]", takes=("any", "any"), gives=_same, skips="{a} {b}"
    ),
    "argMax": Aggregate(
        template="(array_agg({a} ORDER BY {b} DESC, {a}){only})[1]", takes=("any", "any"), gives=_same, skips="{a} {b}"
    ),
    "groupArray": _LIST,
    "array_agg": _LIST,
    "groupUniqArray": replace(_LIST, template="coalesce(array_agg(DISTINCT {a}){only}, ARRAY[]::{array})"),
    "topK": Aggregate(
        template=(
            "ARRAY(SELECT top.x FROM unnest(array_agg({a}){only}) AS top(x) GROUP BY top.x"
            " ORDER BY count(*) DESC, top.x{collation} LIMIT {k})"
        ),
        gives=array_of,
        is_nullable=False,
        skips="{a}",
    ),
    "groupConcat": Aggregate(template="string_agg({a}, ','{order}){only}", takes=("text",), gives=TEXT, skips="{a}"),
    "avgWeighted": Aggregate(
        template="(sum({a} * {b}){only} / nullif(sum({b}){only}, 0))", takes=("float", "float"), gives=FLOAT
    ),
    "boolAnd": Aggregate(template="bool_and({a}){only}", takes=("boolean",), gives=_same),
    "boolOr": Aggregate(template="bool_or({a}){only}", takes=("boolean",), gives=_same),
}
_QUANTILE = Aggregate(
    template="percentile_cont({level}::float8) WITHIN GROUP (ORDER BY {a}){only}", takes=("float",), gives=FLOAT
)
_EXACT_QUANTILE = Aggregate(
    template=(
        "(array_agg({a} ORDER BY {a}){only})"
        "[1 + least(floor({level}::float8 * count({a}){only}), count({a}){only} - 1)::int]"
    ),
    takes=("number",),
    gives=_same,
    skips="{a}",
)
_QUANTILES = Aggregate(
    template="percentile_cont({levels}::float8[]) WITHIN GROUP (ORDER BY {a}){only}",
    takes=("float",),
    gives=lambda type_: array_of(FLOAT),
)
PARAMETRIC: dict[str, Aggregate] = {
    "quantile": _QUANTILE,
    "median": _QUANTILE,
    "quantileTiming": _QUANTILE,
    "quantileTDigest": _QUANTILE,
    "quantileExact": _EXACT_QUANTILE,
    "medianExact": _EXACT_QUANTILE,
    "quantiles": _QUANTILES,
}
_KNOWN = AGGREGATES | PARAMETRIC


def find_aggregate(name: str) -> tuple[Aggregate | None, bool]:
    """The aggregate and whether its name ends in `If`."""
    if name in _KNOWN:
        return _KNOWN[name], False
    return (_KNOWN.get(name[:-2]), True) if name.endswith("If") else (None, False)


def is_aggregate(name: str) -> bool:
    return find_aggregate(name)[0] is not None


def aggregate(call: Call, *, over: Sql | None = None) -> Value:
    """`over` makes it a window function."""
    known, has_condition = find_aggregate(call.name)
    assert known is not None
    nodes = list(call.nodes)
    if has_condition and not nodes:
        raise Refusal(f"Function '{call.name}' needs a condition.")
    conditions = _conditions(call, [nodes.pop()] if has_condition else [])
    values = [_read(call, value) for value in call.compiler.values([node for node in nodes if not _is_star(node)])]
    if call.name.removesuffix("If") == "count" and not values:
        return _finished("count(*){only}", known, [], conditions, over=over, call=call)
    values = _arguments(call, known, values)
    if known in (_MINIMUM, _MAXIMUM) and values[0].type.kind in _WITHOUT_EXTREMES:
        known = _FIRST if known == _MINIMUM else _LAST
    template = _template(call, known)
    if over is not None and any(words in template for words in _NOT_OVER_WINDOWS):
        raise Refusal(f"Unsupported function call '{call.name}(...)' over a window.", code="unsupported_function")
    return _finished(template, known, values, conditions, over=over, call=call)


def _read(call: Call, value: Value) -> Value:
    """Counting persons by their number saves a join."""
    is_counted = call.name.removesuffix("If") in (*_UNIQUE, "count")
    return Value(sql=value.number, type=INTEGER) if is_counted and value.number is not None else value


def _is_star(node: object) -> bool:
    return isinstance(node, dict) and node.get("node") == "Field" and node["chain"] == ["*"]


def _conditions(call: Call, nodes: list) -> list[Sql]:
    filter_ = call.node.get("filter_expr")
    return [call.compiler.condition(node) for node in [*nodes, *([filter_] if filter_ else [])]]


def _arguments(call: Call, known: Aggregate, values: Sequence[Value]) -> list[Value]:
    if known is _DISTINCT and len(values) > 1:
        rows = compose("({parts})", parts=joined(", ", [value.sql for value in values]))
        return [Value(sql=rows, type=TEXT)]
    if len(values) != len(known.takes):
        raise Refusal(f"Function '{call.name}' expects {len(known.takes)} arguments, found {len(values)}.")
    read = [READERS[reader](value, call.clock) for value, reader in zip(values, known.takes, strict=True)]
    if known.gives is _same or known.gives is array_of:
        _check_not_array(call, read[0])
    return read


def _check_not_array(call: Call, value: Value) -> None:
    if value.type.kind is Kind.ARRAY:
        raise Refusal(f"Function '{call.name}' does not take arrays.")


def _template(call: Call, known: Aggregate) -> str:
    if not call.node.get("distinct"):
        return known.template
    if not known.can_be_distinct:
        raise Refusal(f"Function '{call.name}' does not take DISTINCT.")
    return _DISTINCT.template if known.template.startswith("count") else known.template


def _finished(
    template: str, known: Aggregate, values: Sequence[Value], conditions: list[Sql], *, over: Sql | None, call: Call
) -> Value:
    named = {letter: value.sql for letter, value in zip(LETTERS, values, strict=False)}
    skipped = [compose(f"{name} IS NOT NULL", **named) for name in known.skips.split()]
    type_ = known.gives if isinstance(known.gives, Type) else known.gives(values[0].type)
    # A minimum of booleans does not exist in Postgres, and a sum of whole numbers has another type.
    sql = compose(
        template,
        **named,
        **_parameters(call),
        only=_only([*conditions, *skipped], over),
        order=order_by(call.compiler, call.node.get("order_by")),
        distinct=Sql("DISTINCT " if call.node.get("distinct") else ""),
        collation=Sql(collation(values[0].type) if values else ""),
        array=Sql(type_.postgres),
        k=_top(call),
    )
    if over is None and any(words in template for words in _GATHERING):
        call.compiler.scope.gathered.append(_size(values[0].sql, [*conditions, *skipped]))
    return _with_default(Value(sql=sql, type=type_, is_nullable=known.is_nullable), call, values)


def _with_default(value: Value, call: Call, arguments: Sequence[Value]) -> Value:
    if call.name.removesuffix("If") != "sum":
        return value
    whole = compose("({sum})::" + value.type.postgres, sum=value.sql)
    if arguments[0].is_nullable:
        return replace(value, sql=whole)
    return replace(value, sql=compose("coalesce({sum}, 0)", sum=whole), is_nullable=False)


def _only(conditions: list[Sql], over: Sql | None) -> Sql:
    rows = compose(" FILTER (WHERE {all})", all=joined(" AND ", conditions)) if conditions else Sql("")
    return compose("{rows} OVER ({window})", rows=rows, window=over) if over is not None else rows


def _size(value: Sql, conditions: list[Sql]) -> Sql:
    """About how many bytes an array of these values takes while it grows."""
    return compose("coalesce(sum(pg_column_size({a}) + 32){only}, 0)", a=value, only=_only(conditions, None))


def _top(call: Call) -> int:
    """The parameter of `topK(10)(x)`."""
    if call.name.removesuffix("If") != "topK":
        return 0
    most = call.compiler.value(call.parameters[0]).constant if call.parameters else _DEFAULT_TOP
    if not isinstance(most, int) or isinstance(most, bool) or not 0 < most <= _MOST_TOP:
        raise Refusal(f"The parameter of 'topK' must be a whole number from 1 to {_MOST_TOP}.")
    return most


def _parameters(call: Call) -> dict[str, object]:
    base = call.name.removesuffix("If")
    if base not in PARAMETRIC:
        if call.parameters and base not in ("groupArray", "groupUniqArray", "topK"):
            raise Refusal(f"Function '{call.name}' takes no parameters.")
        return {}
    levels = [_level(call, node) for node in call.parameters[:_MOST_PARAMETERS]] or [0.5]
    return {"level": levels[0], "levels": levels}


def _level(call: Call, node: dict) -> float:
    level = call.compiler.value(node).constant
    if isinstance(level, bool) or not isinstance(level, int | float) or not 0 <= level <= 1:
        raise Refusal(f"The level of '{call.name}' must be a number between 0 and 1.")
    return float(level)


def limited(value: Value, call: Call) -> Value:
    """`groupArray(10)(x)`: so many of them at most."""
    if call.name.removesuffix("If") not in ("groupArray", "groupUniqArray") or not call.parameters:
        return value
    most = call.compiler.value(call.parameters[0]).constant
    if not isinstance(most, int) or isinstance(most, bool) or not 0 < most < 1_000_000:
        raise Refusal(f"The parameter of '{call.name}' must be a positive whole number.")
    return replace(value, sql=compose("({a})[1:{most}::int]", a=value.sql, most=constant(most).sql))
