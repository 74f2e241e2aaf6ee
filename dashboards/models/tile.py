from typing import Any

from django.db import models
from django.db.models import Func, IntegerField
from django.db.models.lookups import Exact

from accounts.access import VIEWER
from common.exceptions import Forbidden
from dashboards.querysets import DashboardTileManager, DashboardTileQuerySet
from insights.results import Answer

CONTENT_FIELDS = ("insight", "text", "button_tile")
LOOK_FIELDS = ("layouts", "color", "filters_overrides", "show_description", "transparent_background")


class DashboardTile(models.Model):
    """A place on a dashboard that shows exactly one thing.

    A removed tile keeps its row, its layout and its place in the unique constraints: adding the same thing again
    revives it. `deleted` null is live, as in PostHog.
    """

    dashboard = models.ForeignKey("dashboards.Dashboard", on_delete=models.CASCADE, related_name="tiles")
    insight = models.ForeignKey(
        "insights.Insight", on_delete=models.CASCADE, null=True, blank=True, related_name="dashboard_tiles"
    )
    text = models.ForeignKey(
        "dashboards.Text", on_delete=models.CASCADE, null=True, blank=True, related_name="dashboard_tiles"
    )
    button_tile = models.ForeignKey(
        "dashboards.ButtonTile", on_delete=models.CASCADE, null=True, blank=True, related_name="dashboard_tiles"
    )
    layouts: Any = models.JSONField(default=dict, blank=True)
    color = models.CharField(max_length=400, null=True, blank=True)
    filters_overrides: Any = models.JSONField(default=dict, null=True, blank=True)
    show_description = models.BooleanField(null=True, blank=True)
    transparent_background = models.BooleanField(null=True, blank=True)
    deleted = models.BooleanField(null=True, blank=True)
    deleted_with = models.UUIDField(null=True, blank=True, editable=False)

    #: Where the tile stands on its dashboard, and what its insight answered. Set for one reading, never stored.
    order: int | None = None
    answer: Answer = Answer()
    #: Whether a rule closes the insight to who reads: nothing is told of it. `with_closed` says so.
    is_closed: bool = False

    objects = DashboardTileManager()
    objects_including_soft_deleted = DashboardTileQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        base_manager_name = "objects_including_soft_deleted"
        constraints = [
            models.CheckConstraint(
                name="dashboard_tile_shows_one_thing",
                condition=Exact(
                    Func("insight", "text", "button_tile", function="num_nonnulls", output_field=IntegerField()), 1
                ),
                violation_error_message="A tile shows exactly one insight, text or button.",
            ),
            models.UniqueConstraint(fields=["dashboard", "insight"], name="one_tile_per_insight"),
            models.UniqueConstraint(fields=["dashboard", "text"], name="one_tile_per_text"),
            models.UniqueConstraint(fields=["dashboard", "button_tile"], name="one_tile_per_button"),
        ]

    def __str__(self) -> str:
        return f"tile {self.pk} of dashboard {self.dashboard_id}"

    def refuse_if_closed(self) -> None:
        """Raises Forbidden."""
        if self.is_closed:
            raise Forbidden(f"You do not have {VIEWER} access to this resource.")

    def content(self) -> dict[str, Any]:
        """The one thing this tile shows, as keyword arguments for a lookup or a new tile."""
        return {name: getattr(self, name) for name in CONTENT_FIELDS if getattr(self, f"{name}_id")}

    def copy_of_look(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in LOOK_FIELDS}

    def twin_on(self, dashboard: Any) -> "DashboardTile | None":
        """The tile that shows the same there. Also a removed one: it holds the place in the unique constraints."""
        return DashboardTile.objects_including_soft_deleted.filter(dashboard=dashboard, **self._content_ids()).first()

    def copy_to(self, dashboard: Any, twin: "DashboardTile | None") -> "DashboardTile":
        """Shows the same in the same look there: as a new tile, or as its `twin` come back."""
        copy = twin or DashboardTile(dashboard=dashboard, **self._content_ids())
        for name, value in self.copy_of_look().items():
            setattr(copy, name, value)
        copy.deleted = copy.deleted_with = None
        copy.save()
        return copy

    def _content_ids(self) -> dict[str, Any]:
        return {f"{name}_id": getattr(self, f"{name}_id") for name in CONTENT_FIELDS}
