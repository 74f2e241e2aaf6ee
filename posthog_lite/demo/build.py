"""Fills a project with the demo: events through the real capture path, dashboards through the real services."""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import accumulate
from typing import Any

from accounts.models import Project, Team, User
from dashboards.models import Dashboard
from dashboards.services.lifecycle import create_dashboard
from events.capture.payload import Hints, read_payload
from events.ingestion import store_events
from insights.models import Insight
from insights.services import create_insight
from posthog_lite.demo.content import DASHBOARDS, INSIGHTS
from posthog_lite.demo.product import Diary
from sharing.services.configurations import update_share

BATCH_SIZE = 500
Place = tuple[int, int, int, int]
TEXT_PLACE = (0, 0, 12, 1)


def is_built(team: Team) -> bool:
    return team.is_demo


def build(*, project: Project, user: User, advance: Callable[[], None]) -> None:
    """`advance` is called after each day. A second call adds a second set of dashboards: ask `is_built` first."""
    now = datetime.now(UTC)
    for events in Diary(until=now).days():
        for start in range(0, len(events), BATCH_SIZE):
            _capture(events[start : start + BATCH_SIZE], team=project.team, now=now)
        advance()
    _create_dashboards(project=project, user=user)
    Team.objects.filter(pk=project.pk).update(is_demo=True)


def _capture(events: list[dict[str, Any]], *, team: Team, now: datetime) -> None:
    payload = read_payload({"api_key": team.api_token, "batch": events}, hints=Hints(), received_at=now)
    store_events(team=team, events=payload.events, received_at=now)


def _create_dashboards(*, project: Project, user: User) -> None:
    insights = {
        name: create_insight({"name": name, "query": query, "saved": True}, project=project, user=user)
        for name, query in INSIGHTS.items()
    }
    for wanted in DASHBOARDS:
        dashboard = _create_dashboard(wanted, insights, project=project, user=user)
        if wanted.get("is_shared"):
            update_share(dashboard, {"enabled": True}, project=project, user=user)


def _create_dashboard(
    wanted: dict[str, Any], insights: dict[str, Insight], *, project: Project, user: User
) -> Dashboard:
    fields = {name: wanted[name] for name in ("name", "description", "tags")}
    text: dict[str, Any] = {"text": {"body": wanted["text"]}}
    shown = [{"insight_id": insights[name].pk} for name in wanted["insights"]]
    tiles = [
        {**tile, "layouts": layouts}
        for tile, layouts in zip([text, *shown], _layouts([TEXT_PLACE, *wanted["insights"].values()]), strict=True)
    ]
    return create_dashboard(
        {**fields, "pinned": wanted.get("pinned", False), "tiles": tiles}, project=project, user=user
    )


def _layouts(places: list[Place]) -> list[dict[str, dict[str, int]]]:
    """On the wide grid as wanted; on the narrow one below each other."""
    tops = accumulate((h for _, _, _, h in places), initial=0)
    return [
        {"sm": {"x": x, "y": y, "w": w, "h": h}, "xs": {"x": 0, "y": top, "w": 1, "h": h}}
        for (x, y, w, h), top in zip(places, tops, strict=False)
    ]
