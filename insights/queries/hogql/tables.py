"""The tables that may be read, as data. `{team}` is bound; nothing else of a table can be named by anybody.

`{span}` is a condition on the events that sessions are made of (`hogql.spans`).

In columns and joins `{t}` is the table's own alias, other names are the aliases of its joins.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from events.models import MAX_GROUP_TYPES, PROMOTED_PROPERTIES
from insights.queries.hogql.types import BOOLEAN, COUNT, DATETIME64, INTEGER, JSON, TEXT, UUID, Type, array_of


@dataclass(frozen=True, kw_only=True)
class Column:
    sql: str
    type: Type
    is_nullable: bool = False
    #: The person's number, where the column is a person's UUID.
    number: str | None = None
    #: Whose property definitions say how the values of this JSON column are read.
    scope: str | None = None
    promoted: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Join:
    """Made only where a query names something of it."""

    table: "Table | None"
    on: str = ""


@dataclass(frozen=True, kw_only=True)
class Table:
    """`rows` None: they depend on what the project has, and are made for each question."""

    rows: str | None
    columns: Mapping[str, Column]
    joins: Mapping[str, Join] = field(default_factory=dict)
    #: Columns that `*` leaves out.
    hidden: frozenset[str] = frozenset()
    #: The column that `{filters}` compares with its dates.
    moment: str | None = None


_PERSON_NUMBER = "{t}.number"
_PERSON_COLUMNS = {
    "id": Column(sql="{t}.uuid", type=UUID, number=_PERSON_NUMBER),
    "created_at": Column(sql="{t}.created_at", type=DATETIME64),
    "properties": Column(sql="{t}.properties", type=JSON, scope="person"),
    "is_identified": Column(sql="{t}.is_identified", type=BOOLEAN),
}
_EVERYBODY = "SELECT persons.* FROM persons WHERE persons.team_id = {team}::bigint"

# Every event's person, also those who are only counted.
_PERSON_OF_EVENT = Table(rows=_EVERYBODY, columns=_PERSON_COLUMNS)

_PERSON_DISTINCT_IDS = Table(
    rows=(
        "SELECT known.distinct_id, persons.uuid, persons.number FROM person_distinct_ids AS known"
        " JOIN persons ON persons.id = known.person_id AND persons.team_id = known.team_id"
        " WHERE known.team_id = {team}::bigint"
    ),
    columns={
        "distinct_id": Column(sql="{t}.distinct_id", type=TEXT),
        "person_id": Column(sql="{t}.uuid", type=UUID, number=_PERSON_NUMBER),
    },
    joins={"person": Join(table=_PERSON_OF_EVENT, on="{person}.number = {t}.number")},
)

_PERSONS = Table(
    rows=f"{_EVERYBODY} AND persons.has_profile",
    columns=_PERSON_COLUMNS,
    joins={"pdi": Join(table=_PERSON_DISTINCT_IDS, on="{pdi}.number = {t}.number")},
    moment="created_at",
)

_FIRST = "(array_agg({0} ORDER BY events.timestamp, events.uuid) FILTER (WHERE {0} IS NOT NULL))[1]"
_LAST = "(array_agg({0} ORDER BY events.timestamp DESC, events.uuid DESC) FILTER (WHERE {0} IS NOT NULL))[1]"
_HOST = "substring({0} FROM '^[a-zA-Z]+://([^/?#:]+)')"
_PATH = "substring({0} FROM '^[a-zA-Z]+://[^/?#]+([^?#]*)')"
_COUNTED = "count(*) FILTER (WHERE events.event = '{0}')"


def _property(name: str) -> str:
    return f"(events.properties ->> '{name}')"


_URLS = (
    "coalesce(array_agg(DISTINCT events.prop_current_url) FILTER (WHERE events.prop_current_url IS NOT NULL),"
    " ARRAY[]::text[])"
)
# One page, looked at for less than ten seconds, and nothing touched; without a page there is nothing to leave.
_IS_BOUNCE = (
    "CASE WHEN count(*) FILTER (WHERE events.event IN ('$pageview', '$screen')) > 0 THEN"
    " count(*) FILTER (WHERE events.event IN ('$pageview', '$screen')) = 1"
    " AND count(*) FILTER (WHERE events.event = '$autocapture') = 0"
    " AND max(events.timestamp) - min(events.timestamp) < '10 seconds'::interval END"
)

_SESSION_TEXTS = {
    "$entry_current_url": _FIRST.format("events.prop_current_url"),
    "$end_current_url": _LAST.format("events.prop_current_url"),
    "$entry_hostname": _HOST.format(_FIRST.format("events.prop_current_url")),
    "$entry_pathname": _PATH.format(_FIRST.format("events.prop_current_url")),
    "$end_pathname": _PATH.format(_LAST.format("events.prop_current_url")),
    "$end_hostname": _HOST.format(_LAST.format("events.prop_current_url")),
    "$entry_referring_domain": _FIRST.format("events.prop_referring_domain"),
    **{
        f"$entry_{name}": _FIRST.format(_property(name))
        for name in ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", "gclid")
    },
}
_SESSION_MEASURES = {
    "$start_timestamp": ("min(events.timestamp)", DATETIME64),
    "$end_timestamp": ("max(events.timestamp)", DATETIME64),
    "$session_duration": ("floor(extract(epoch FROM max(events.timestamp) - min(events.timestamp)))::bigint", INTEGER),
    "$pageview_count": (_COUNTED.format("$pageview"), COUNT),
    "$autocapture_count": (_COUNTED.format("$autocapture"), COUNT),
    "$screen_count": (_COUNTED.format("$screen"), COUNT),
    "$urls": (_URLS, array_of(TEXT)),
    "$num_uniq_urls": (f"cardinality({_URLS})::bigint", COUNT),
}
_SESSION_COLUMNS = {
    **{name: (sql, TEXT, True) for name, sql in _SESSION_TEXTS.items()},
    **{name: (sql, type_, False) for name, (sql, type_) in _SESSION_MEASURES.items()},
    "$is_bounce": (_IS_BOUNCE, BOOLEAN, True),
    "distinct_id": (_LAST.format("events.distinct_id"), TEXT, False),
}
_NAMED = {name: f"c{index}" for index, name in enumerate(_SESSION_COLUMNS)}
_SESSIONS = Table(
    rows=(
        "SELECT events.prop_session_id AS session_id, max(events.person_id) AS person_id, "
        + ", ".join(f"{sql} AS {_NAMED[name]}" for name, (sql, _, _) in _SESSION_COLUMNS.items())
        + " FROM events WHERE events.team_id = {team}::bigint AND events.prop_session_id <> ''"
        " AND {span} GROUP BY 1"
    ),
    columns={
        "session_id": Column(sql="{t}.session_id", type=TEXT),
        "id": Column(sql="{t}.session_id", type=TEXT),
        **{
            name: Column(sql=f"{{t}}.{_NAMED[name]}", type=type_, is_nullable=is_nullable)
            for name, (_, type_, is_nullable) in _SESSION_COLUMNS.items()
        },
        "duration": Column(sql=f"{{t}}.{_NAMED['$session_duration']}", type=INTEGER),
        "person_id": Column(sql="{person}.uuid", type=UUID, number="{t}.person_id"),
    },
    joins={"person": Join(table=_PERSON_OF_EVENT, on="{person}.number = {t}.person_id")},
    hidden=frozenset({"id", "duration", "person_id"}),
    moment="$start_timestamp",
)

_GROUPS = Table(
    rows="SELECT groups.* FROM groups WHERE groups.team_id = {team}::bigint",
    columns={
        "index": Column(sql="{t}.group_type_index::bigint", type=INTEGER),
        "key": Column(sql="{t}.group_key::text", type=TEXT),
        "created_at": Column(sql="{t}.created_at", type=DATETIME64),
        "updated_at": Column(sql="{t}.created_at", type=DATETIME64),
        "properties": Column(sql="{t}.group_properties", type=JSON, scope="group"),
    },
    moment="created_at",
)

_EVENTS = Table(
    rows="SELECT events.* FROM events WHERE events.team_id = {team}::bigint",
    columns={
        "uuid": Column(sql="{t}.uuid", type=UUID),
        "event": Column(sql="{t}.event", type=TEXT),
        "properties": Column(sql="{t}.properties", type=JSON, scope="event", promoted=PROMOTED_PROPERTIES),
        "timestamp": Column(sql="{t}.timestamp", type=DATETIME64),
        "distinct_id": Column(sql="{t}.distinct_id", type=TEXT),
        "elements_chain": Column(sql="{t}.elements_chain", type=TEXT),
        "created_at": Column(sql="{t}.created_at", type=DATETIME64),
        "$session_id": Column(sql="{t}.prop_session_id", type=TEXT, is_nullable=True),
        "$window_id": Column(sql="({t}.properties ->> '$window_id')", type=TEXT, is_nullable=True),
        **{
            f"$group_{index}": Column(sql=f"{{t}}.group_{index}", type=TEXT, is_nullable=True)
            for index in range(MAX_GROUP_TYPES)
        },
        "person_id": Column(sql="{person}.uuid", type=UUID, number="{t}.person_id"),
    },
    joins={
        "person": Join(table=_PERSON_OF_EVENT, on="{person}.number = {t}.person_id"),
        "session": Join(table=_SESSIONS, on="{session}.session_id = {t}.prop_session_id"),
        **{
            f"group_{index}": Join(
                table=_GROUPS,
                on=(
                    f"{{group_{index}}}.group_type_index = {index}"
                    f" AND {{group_{index}}}.group_key = {{t}}.group_{index}"
                ),
            )
            for index in range(MAX_GROUP_TYPES)
        },
    },
    moment="timestamp",
)

_COHORT_PEOPLE = Table(
    rows=None,
    columns={
        "person_id": Column(sql="{person}.uuid", type=UUID, number="{t}.number"),
        "cohort_id": Column(sql="{t}.cohort_id", type=INTEGER),
    },
    joins={"person": Join(table=_PERSON_OF_EVENT, on="{person}.number = {t}.number")},
)

TABLES: Mapping[str, Table] = {
    "events": _EVENTS,
    "persons": _PERSONS,
    "person_distinct_ids": _PERSON_DISTINCT_IDS,
    "sessions": _SESSIONS,
    "groups": _GROUPS,
    "cohort_people": _COHORT_PEOPLE,
}
#: Tables whose rows are about what happened when: those that `{filters}` can be laid over.
FILTERABLE = {"events", "sessions", "groups"}
