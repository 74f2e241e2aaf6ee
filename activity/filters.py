from django_filters import rest_framework as filters

from activity.models import ActivityLog
from activity.querysets import ActivityLogQuerySet


class NamesFilter(filters.BaseInFilter, filters.CharFilter):
    """Texts, with commas between them."""


class ActivityLogFilter(filters.FilterSet):
    scope = filters.CharFilter(help_text="One kind of row: `Dashboard`, `Insight`, `DataColorTheme` …")
    scopes = NamesFilter(method="of_kinds", help_text="Several kinds, with commas.")
    item_id = filters.CharFilter(help_text="The row with this id.")
    user = filters.CharFilter(method="by_user", help_text="Id or uuid of the person who made the change.")

    class Meta:
        model = ActivityLog
        fields: list[str] = []

    def of_kinds(self, entries: ActivityLogQuerySet, name: str, scopes: list[str]) -> ActivityLogQuerySet:
        return entries.of_kinds(scopes)

    def by_user(self, entries: ActivityLogQuerySet, name: str, reference: str) -> ActivityLogQuerySet:
        return entries.by_user(reference)
