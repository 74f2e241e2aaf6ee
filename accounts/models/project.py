from typing import Any

from django.db import models
from uuid_utils.compat import uuid7

from accounts.access import ADMIN, MANAGER, PROJECT, default_of, highest
from accounts.querysets import ADMIN_LEVEL, ProjectQuerySet, TeamQuerySet
from accounts.tokens import project_token


def default_person_display_name_properties() -> list[str]:
    return ["email", "name", "username"]


class Project(models.Model):
    """What a URL names. It owns exactly one team, which has the same integer id."""

    organization = models.ForeignKey("accounts.Organization", on_delete=models.CASCADE, related_name="projects")
    name = models.CharField(max_length=200, default="Default project")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name

    @property
    def access_level(self) -> str | None:
        """The caller's on the project itself; None for a stranger. Ask `with_membership_of` first."""
        return self.level_for(PROJECT) if getattr(self, "membership_level", None) is not None else None

    @property
    def is_administered(self) -> bool:
        """By the caller: as an admin of the organization, or by a rule."""
        return self.access_level == ADMIN

    def level_for(self, resource: str) -> str:
        """The caller's on every row of this kind, unless a rule for the row says otherwise."""
        rules = [rule.split(":") for rule in getattr(self, "general_rules", None) or ()]
        is_admin = (getattr(self, "membership_level", None) or 0) >= ADMIN_LEVEL or [PROJECT, ADMIN] in rules
        if is_admin:
            return ADMIN if resource == PROJECT else MANAGER
        return highest((level for about, level in rules if about == resource), resource) or default_of(resource)


class Team(models.Model):
    """The environment: what events arrive in, with the settings that queries obey.

    Its primary key is the project's, so that "one team per project, with the same id" cannot be otherwise.
    """

    class WeekStartDay(models.IntegerChoices):
        SUNDAY = 0, "Sunday"
        MONDAY = 1, "Monday"

    project = models.OneToOneField(Project, on_delete=models.CASCADE, primary_key=True, related_name="team")
    uuid = models.UUIDField(unique=True, default=uuid7, editable=False)
    name = models.CharField(max_length=200, default="Default project")
    api_token = models.CharField(max_length=200, unique=True, default=project_token)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    timezone = models.CharField(max_length=240, default="UTC")
    week_start_day = models.SmallIntegerField(choices=WeekStartDay.choices, null=True, blank=True)
    test_account_filters = models.JSONField(default=list, blank=True)
    app_urls = models.JSONField(default=list, blank=True)
    anonymize_ips = models.BooleanField(default=False)
    person_display_name_properties = models.JSONField(
        default=default_person_display_name_properties, null=True, blank=True
    )
    primary_dashboard = models.ForeignKey(
        "dashboards.Dashboard", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    default_data_theme = models.ForeignKey(
        "themes.DataColorTheme", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    ingested_event = models.BooleanField(default=False)
    is_demo = models.BooleanField(default=False)
    access_control = models.BooleanField(default=False)
    completed_snippet_onboarding = models.BooleanField(default=False)
    has_completed_onboarding_for: Any = models.JSONField(null=True, blank=True)

    objects = TeamQuerySet.as_manager()

    class Meta:
        ordering = ["project_id"]

    def __str__(self) -> str:
        return self.name
