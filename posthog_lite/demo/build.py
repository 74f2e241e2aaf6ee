"""Fills a project with the demo: events through the real capture path, dashboards through the real services."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from accounts.models import Project, Team, User
from dashboards.models import Dashboard
from dashboards.services.lifecycle import create_dashboard
from events.capture.payload import Hints, read_payload
from events.ingestion import store_events
from insights.services import create_insight
from posthog_lite.demo.content import DASHBOARDS, INSIGHTS
from posthog_lite.demo.product import Diary

BATCH_SIZE = 500


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
    made = {wanted["name"]: _create_dashboard(wanted, project=project, user=user) for wanted in DASHBOARDS}
    for name, query in INSIGHTS.items():
        shown_on = [made[wanted["name"]] for wanted in DASHBOARDS if name in wanted["insights"]]
        fields = {"name": name, "query": query, "saved": True, "dashboards": shown_on}
        create_insight(fields, project=project, user=user)


def _create_dashboard(wanted: dict[str, Any], *, project: Project, user: User) -> Dashboard:
    fields = {name: wanted[name] for name in ("name", "description", "tags")}
    tiles = [{"text": {"body": wanted["text"]}}]
    return create_dashboard(
        {**fields, "pinned": wanted.get("pinned", False), "tiles": tiles}, project=project, user=user
    )
