"""Comparisons of properties → SQL. Values are always bound; nothing here may raise inside Postgres.

A property is compared as the text of its JSON value (10 equals "10"), a missing one and a JSON null are NULL.
"""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from common.exceptions import Refusal
from events.filtering.conditions import GROUP_TYPES, Comparison, Scope
from events.filtering.elements import any_element, matches_selectors
from events.filtering.moments import Clock
from events.filtering.nodes import Scalar
from events.filtering.readings import as_number, instant_of, moment_meant, number_among, number_of, span_meant
from events.filtering.regexes import to_postgres
from events.filtering.sql import Sql, compose, joined
from events.promoted import PROMOTED_PROPERTIES

MAX_WRITTEN_OUT = 100


def comparison_sql(comparison: Comparison, *, clock: Clock) -> Sql:
    """True or not true (never an error) for each row of `events e` (and `persons p`, where a person is read)."""
    if comparison.scope == "element":
        return _of_elements(comparison, clock)
    if comparison.scope == "session":
        return clock.session_meets(
            comparison.key, comparison.place, lambda text, defined: _holds(text, defined, comparison, clock)
        )
    if comparison.scope == "event_metadata":
        return _of_metadata(comparison, clock)
    is_typed = comparison.operator in _TYPED_OPERATORS
    defined = clock.type_of(comparison.scope, comparison.key, comparison.group_type_index) if is_typed else None
    if comparison.scope == "group":
        return _held(_group_text(comparison), defined, comparison, clock)
    return _holds(property_text(comparison.scope, comparison.key), defined, comparison, clock)


def _holds(text: Sql, defined: str | None, comparison: Comparison, clock: Clock) -> Sql:
    """`defined` is the type that definitions give the property."""
    operation = _OF_TYPES.get(defined or "", {}).get(comparison.operator) or _OPERATORS[comparison.operator]
    return operation(text, comparison, clock)


def _held(text: Sql, defined: str | None, comparison: Comparison, clock: Clock) -> Sql:
    """Comparisons name the text several times: what has to be looked up is looked up once."""
    return compose(
        "(SELECT {holds} FROM (SELECT {text} AS text OFFSET 0) AS held)",
        holds=_holds(Sql("held.text"), defined, comparison, clock),
        text=text,
    )


def _group_text(comparison: Comparison) -> Sql:
    index = int(comparison.group_type_index or 0)
    return compose(
        "(SELECT g.group_properties ->> {key}::text FROM groups g WHERE g.team_id = e.team_id"
        f" AND g.group_type_index = {index} AND g.group_key = e.group_{index})",
        key=comparison.key,
    )


def _of_metadata(comparison: Comparison, clock: Clock) -> Sql:
    """The event's own columns, which are no properties."""
    text = _METADATA.get(comparison.key)
    if text is None:
        raise Refusal(f"events have no field {comparison.key[:50]!r}; {', '.join(_METADATA)} are.")
    return _held(Sql(text), "DateTime" if comparison.key in _MOMENTS else None, comparison, clock)


def _of_elements(comparison: Comparison, clock: Clock) -> Sql:
    """Whether any of the page elements meets it; the negations, whether none does."""
    is_negated = comparison.operator in _NEGATED
    operator = _NEGATED.get(comparison.operator, comparison.operator)
    if comparison.key == "selector":
        found = _selected(comparison, operator)
    else:
        found = any_element(comparison.key, lambda text: _OPERATORS[operator](text, comparison, clock))
    return compose("({found}) IS NOT TRUE", found=found) if is_negated else found


def _selected(comparison: Comparison, operator: str) -> Sql:
    if operator not in ("exact", "in"):
        raise Refusal(f"the operator {comparison.operator} makes no sense for a selector.")
    return matches_selectors([str(value) for value in comparison.values])


def property_text(scope: Scope, key: str) -> Sql:
    if scope == "person":
        return compose("(p.properties ->> {key}::text)", key=key)
    if key in PROMOTED_PROPERTIES:
        return Sql(f"e.{PROMOTED_PROPERTIES[key]}")
    return compose("(e.properties ->> {key}::text)", key=key)


