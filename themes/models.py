from typing import Any

from django.db import models

from themes.querysets import DataColorThemeQuerySet


class DataColorTheme(models.Model):
    """Colours of charts. Without a team it is global: every project may use it, only staff may write it."""

    team = models.ForeignKey(
        "accounts.Team", on_delete=models.CASCADE, null=True, blank=True, related_name="data_color_themes"
    )
    name = models.CharField(max_length=100)
    colors: Any = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True, null=True)
    created_by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    objects = DataColorThemeQuerySet.as_manager()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_global(self) -> bool:
        return self.team_id is None
