from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import F, Q
from uuid_utils.compat import uuid7

from accounts.access import EDITOR
from accounts.ruled import RuledModel
from common.exceptions import Outdated
from common.models import SoftDeleteModel
from dashboards.querysets import DashboardCollaboratorQuerySet, DashboardManager, DashboardQuerySet
from insights.variables import brought_up_to_date
from tagging.models import TaggableModel

if TYPE_CHECKING:
    from accounts.models import Project
    from dashboards.models.tile import DashboardTile


class Dashboard(SoftDeleteModel, TaggableModel, RuledModel):
    """A page of tiles.

    `version` grows with every write to the dashboard, its tiles, texts, buttons and tags, and to an insight on it; not
    with views and results. It is the ETag that `If-Match` is compared with.
    """

    access_resource = "dashboard"

    class CreationMode(models.TextChoices):
        DEFAULT = "default"
        TEMPLATE = "template"
        DUPLICATE = "duplicate"
        UNLISTED = "unlisted"

    class RestrictionLevel(models.IntegerChoices):
        EVERYONE_IN_PROJECT_CAN_EDIT = 21, "Everyone in the project can edit"
        ONLY_COLLABORATORS_CAN_EDIT = 37, "Only those invited to this dashboard can edit"

    class PrivilegeLevel(models.IntegerChoices):
        CAN_VIEW = 21, "Can view dashboard"
        CAN_EDIT = 37, "Can edit dashboard"

    team = models.ForeignKey("accounts.Team", on_delete=models.CASCADE, related_name="dashboards")
    name = models.CharField(max_length=400, null=True, blank=True)
    description = models.TextField(blank=True, default="")
    pinned = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    last_accessed_at = models.DateTimeField(null=True, blank=True)
    last_refresh = models.DateTimeField(null=True, blank=True)
    filters: Any = models.JSONField(default=dict, blank=True)
    variables: Any = models.JSONField(default=dict, null=True, blank=True)
    breakdown_colors: Any = models.JSONField(default=list, null=True, blank=True)
    data_color_theme = models.ForeignKey(
        "themes.DataColorTheme", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    quick_filter_ids: Any = models.JSONField(default=list, null=True, blank=True)
    creation_mode = models.CharField(max_length=16, choices=CreationMode.choices, default=CreationMode.DEFAULT)
    restriction_level = models.PositiveSmallIntegerField(
        choices=RestrictionLevel.choices, default=RestrictionLevel.EVERYONE_IN_PROJECT_CAN_EDIT
    )
    folder = models.TextField(default="", blank=True)
    unlisted_tag = models.CharField(max_length=255, null=True, blank=True, editable=False)
    version = models.BigIntegerField(default=1, editable=False)

    objects = DashboardManager()
    objects_including_soft_deleted = DashboardQuerySet.as_manager()

    class Meta:
        ordering = ["-pinned", "name", "id"]
        base_manager_name = "objects_including_soft_deleted"
        indexes = [
            models.Index(F("team"), F("pinned").desc(), "name", condition=Q(deleted=False), name="dashboard_list")
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["team", "unlisted_tag"],
                condition=Q(deleted=False, creation_mode="unlisted"),
                name="one_unlisted_dashboard_per_tag",
            )
        ]

    def __str__(self) -> str:
        return self.name or f"Dashboard {self.pk}"

    #: What one reader lays over the dashboard for one answer; never stored.
    filters_override: dict[str, Any] = {}
    variables_override: dict[str, Any] = {}
    #: The project's variables by their code names, once `services.results` has looked them up.
    known_variables: Mapping[str, Any] = {}

    @property
    def etag(self) -> str:
        return f'"{self.pk}-{self.version}"'

    def refuse_if_outdated(self, if_match: str | None) -> None:
        """Raises Outdated unless `if_match`, the header of that name, knows this version. Lock the row first."""
        if if_match is None:
            return
        # A proxy that compresses marks tags as weak; the version is the same.
        known = {tag.strip().removeprefix("W/") for tag in if_match.split(",")}
        if not known & {"*", self.etag}:
            raise Outdated("The dashboard has changed since you read it. Read it again and repeat your change.")

    def under(self, *, filters: dict[str, Any], variables: dict[str, Any]) -> Self:
        """Itself, for one answer under these overrides."""
        self.filters_override, self.variables_override = filters, variables
        return self

    @property
    def shown_filters(self) -> dict[str, Any]:
        return {**(self.filters or {}), **self.filters_override}

    @property
    def shown_variables(self) -> dict[str, Any]:
        return brought_up_to_date(self.chosen_variables, self.known_variables)

    @property
    def chosen_variables(self) -> dict[str, Any]:
        """Values as they were chosen: what is stored under what a reader lays over it."""
        return {**(self.variables or {}), **self.variables_override}

    @property
    def is_shared(self) -> bool:
        """Whether a public link is open, if `for_list` asked."""
        return getattr(self, "has_open_share", False)

    def tiles_in_order(self, size: str = "sm") -> "list[DashboardTile]":
        """The shown tiles as a grid shows them: those that are prefetched, or else from the database."""
        return self.tiles.all().in_layout_order(size)  # type: ignore[attr-defined]

    def may_be_restricted_by(self, user: Any, project: "Project") -> bool:
        """Its creator and the project's admins decide who else may edit."""
        return self.is_run_by(user, project)

    def privilege_level_of(self, user: Any, project: "Project") -> int:
        is_open = self.restriction_level < self.RestrictionLevel.ONLY_COLLABORATORS_CAN_EDIT
        if is_open or self.may_be_restricted_by(user, project):
            return self.PrivilegeLevel.CAN_EDIT
        return self._level_given_to(user) or self.PrivilegeLevel.CAN_VIEW

    def is_editable_by(self, user: Any, project: "Project") -> bool:
        is_privileged = self.privilege_level_of(user, project) >= self.PrivilegeLevel.CAN_EDIT
        return is_privileged and self.allows(EDITOR, user, project)

    def _level_given_to(self, user: Any) -> int | None:
        """As a collaborator; `seen_by(user)` saves the question to the database."""
        if hasattr(self, "own_level"):
            return self.own_level
        collaboration = self.collaborators.filter(user=user.pk).first()
        return collaboration.level if collaboration else None


class DashboardCollaborator(models.Model):
    """Somebody who may edit a restricted dashboard without having made it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    dashboard = models.ForeignKey(Dashboard, on_delete=models.CASCADE, related_name="collaborators")
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    level = models.PositiveSmallIntegerField(
        choices=Dashboard.RestrictionLevel.choices, default=Dashboard.RestrictionLevel.ONLY_COLLABORATORS_CAN_EDIT
    )
    added_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = DashboardCollaboratorQuerySet.as_manager()

    class Meta:
        ordering = ["added_at"]
        constraints = [models.UniqueConstraint(fields=["dashboard", "user"], name="one_collaboration_per_dashboard")]

    def __str__(self) -> str:
        return f"{self.user_id} on dashboard {self.dashboard_id}"
