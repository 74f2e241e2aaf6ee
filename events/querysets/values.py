"""The SQL behind lists to choose from: which values a property has."""

from collections.abc import Iterator

from events.asking import Column, ValuesAsked
from events.filtering.sql import Sql, compose, joined
from events.querysets.statements import fetch, time_limit

_PERSONS = "JOIN persons p ON p.team_id = e.team_id AND p.number = e.person_id"
_COLUMNS: dict[Column, Sql] = {
    "event": Sql("e.event"),
    "distinct_id": Sql("e.distinct_id"),
    "person_id": Sql("p.uuid::text"),
}
# Of a list each member; of anything else its text.
_MEMBERS = (
    "CROSS JOIN LATERAL jsonb_array_elements(CASE jsonb_typeof({properties} -> {key}::text) WHEN 'array'"
    " THEN {properties} -> {key}::text ELSE jsonb_build_array({properties} -> {key}::text) END) AS member (element)"
)
_MEMBER = Sql("member.element #>> '{}'")


def values_of_events(team_id: int, asked: ValuesAsked) -> list[str]:
    """The commonest ones; of those that contain a text the shortest."""
    statement = compose(
        "SELECT {value} FROM events e {persons} {members} WHERE {conditions} GROUP BY 1 ORDER BY {order}"
        " LIMIT {limit}::int",
        value=_value(asked),
        persons=Sql(_PERSONS if asked.column == "person_id" else ""),
        members=Sql("") if asked.column else compose(_MEMBERS, properties=Sql("e.properties"), key=asked.key),
        conditions=joined(" AND ", _conditions(team_id, asked)),
        order=compose(
            "min(length({value})), count(*) DESC, 1" if asked.containing else "count(*) DESC, 1", value=_value(asked)
        ),
        limit=asked.limit,
    )
    with time_limit():
        return [value for (value,) in fetch(statement)]


def values_of_persons(team_id: int, *, key: str, containing: str | None, limit: int) -> list[tuple[str, int]]:
    """The values of a person property with how many persons have them, the commonest first."""
    statement = compose(
        "SELECT {value}, count(*) FROM persons p {members} WHERE {conditions} GROUP BY 1 ORDER BY 2 DESC, 1"
        " LIMIT {limit}::int",
        value=_MEMBER,
        members=compose(_MEMBERS, properties=Sql("p.properties"), key=key),
        conditions=joined(
            " AND ",
            [
                compose("p.team_id = {team}::bigint AND p.has_profile", team=team_id),
                *_has_value(_MEMBER, Sql("p.properties"), key),
                *_contains(_MEMBER, containing),
            ],
        ),
        limit=limit,
    )
    with time_limit():
        return [(value, count) for value, count in fetch(statement)]


def _value(asked: ValuesAsked) -> Sql:
    return _COLUMNS[asked.column] if asked.column else _MEMBER


def _conditions(team_id: int, asked: ValuesAsked) -> Iterator[Sql]:
    yield compose(
        "e.team_id = {team}::bigint AND e.timestamp BETWEEN {after}::timestamptz AND {before}::timestamptz",
        team=team_id,
        after=asked.after,
        before=asked.before,
    )
    if asked.events:
        yield compose("e.event = ANY({events}::text[])", events=list(asked.events))
    for key, values in asked.others:
        yield compose("e.properties ->> {key}::text = ANY({values}::text[])", key=key, values=list(values))
    if not asked.column:
        yield from _has_value(_MEMBER, Sql("e.properties"), asked.key)
    yield from _contains(_value(asked), asked.containing)


def _has_value(value: Sql, properties: Sql, key: str) -> Iterator[Sql]:
    yield compose("{properties} ? {key}::text AND {value} IS NOT NULL", properties=properties, key=key, value=value)


def _contains(value: Sql, text: str | None) -> Iterator[Sql]:
    if text:
        yield compose("strpos(lower({value}), lower({text}::text)) > 0", value=value, text=text)
