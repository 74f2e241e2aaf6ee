"""PathsQuery → which events are steps, what a step is called, and which part of a path is shown."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import Team
from common.exceptions import Refusal
from events.filtering.errors import Unsupported
from events.filtering.moments import Clock
from events.filtering.sql import Sql
from insights.queries.buckets import one_bucket
from insights.queries.dates import Range
from insights.queries.entities import Actor, Alternative, Entity, common_condition, group_actor
from insights.queries.hogql.texts import text_of
from insights.queries.nodes import PathsQuery
from insights.queries.nodes.insights import PathsFilter
from insights.queries.paths.names import Renaming, renaming_of
from insights.queries.periods import periods_of

DEFAULT_STEPS, MAX_STEPS = 5, 100
DEFAULT_EDGES, MAX_EDGES = 50, 10_000
MAX_NAMES = 1000
HOGQL = "hogql"
#: What is called by its address or its name, and not by the event's.
NAMED = ("$pageview", "$screen")


@dataclass(frozen=True, kw_only=True)
class PathsPlan:
    """`kinds`: none means all events. `shown_steps`: how many of a path's steps are counted.

    `named` are the kinds whose steps are called by their address or name; `expression` names the others, else they are
    called as their events.
    """

    team_id: int
    clock: Clock
    range: Range
    events: Entity
    actor: Actor
    kinds: frozenset[str]
    named: frozenset[str]
    expression: Sql | None
    excluded: tuple[str, ...]
    renaming: Renaming | None
    start: str | None
    end: str | None
    shown_steps: int
    edge_limit: int
    weights: tuple[int, int | None]


def make_plan(query: PathsQuery, *, team: Team, clock: Clock, earliest: datetime | None) -> PathsPlan:
    asked = query.pathsFilter
    _refuse_unsupported(query)
    [period] = periods_of(query.dateRange, None, interval="day", clock=clock, earliest=earliest, divide=one_bucket)
    return PathsPlan(
        team_id=team.pk,
        clock=clock,
        range=period.range,
        events=Entity((Alternative(event=None, condition=common_condition(query, team)),)),
        actor=group_actor(query.aggregation_group_type_index, place="aggregation_group_type_index"),
        kinds=frozenset(asked.includeEventTypes or []) - {HOGQL},
        named=frozenset(asked.includeEventTypes or NAMED),
        expression=_expression(asked, team=team, clock=clock),
        excluded=_names(asked.excludeEvents, "excludeEvents"),
        renaming=renaming_of(asked),
        start=_point(asked.startPoint),
        end=_point(asked.endPoint),
        shown_steps=_limit(asked.stepLimit, DEFAULT_STEPS, MAX_STEPS, "stepLimit"),
        edge_limit=_limit(asked.edgeLimit, DEFAULT_EDGES, MAX_EDGES, "edgeLimit"),
        weights=_weights(asked),
    )


def _refuse_unsupported(query: PathsQuery) -> None:
    if query.funnelPathsFilter is not None:
        raise Unsupported("funnelPathsFilter")


def _expression(asked: PathsFilter, *, team: Team, clock: Clock) -> Sql | None:
    text = (asked.pathsHogQLExpression or "").strip()
    if not text or (asked.includeEventTypes and HOGQL not in asked.includeEventTypes):
        return None
    return text_of(text, place="pathsFilter.pathsHogQLExpression", team=team, clock=clock)


def _point(name: str | None) -> str | None:
    """As pages are called: without a slash at the end."""
    return (name.removesuffix("/") or name) if name else None


def _limit(asked: int | None, default: int, largest: int, name: str) -> int:
    limit = default if asked is None else asked
    if not 1 <= limit <= largest:
        raise Refusal(f"pathsFilter.{name}: must be between 1 and {largest}.")
    return limit


def _names(asked: list[str] | None, name: str) -> tuple[str, ...]:
    if len(asked or []) > MAX_NAMES:
        raise Refusal(f"pathsFilter.{name}: more than {MAX_NAMES} names.")
    return tuple(asked or [])


def _weights(asked: PathsFilter) -> tuple[int, int | None]:
    least, most = asked.minEdgeWeight or 0, asked.maxEdgeWeight
    if not 0 <= least < 2**31 or (most is not None and not 0 <= most < 2**31):
        raise Refusal("pathsFilter: minEdgeWeight and maxEdgeWeight must not be negative.")
    return least, most
