from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db.models import Q
from django.utils import timezone

from accounts.querysets import ProjectScopedQuerySet
from common.querysets import BaseQuerySet

if TYPE_CHECKING:
    from sharing.models import RetiredToken, SharePassword, SharingConfiguration, UnlockBudget

SWEPT_AT_ONCE = 500


class SharingConfigurationQuerySet(ProjectScopedQuerySet["SharingConfiguration"]):
    def open(self) -> Self:
        """Switched on, not run out, and not barred by the organization."""
        return self.filter(
            Q(expires_at=None) | Q(expires_at__gt=timezone.now()),
            enabled=True,
            team__project__organization__allow_publicly_shared_resources=True,
        )

    def for_visitor(self, access_token: str) -> "SharingConfiguration | None":
        """The open share that this token leads to, also a token replaced a few minutes ago. With all a visit needs."""
        shares = self.open().select_related("team__project", "dashboard", "insight")
        return (
            shares.filter(access_token=access_token).first()
            or shares.filter(
                retired_tokens__access_token=access_token, retired_tokens__grace_until__gt=timezone.now()
            ).first()
        )

    def lock_unless_busy(self, share: "SharingConfiguration") -> bool:
        """Whether the share's row is ours until the end of the transaction; False if it is somebody else's."""
        free = self.filter(pk=share.pk).select_for_update(skip_locked=True, no_key=True)
        return free.values_list("pk", flat=True).first() is not None


class RetiredTokenQuerySet(BaseQuerySet["RetiredToken"]):
    def expired(self, now: datetime) -> Self:
        return self.filter(grace_until__lte=now)


class SharePasswordQuerySet(BaseQuerySet["SharePassword"]):
    def active(self) -> Self:
        return self.filter(is_active=True)


class UnlockBudgetQuerySet(BaseQuerySet["UnlockBudget"]):
    def locked(self, share: "SharingConfiguration", visitor: str) -> "UnlockBudget":
        """The visitor's row, made if it is not there, and locked."""
        self.bulk_create([self.model(share=share, visitor=visitor)], ignore_conflicts=True)
        return self.select_for_update(no_key=True).get(share=share, visitor=visitor)

    def in_bulk_by_visitor(self, visitors: Iterable[str]) -> "dict[str, UnlockBudget]":
        return {budget.visitor: budget for budget in self.filter(visitor__in=list(visitors))}

    def sweep(self, *, strangers: datetime, known: datetime) -> None:
        """Throws away some rows that nobody has used since. Small, so that a request can afford it."""
        old = self.filter(Q(is_known=False, began_at__lt=strangers) | Q(began_at__lt=known)).order_by("began_at")
        rows = old.select_for_update(skip_locked=True).values("pk")[:SWEPT_AT_ONCE]
        self.filter(pk__in=rows).delete()
