import secrets
from ipaddress import ip_network
from typing import Any

from django.db import models
from django.db.models import Func, IntegerField
from django.db.models.lookups import Exact
from django.utils import timezone

from sharing.networks import parse_address
from sharing.querysets import (
    RetiredTokenQuerySet,
    SharePasswordQuerySet,
    SharingConfigurationQuerySet,
    UnlockBudgetQuerySet,
)


def access_token() -> str:
    return secrets.token_urlsafe(22)


class SharingConfiguration(models.Model):
    """The one public link of a dashboard or an insight.

    `locked_filters` holds the secret with which the owner signs filters into links (`sharing.signed_filters`).
    """

    team = models.ForeignKey("accounts.Team", on_delete=models.CASCADE, related_name="+")
    dashboard = models.ForeignKey(
        "dashboards.Dashboard", on_delete=models.CASCADE, null=True, blank=True, related_name="sharing_configurations"
    )
    insight = models.ForeignKey(
        "insights.Insight", on_delete=models.CASCADE, null=True, blank=True, related_name="sharing_configurations"
    )
    access_token = models.CharField(max_length=64, unique=True, default=access_token)
    enabled = models.BooleanField(default=False)
    settings: Any = models.JSONField(null=True, blank=True)
    password_required = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    allowed_networks: Any = models.JSONField(null=True, blank=True)
    locked_filters: Any = models.JSONField(null=True, blank=True)
    hide_query = models.BooleanField(null=True, blank=True)

    objects = SharingConfigurationQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="share_of_one_thing",
                condition=Exact(Func("dashboard", "insight", function="num_nonnulls", output_field=IntegerField()), 1),
                violation_error_message="A share shows exactly one dashboard or insight.",
            ),
            models.UniqueConstraint(fields=["dashboard"], name="one_share_per_dashboard"),
            models.UniqueConstraint(fields=["insight"], name="one_share_per_insight"),
        ]

    def __str__(self) -> str:
        return f"share of {self.resource}"

    @property
    def resource(self) -> Any:
        """What is shown."""
        return self.dashboard if self.dashboard_id else self.insight

    @property
    def resource_type(self) -> str:
        return "Dashboard" if self.dashboard_id else "Insight"

    @property
    def is_stored(self) -> bool:
        return self.pk is not None

    def covered_insights(self) -> Any:
        """The ids of the insights that are shown, as a query."""
        if self.dashboard_id:
            return self.dashboard.tiles.filter(insight__isnull=False).values("insight")  # type: ignore[union-attr]
        return [self.insight_id]

    def admits(self, address: str) -> bool:
        """Whether a visitor from there may come in. From nowhere that can be told only where everybody may."""
        if self.allowed_networks is None:
            return True
        visitor = parse_address(address)
        return visitor is not None and any(
            visitor in ip_network(network, strict=False) for network in self.allowed_networks
        )

    def option(self, name: str) -> Any:
        return (self.settings or {}).get(name)


class RetiredToken(models.Model):
    """A token that was replaced. Links with it go on working for a few minutes, until people have the new one."""

    share = models.ForeignKey(SharingConfiguration, on_delete=models.CASCADE, related_name="retired_tokens")
    access_token = models.CharField(max_length=64, unique=True)
    grace_until = models.DateTimeField()

    objects = RetiredTokenQuerySet.as_manager()

    def __str__(self) -> str:
        return f"retired token of share {self.share_id}"


class SharePassword(models.Model):
    """One of the passwords that open a share. Deleting it also ends what it had opened."""

    share = models.ForeignKey(SharingConfiguration, on_delete=models.CASCADE, related_name="passwords")
    password_hash = models.CharField(max_length=300)
    note = models.CharField(max_length=100, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    is_active = models.BooleanField(default=True)

    #: The text of it, right after it was made.
    password: str | None = None

    objects = SharePasswordQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return self.note or "Untitled password"

    @property
    def created_by_email(self) -> str:
        return self.created_by.email if self.created_by else "deleted user"


class UnlockBudget(models.Model):
    """How many passwords a visitor has tried at a share in the present window; `visitor` is a keyed hash.

    The empty visitor stands for all of whom the share knows nothing good. One who has opened it before is known, and
    is counted alone from then on: strangers can use up each other's tries, but not his.
    """

    share = models.ForeignKey(SharingConfiguration, on_delete=models.CASCADE, related_name="+")
    visitor = models.CharField(max_length=64)
    began_at = models.DateTimeField(default=timezone.now)
    spent = models.PositiveIntegerField(default=0)
    is_known = models.BooleanField(default=False)

    objects = UnlockBudgetQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["share", "visitor"], name="one_budget_per_visitor")]
        indexes = [models.Index(fields=["began_at"], name="unlock_budget_by_age")]

    def __str__(self) -> str:
        return f"{self.spent} tries at share {self.share_id}"
