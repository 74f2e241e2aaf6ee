"""What the insights of a dashboard answer, under its filters. Each tile fails alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import structlog
from django.db import connection

from accounts.models import Team
from common.exceptions import Refusal
from dashboards.models import Dashboard, DashboardTile
from insights.formatting import cut_to_budget, format_results
from insights.models import Insight, InsightVariable
from insights.overrides import effective_filters, effective_query, question_of
from insights.queries.freshness import RefreshMode
from insights.results import Answer, answer_all
from insights.variables import declared_in, with_values

logger = structlog.get_logger(__name__)

#: Tiles that a stream shows together, with the dashboard.
AT_FIRST = 2
#: Texts of one answer of run_insights, all tiles together.
MOST_CHARS = 30_000
MOST_MARKERS = 25
#: Where answers may have to be computed, no more are begun than the caller will be shown.
AT_ONCE = 4


@dataclass(frozen=True)
class InsightResult:
    tile: DashboardTile
    result: Any

    @property
    def insight(self) -> Insight | None:
        return self.tile.insight


def answer_tiles(dashboard: Dashboard, *, team: Team, refresh: RefreshMode = RefreshMode.FORCE_CACHE) -> None:
    """Gives each tile of the dashboard, which `rendering` has loaded, its `order` and its `answer`."""
    tiles = dashboard.tiles_in_order()
    _number(tiles)
    look_up_variables(dashboard, team=team)
    _answer([tile for tile in tiles if tile.insight], dashboard, team=team, refresh=refresh)


def look_up_variables(dashboard: Dashboard, *, team: Team) -> None:
    """Gives the dashboard its `known_variables`: one statement, where there is anything to know them for."""
    asked = [declared_in(tile.insight.query) for tile in dashboard.tiles.all() if tile.insight]
    dashboard.known_variables = InsightVariable.objects.known_to(team, by=[dashboard.chosen_variables, *asked])


def answer_in_turn(
    dashboard: Dashboard, *, team: Team, refresh: RefreshMode, size: str
) -> Iterator[list[DashboardTile]]:
    """The tiles from the top of this grid down, as their answers come: some together, then one by one.

    After `look_up_variables`. For a thread of its own: no connection is held while the receiver takes what it got.
    """
    tiles = dashboard.tiles_in_order(size)
    _number(tiles)
    is_looked_up = refresh is RefreshMode.FORCE_CACHE
    if is_looked_up:
        _answer_alone(tiles, dashboard, team=team, refresh=refresh)
    for batch in [tiles[:AT_FIRST], *([tile] for tile in tiles[AT_FIRST:])]:
        if not is_looked_up:
            _answer_alone(batch, dashboard, team=team, refresh=refresh)
        yield batch


def run_insights(
    dashboard: Dashboard,
    *,
    team: Team,
    refresh: RefreshMode,
    is_optimized: bool,
    tile_ids: Sequence[int] = (),
    max_chars: int = 0,
) -> list[InsightResult]:
    """The results of the insights that have a query, from the top down; as texts that share one budget if optimized.

    Raises Refusal for an id that is no tile of the dashboard.
    """
    tiles = dashboard.tiles_in_order()
    _number(tiles)
    known = {tile.pk for tile in tiles}
    stray = next((pk for pk in tile_ids if pk not in known), None)
    if stray is not None:
        raise Refusal(f"Tile {stray} is not on this dashboard.", attr="tile_ids")

    look_up_variables(dashboard, team=team)
    asked = [tile for tile in tiles if tile.insight and tile.insight.query and not tile.is_closed]
    asked = [tile for tile in asked if tile.pk in tile_ids] if tile_ids else asked
    if not is_optimized:
        _answer(asked, dashboard, team=team, refresh=refresh)
        return [InsightResult(tile, tile.answer.result) for tile in asked]
    return list(_within_budget(asked, dashboard, team=team, refresh=refresh, max_chars=max_chars))


def _within_budget(
    tiles: list[DashboardTile], dashboard: Dashboard, *, team: Team, refresh: RefreshMode, max_chars: int
) -> Iterator[InsightResult]:
    """Tables until the answer is full; the tiles after that are not run, and say so."""
    left = MOST_CHARS
    waiting = iter(tiles)
    at_once = len(tiles) if refresh is RefreshMode.FORCE_CACHE else AT_ONCE
    while left > 0 and (batch := list(islice(waiting, at_once))):
        _answer(batch, dashboard, team=team, refresh=refresh)
        for tile in batch:
            if left <= 0:
                yield _not_run(tile)
                continue
            result = _table(tile, max_chars=max_chars or MOST_CHARS)
            left -= len(str(result)) if result is not None else 0
            yield InsightResult(tile, result)
    yield from (_not_run(tile) for tile in islice(waiting, MOST_MARKERS))


def _table(tile: DashboardTile, *, max_chars: int) -> Any:
    """The result as a text table; as it is where there is no table for its kind."""
    answer = tile.answer
    if answer.result is None or answer.query is None:
        return None
    text = format_results(answer.query, answer.response)
    return answer.result if text is None else cut_to_budget(text, max_chars=max_chars, tile_id=tile.pk)


def _not_run(tile: DashboardTile) -> InsightResult:
    tile.answer = Answer()
    return InsightResult(tile, f"Not run: the answer is full. Ask for this tile with tile_ids={tile.pk}.")


def _number(tiles: Sequence[DashboardTile]) -> None:
    for order, tile in enumerate(tiles):
        tile.order = order


def _answer_alone(tiles: Sequence[DashboardTile], dashboard: Dashboard, *, team: Team, refresh: RefreshMode) -> None:
    """In a thread without a request: whatever happens stays with these tiles, and the connection goes back."""
    asking = [tile for tile in tiles if tile.insight]
    try:
        _answer(asking, dashboard, team=team, refresh=refresh)
    except Exception as crash:
        logger.exception("tiles_not_answered", dashboard=dashboard.pk)
        for tile in asking:
            tile.answer = Answer(failure=crash)
    finally:
        connection.close()


def _answer(tiles: Sequence[DashboardTile], dashboard: Dashboard, *, team: Team, refresh: RefreshMode) -> None:
    questions = [_question(tile, dashboard) for tile in tiles]
    answers = answer_all(
        [one if not isinstance(one, Refusal) else None for one in questions], team=team, refresh=refresh
    )
    for tile, question, answer in zip(tiles, questions, answers, strict=True):
        tile.answer = Answer(failure=question) if isinstance(question, Refusal) else answer


def _question(tile: DashboardTile, dashboard: Dashboard) -> dict[str, Any] | None | Refusal:
    """The query that the tile asks, or why it cannot be asked: old rows may hold what nobody checked."""
    asked = question_of(tile.insight) if tile.insight and not tile.is_closed else None
    if not isinstance(asked, dict):
        return None
    try:
        filters = effective_filters(tile, filters_override=dashboard.filters_override)
        query = effective_query(asked, filters)
        return query and with_values(query, dashboard.chosen_variables, dashboard.known_variables)
    except Refusal as refusal:
        return refusal
    except (AttributeError, KeyError, TypeError, ValueError):
        return Refusal("The filters of this tile cannot be applied to its query.")
