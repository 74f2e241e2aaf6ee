from collections.abc import Collection, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db.models import F, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from common.querysets import BaseQuerySet

if TYPE_CHECKING:
    from accounts.models import Team, User
    from insights.models import ViewLog


class ViewLogQuerySet(BaseQuerySet["ViewLog"]):
    def of_user(self, user: Any) -> Self:
        return self.filter(user=user.pk)

    def since(self, moment: datetime) -> Self:
        return self.filter(viewed_at__gte=moment)

    def of_insights(self, ids: Collection[int], *, team: "Team") -> Self:
        return self.filter(team=team, kind="insight", ref__in=list(ids))

    def latest_of_each(self, most: int) -> Self:
        """Of every row that was looked at, the latest views with their users."""
        place = Window(RowNumber(), partition_by=F("ref"), order_by=[F("viewed_at").desc(), F("pk").desc()])
        return self.annotate(place=place).filter(place__lte=most).select_related("user").order_by("ref", "place")

    def record(self, kind: str, refs: Iterable[int], *, team: "Team", user: "User") -> None:
        """`user` looks at these now. One query."""
        now = timezone.now()
        views = [self.model(team=team, user=user, kind=kind, ref=ref, viewed_at=now) for ref in sorted(set(refs))]
        self.bulk_create(
            views,
            update_conflicts=True,
            unique_fields=["team", "kind", "ref", "user"],
            update_fields=["viewed_at"],
        )