def _is_number(text: Sql, comparison: Comparison, clock: Clock) -> Sql:
    """As numbers: 10 is 10.0 and "10". A value that is no number is a text."""
    numbers = [found for value in comparison.values if (found := number_among(value)) is not None]
    if not numbers:
        return _exact(text, comparison, clock)
    return compose(
        "({same_text} OR {number} = ANY({numbers}::float8[]))",
        same_text=_exact(text, comparison, clock),
        number=number_of(text),
        numbers=numbers,
    )


def _is_boolean(text: Sql, comparison: Comparison, clock: Clock) -> Sql:
    """However true and false are written."""
    words = [word for value in texts_of(comparison.values) if (word := value.strip().lower()) in ("true", "false")]
    if not words:
        return _exact(text, comparison, clock)
    return compose(
        "({same_text} OR lower(trim({text})) = ANY({words}::text[]))",
        same_text=_exact(text, comparison, clock),
        text=text,
        words=words,
    )


def texts_of(values: tuple[Scalar, ...]) -> list[str]:
    """How each value looks as the text of a JSON value. 10.0 may have been stored as 10 and as 10.0."""
    return [text for value in values for text in _spellings(value)]


def _spellings(value: Scalar) -> list[str]:
    if isinstance(value, bool):
        return ["true" if value else "false"]
    if isinstance(value, float):
        plain = format(Decimal(repr(value)), "f")
        return [plain, plain.removesuffix(".0")] if plain.endswith(".0") else [plain]
    return [str(value)]


def _exact(text: Sql, comparison: Comparison, clock: Clock) -> Sql:
    return compose("{text} = ANY({values}::text[])", text=text, values=texts_of(comparison.values))


def _contains(text: Sql, comparison: Comparison, clock: Clock) -> Sql:
    patterns = [f"%{escaped_like(value)}%" for value in texts_of(comparison.values)]
    return compose("{text} ILIKE ANY({patterns}::text[])", text=text, patterns=patterns)


def escaped_like(value: str) -> str:
    return value.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _matches(text: Sql, comparison: Comparison, clock: Clock) -> Sql:
    patterns = [to_postgres(value) for value in texts_of(comparison.values)]
    return compose("{text} ~ ANY({patterns}::text[])", text=text, patterns=patterns)


def _is_set(text: Sql, comparison: Comparison, clock: Clock) -> Sql:
    return compose("{text} IS NOT NULL", text=text)


def _between(text: Sql, comparison: Comparison, clock: Clock) -> Sql:
    low, high = _bounds(comparison)
    number = number_of(text)
    return compose("({number} BETWEEN {low}::float8 AND {high}::float8)", number=number, low=low, high=high)


def _outside(text: Sql, comparison: Comparison, clock: Clock) -> Sql:
    low, high = _bounds(comparison)
    number = number_of(text)
    return compose("({number} NOT BETWEEN {low}::float8 AND {high}::float8)", number=number, low=low, high=high)


def _bounds(comparison: Comparison) -> tuple[float, float]:
    numbers = [number for value in comparison.values if (number := as_number(value)) is not None]
    if len(numbers) != 2 or len(comparison.values) != 2:
        raise Refusal(f"the operator {comparison.operator} needs a list of two numbers.")
    return numbers[0], numbers[1]


Operation = Callable[[Sql, Comparison, Clock], Sql]


def _not(operation: Operation) -> Operation:
    """The negation holds for missing properties too."""

    def negated(text: Sql, comparison: Comparison, clock: Clock) -> Sql:
        return compose("({condition}) IS NOT TRUE", condition=operation(text, comparison, clock))

    return negated


def _for_any_value(comparison: Comparison, one: Callable[[Scalar], Sql]) -> Sql:
    """Written out for each value, so there may not be as many as where an array is searched."""
    if len(comparison.values) > MAX_WRITTEN_OUT:
        raise Refusal(f"the operator {comparison.operator} takes at most {MAX_WRITTEN_OUT} values.")
    return compose("({any})", any=joined(" OR ", [one(value) for value in comparison.values]))


def _ordered(symbol: str) -> Operation:
    """Numbers against numbers; a value that is no number is compared as text, byte by byte."""
    against_number = "({number} " + symbol + " {value}::float8)"
    against_text = '({text} COLLATE "C" ' + symbol + " {value}::text)"

    def one(text: Sql, value: Scalar) -> Sql:
        number = number_among(value)
        if number is not None:
            return compose(against_number, number=number_of(text), value=number)
        return compose(against_text, text=text, value=texts_of((value,))[0])

    def ordered(text: Sql, comparison: Comparison, clock: Clock) -> Sql:
        return _for_any_value(comparison, lambda value: one(text, value))

    return ordered


