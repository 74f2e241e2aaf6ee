"""Deeds on the tiles of one dashboard."""

from collections.abc import Mapping
from typing import Any

from accounts.models import Project, User
from dashboards.models import Dashboard, DashboardTile
from dashboards.services.shelf import Shelf
from dashboards.services.writing import writing


def add_tile(
    dashboard: Dashboard, element: Mapping[str, Any], *, project: Project, user: User, if_match: str | None = None
) -> DashboardTile:
    """Shows one thing more. Raises Refusal for what the dashboard shows already."""
    with writing(dashboard, if_match=if_match, with_cards=True) as locked:
        shelf = Shelf(locked, project=project, user=user)
        tile = shelf.add(element)
        shelf.save()
    return tile
