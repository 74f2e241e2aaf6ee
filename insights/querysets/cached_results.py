from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from common.querysets import BaseQuerySet

if TYPE_CHECKING:
    from accounts.models import Team
    from insights.models import CachedResult

#: An answer that nobody asked for again in this time is thrown away.
ANSWERS_ARE_KEPT = timedelta(days=62)
SWEPT_AT_ONCE = 500


class CachedResultQuerySet(BaseQuerySet["CachedResult"]):
    def by_key(self, keys: Iterable[str], *, team: "Team") -> dict[str, "CachedResult"]:
        """What is stored under these keys. One query."""
        return {row.key: row for row in self.filter(team=team, key__in=sorted(set(keys)))}

    def ages(self, keys: Iterable[str], *, team: "Team") -> dict[str, datetime]:
        """When each of these was computed. One query, which leaves the results where they are."""
        return dict(self.filter(team=team, key__in=sorted(keys)).values_list("key", "last_refresh"))

    def store(self, key: str, response: Mapping[str, Any], *, team: "Team", last_refresh: datetime) -> "CachedResult":
        row = self.model(key=key, team=team, response=response, last_refresh=last_refresh)
        self.bulk_create(
            [row], update_conflicts=True, unique_fields=["key"], update_fields=["response", "last_refresh"]
        )
        return row

    def sweep(self) -> None:
        """Throws away some of what is too old. Small, so that a request can afford it; rows in use are skipped."""
        old = self.filter(last_refresh__lt=timezone.now() - ANSWERS_ARE_KEPT).order_by("last_refresh")
        keys = old.select_for_update(skip_locked=True).values("key")[:SWEPT_AT_ONCE]
        self.filter(key__in=keys).delete()