def _at(symbol: str) -> Operation:
    """Of a property that is a time: before or after the very moment that the value means."""
    against = "({instant} " + symbol + " {value}::timestamptz)"

    def at(text: Sql, comparison: Comparison, clock: Clock) -> Sql:
        instant = instant_of(text, clock)

        def one(value: Scalar) -> Sql:
            moment = moment_meant(value, operator=comparison.operator, clock=clock)
            return compose(against, instant=instant, value=moment)

        return _for_any_value(comparison, one)

    return at


def _dated(condition: Callable[[Sql, datetime, datetime], Sql]) -> Operation:
    """`condition` gets the property as an instant, and the first and last instant that the value means."""

    def dated(text: Sql, comparison: Comparison, clock: Clock) -> Sql:
        instant = instant_of(text, clock)

        def one(value: Scalar) -> Sql:
            return condition(instant, *span_meant(value, operator=comparison.operator, clock=clock))

        return _for_any_value(comparison, one)

    return dated


def _on(instant: Sql, first: datetime, last: datetime) -> Sql:
    template = "({instant} BETWEEN {first}::timestamptz AND {last}::timestamptz)"
    return compose(template, instant=instant, first=first, last=last)


def _before(instant: Sql, first: datetime, last: datetime) -> Sql:
    return compose("({instant} < {first}::timestamptz)", instant=instant, first=first)


def _after(instant: Sql, first: datetime, last: datetime) -> Sql:
    return compose("({instant} > {last}::timestamptz)", instant=instant, last=last)


_OPERATORS: dict[str, Operation] = {
    "exact": _exact,
    "in": _exact,
    "is_not": _not(_exact),
    "not_in": _not(_exact),
    "icontains": _contains,
    "icontains_multi": _contains,
    "not_icontains": _not(_contains),
    "not_icontains_multi": _not(_contains),
    "regex": _matches,
    "not_regex": _not(_matches),
    "is_set": _is_set,
    "is_not_set": _not(_is_set),
    "gt": _ordered(">"),
    "gte": _ordered(">="),
    "min": _ordered(">="),
    "lt": _ordered("<"),
    "lte": _ordered("<="),
    "max": _ordered("<="),
    "between": _between,
    "not_between": _outside,
    "is_date_exact": _dated(_on),
    "is_date_before": _dated(_before),
    "is_date_after": _dated(_after),
}
_NUMERIC: dict[str, Operation] = {
    "exact": _is_number,
    "in": _is_number,
    "is_not": _not(_is_number),
    "not_in": _not(_is_number),
}
#: What properties of a defined type do otherwise than texts.
_OF_TYPES: dict[str, dict[str, Operation]] = {
    "Numeric": _NUMERIC,
    "Duration": _NUMERIC,
    "Boolean": {
        "exact": _is_boolean,
        "in": _is_boolean,
        "is_not": _not(_is_boolean),
        "not_in": _not(_is_boolean),
    },
    "DateTime": {"gt": _at(">"), "gte": _at(">="), "lt": _at("<"), "lte": _at("<=")},
}
_TYPED_OPERATORS = {operator for operations in _OF_TYPES.values() for operator in operations}
_ISO = "to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
_MOMENTS = {"timestamp", "created_at"}
_METADATA = {
    "event": "e.event",
    "distinct_id": "e.distinct_id",
    "person_id": "(SELECT p.uuid::text FROM persons p WHERE p.team_id = e.team_id AND p.number = e.person_id)",
    "timestamp": _ISO.format("e.timestamp"),
    "created_at": _ISO.format("e.created_at"),
    "uuid": "e.uuid::text",
    "elements_chain": "e.elements_chain",
    "$session_id": "e.prop_session_id",
    **{f"$group_{index}": f"e.group_{index}" for index in GROUP_TYPES},
}
# Of many elements "none of them is" is another thing than "one of them is not".
_NEGATED = {
    "is_not": "exact",
    "not_in": "in",
    "not_icontains": "icontains",
    "not_icontains_multi": "icontains_multi",
    "not_regex": "regex",
    "is_not_set": "is_set",
    "not_between": "between",
}
