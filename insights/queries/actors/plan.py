"""Tables of persons → which persons, which columns, in which order. Reads no data."""

from collections.abc import Iterator

from accounts.models import Team
from events.filtering.compiler import person_condition_sql
from events.filtering.conditions import Comparison, Condition, InCohort, all_of, condition_of, leaves
from events.filtering.errors import Unsupported
from events.filtering.moments import Clock
from events.filtering.properties import escaped_like
from events.filtering.sql import Sql, compose, joined
from insights.queries.columns import Table, TablePlan, column, plan_table
from insights.queries.hogql.types import DATETIME64, INTEGER, SMALL
from insights.queries.nodes import ActorsQuery, PersonsNode
from insights.queries.pages import page_of

_PERSON = column(
    "jsonb_build_object('id', p.uuid, 'uuid', p.uuid, 'type', 'person', 'properties', p.properties,"
    " 'is_identified', p.is_identified, 'created_at', p.created_at, 'distinct_ids',"
    " ARRAY(SELECT distinct_id FROM person_distinct_ids d WHERE d.person_id = p.id ORDER BY d.id LIMIT 10))"
)
TABLE = Table(
    name="persons",
    called="person",
    alias="p",
    wholes={"person": _PERSON, "actor": _PERSON, "person.$delete": column("1", SMALL)},
    tie=(column("p.created_at", DATETIME64), column("p.number", INTEGER)),
)
DEFAULT_COLUMNS = ["person", "id", "created_at", "person.$delete"]


def plan_of_actors(query: ActorsQuery, *, team: Team, clock: Clock) -> TablePlan:
    if query.source is not None:
        raise Unsupported("source: the actors behind another query")
    conditions = [
        condition_of(query.properties, place="properties"),
        condition_of(query.fixedProperties, place="fixedProperties"),
    ]
    return plan_table(
        TABLE,
        select=query.select or DEFAULT_COLUMNS,
        order=query.orderBy or [],
        condition=joined(" AND ", _conditions(query, all_of(conditions), team, clock)),
        page=page_of(query.limit, query.offset),
        clock=clock,
    )


def plan_of_persons(query: PersonsNode, *, team: Team, clock: Clock) -> TablePlan:
    conditions = [
        condition_of(query.properties, place="properties"),
        condition_of(query.fixedProperties, place="fixedProperties"),
        *([InCohort(cohort_id=query.cohort, place="cohort")] if query.cohort is not None else []),
    ]
    return plan_table(
        TABLE,
        select=["person"],
        order=[],
        condition=joined(" AND ", _conditions(query, all_of(conditions), team, clock)),
        page=page_of(query.limit, query.offset),
        clock=clock,
    )


def _conditions(query: ActorsQuery | PersonsNode, condition: Condition, team: Team, clock: Clock) -> Iterator[Sql]:
    yield person_condition_sql(_of_persons(condition), clock=clock)
    if query.search and query.search.strip():
        yield _found(query.search.strip(), team.pk)
    if isinstance(query, PersonsNode) and query.distinctId:
        yield compose(
            "p.id IN (SELECT person_id FROM person_distinct_ids"
            " WHERE team_id = {team}::bigint AND distinct_id = {distinct_id}::text)",
            team=team.pk,
            distinct_id=query.distinctId,
        )


def _of_persons(condition: Condition) -> Condition:
    for leaf in leaves(condition):
        if isinstance(leaf, Comparison) and leaf.scope != "person":
            raise Unsupported(f"{leaf.place}: anything but a property of persons")
    return condition


def _found(search: str, team_id: int) -> Sql:
    """By a part of the e-mail address or name, or by a whole distinct id or uuid."""
    pattern = f"%{escaped_like(search)}%"
    return compose(
        "((p.properties ->> 'email') ILIKE {pattern}::text OR (p.properties ->> 'name') ILIKE {pattern}::text"
        " OR p.uuid::text = {search}::text OR p.id IN (SELECT person_id FROM person_distinct_ids"
        " WHERE team_id = {team}::bigint AND distinct_id = {search}::text))",
        pattern=pattern,
        search=search,
        team=team_id,
    )
