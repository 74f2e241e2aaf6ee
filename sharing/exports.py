"""What is shown of a dashboard or an insight, as data and as a page."""

from typing import Any

from sharing.drawings import drawing_of
from sharing.pages import Page, page_of
from sharing.serializers.exported import (
    ExportedDashboardSerializer,
    ExportedInsightSerializer,
    ExportedThemeSerializer,
    context_of,
    look_of,
)
from sharing.services.showing import Visit, answered_insight, tiles_for
from themes.models import DataColorTheme

JSON = dict[str, Any]


def export(visit: Visit) -> tuple[JSON, Page]:
    """Computes what is stale, within the limits of a visit."""
    share, context = visit.share, context_of(visit.share)
    themes = DataColorTheme.objects.for_project(share.team.project)
    exported = {**look_of(share), "themes": ExportedThemeSerializer(themes, many=True).data}
    insights: list[Any]
    if share.dashboard_id:
        tiles = context["tiles"] = tiles_for(visit)
        insights = [tile.insight for tile in tiles if tile.insight_id]
        exported["dashboard"] = ExportedDashboardSerializer(share.dashboard, context=context).data
    else:
        insights = [answered_insight(visit)]
        exported["insight"] = ExportedInsightSerializer(insights[0], context=context).data
    drawings = {insight.pk: drawing_of(insight.answer.query) for insight in insights}
    return exported, page_of(exported, drawings, awaited={insight.pk for insight in insights if insight.is_awaited})
