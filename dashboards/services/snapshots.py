"""What a dashboard showed before a refresh, and what the refresh changed."""

import time
from collections.abc import Mapping
from typing import Any

from accounts.models import Team, User
from common.exceptions import Refusal
from dashboards.comparison import NO_CHANGES, describe_changes
from dashboards.models import Dashboard, DashboardSnapshot
from dashboards.services.connections import give_connection_back
from dashboards.services.results import answer_tiles
from dashboards.services.wording import reword

Results = Mapping[str, Mapping[str, Any]]

EXPIRED = "Analysis context expired or not found. Please refresh the dashboard again."


def take_snapshot(
    dashboard: Dashboard, *, team: Team, user: User, client_results: Results | None = None
) -> DashboardSnapshot:
    """Keeps what the client saw, or else what is stored of the tiles' answers. Computes nothing."""
    results = client_results if client_results is not None else _stored_results(dashboard, team=team)
    DashboardSnapshot.objects.expired().delete()
    key = f"dashboard_refresh_before_{dashboard.pk}_{user.pk}_{time.time_ns()}"
    return DashboardSnapshot.objects.create(key=key, dashboard=dashboard, user=user, results=results)


def analyze_refresh_result(dashboard: Dashboard, *, cache_key: str, team: Team, user: User) -> str:
    """How what is stored now differs from the snapshot. Raises Refusal for one that is not this user's, or too old."""
    snapshot = DashboardSnapshot.objects.fresh().filter(key=cache_key, dashboard=dashboard, user=user).first()
    if snapshot is None:
        raise Refusal(EXPIRED, attr="cache_key")

    text = describe_changes(snapshot.results, _stored_results(dashboard, team=team))
    if text == NO_CHANGES:
        return text
    give_connection_back()
    return reword(text)


def _stored_results(dashboard: Dashboard, *, team: Team) -> dict[str, dict[str, Any]]:
    answer_tiles(dashboard, team=team)
    return {
        str(tile.pk): {"insight_name": tile.insight.name or tile.insight.derived_name or "", "data": tile.answer.result}
        for tile in dashboard.tiles_in_order()
        if tile.insight and tile.answer.result is not None
    }
