"""Cohorts in queries: `person_id IN COHORT 5`, `person_id IN COHORT 'Paying'`, and the table `cohort_people`."""

from typing import TYPE_CHECKING

from common.exceptions import Refusal
from events.filtering.compiler import members_sql
from events.filtering.moments import Clock
from events.filtering.sql import Sql, compose, joined
from insights.queries.database import fetch_rows
from insights.queries.hogql.conversions import convert
from insights.queries.hogql.parser import Node
from insights.queries.hogql.types import BOOLEAN, UUID
from insights.queries.hogql.values import Value

if TYPE_CHECKING:
    from insights.queries.hogql.expressions import Expressions

_NOBODY = Sql("SELECT NULL::bigint AS cohort_id, NULL::bigint AS number WHERE FALSE")


def in_cohort(compiler: "Expressions", node: Node) -> Value:
    """Whether the person is in the cohort, which is named by its id or by its name."""
    person = compiler.value(node["left"])
    cohort_id = _id(compiler, compiler.value(node["right"]).constant)
    numbers = _numbers(cohort_id, compiler.clock)
    found = "EXISTS (SELECT FROM ({numbers}) AS among (number) WHERE among.number = {person})"
    if person.number is None:
        numbers = compose(
            "SELECT persons.uuid FROM persons WHERE persons.team_id = {team}::bigint AND persons.number IN ({numbers})",
            team=compiler.context.team_id,
            numbers=numbers,
        )
    key = person.number if person.number is not None else convert(person, UUID, compiler.clock).sql
    sql = compose(("NOT " if node["op"].startswith("not") else "") + found, numbers=numbers, person=key)
    return Value(sql=compose("({sql})", sql=sql), type=BOOLEAN)


def cohort_people(team_id: int, clock: Clock) -> Sql:
    """Who is in which cohort, of all cohorts of the project."""
    rows = fetch_rows(
        compose("SELECT id FROM cohorts WHERE team_id = {team}::bigint AND NOT deleted ORDER BY id", team=team_id)
    )
    parts = [
        compose(
            "SELECT {cohort}::bigint AS cohort_id, members.number FROM ({numbers}) AS members (number)",
            cohort=cohort_id,
            numbers=_numbers(cohort_id, clock),
        )
        for (cohort_id,) in rows
    ]
    return joined(" UNION ALL ", parts) if parts else _NOBODY


def _id(compiler: "Expressions", named: object) -> int:
    if isinstance(named, int) and not isinstance(named, bool):
        return named
    if not isinstance(named, str):
        raise Refusal("IN COHORT needs the id or the name of a cohort.")
    rows = fetch_rows(
        compose(
            "SELECT id FROM cohorts WHERE team_id = {team}::bigint AND NOT deleted AND name = {name}::text LIMIT 2",
            team=compiler.context.team_id,
            name=named,
        )
    )
    if not rows:
        raise Refusal(f"Could not find a cohort with the name {named[:100]!r}.")
    if len(rows) > 1:
        raise Refusal(f"Found multiple cohorts with the name {named[:100]!r}.")
    return rows[0][0]


def _numbers(cohort_id: int, clock: Clock) -> Sql:
    members = clock.members_of(cohort_id) if 0 < cohort_id < 2**63 else None
    if members is None:
        raise Refusal(f"Could not find a cohort with the id {cohort_id}.")
    return members_sql(members, clock=clock)
