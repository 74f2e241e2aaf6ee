"""Tables of persons → which persons, which columns, in which order. Pure."""

from dataclasses import dataclass

from accounts.models import Team
from events.filtering.conditions import Comparison, Condition, InCohort, all_of, condition_of, leaves
from events.filtering.errors import Unsupported
from events.filtering.moments import Clock
from insights.queries.columns import Column, Order, Table, columns_of, is_aggregated, orders_of
from insights.queries.nodes import ActorsQuery, PersonsNode
from insights.queries.pages import Page, page_of

PLAIN = frozenset({"id", "created_at", "is_identified"})
TABLE = Table(fields=PLAIN | {"person", "actor", "properties", "person.$delete"}, plain_fields=PLAIN)
DEFAULT_COLUMNS = ["person", "id", "created_at", "person.$delete"]
NEWEST_FIRST = ["created_at DESC"]


@dataclass(frozen=True, kw_only=True)
class ActorsPlan:
    team_id: int
    clock: Clock
    columns: tuple[Column, ...]
    orders: tuple[Order, ...]
    condition: Condition
    search: str
    distinct_id: str | None
    page: Page


def plan_of_actors(query: ActorsQuery, *, team: Team, clock: Clock) -> ActorsPlan:
    if query.source is not None:
        raise Unsupported("source: the actors behind another query")
    columns = columns_of(query.select or DEFAULT_COLUMNS, TABLE)
    if is_aggregated(columns):
        raise Unsupported("select: aggregates over persons", "are not supported yet")
    own = condition_of(query.properties, place="properties")
    fixed = condition_of(query.fixedProperties, place="fixedProperties")
    return ActorsPlan(
        team_id=team.pk,
        clock=clock,
        columns=columns,
        orders=orders_of(query.orderBy or NEWEST_FIRST, columns, TABLE),
        condition=_of_persons(all_of([own, fixed])),
        search=(query.search or "").strip(),
        distinct_id=None,
        page=page_of(query.limit, query.offset),
    )


def plan_of_persons(query: PersonsNode, *, team: Team, clock: Clock) -> ActorsPlan:
    cohorts = [InCohort(cohort_id=query.cohort, place="cohort")] if query.cohort is not None else []
    columns = columns_of(["person"], TABLE)
    own = condition_of(query.properties, place="properties")
    fixed = condition_of(query.fixedProperties, place="fixedProperties")
    return ActorsPlan(
        team_id=team.pk,
        clock=clock,
        columns=columns,
        orders=orders_of(NEWEST_FIRST, columns, TABLE),
        condition=_of_persons(all_of([own, fixed, *cohorts])),
        search=(query.search or "").strip(),
        distinct_id=query.distinctId,
        page=page_of(query.limit, query.offset),
    )


def _of_persons(condition: Condition) -> Condition:
    for leaf in leaves(condition):
        if isinstance(leaf, Comparison) and leaf.scope != "person":
            raise Unsupported(f"{leaf.place}: anything but a property of persons")
    return condition
