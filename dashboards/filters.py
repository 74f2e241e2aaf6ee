"""The parameters that narrow the list of dashboards."""

from typing import Any

from django_filters import rest_framework as filters

from dashboards.models import Dashboard
from dashboards.querysets import GENERATED_PREFIX, DashboardQuerySet

SEARCH_LIMIT = 200


class DashboardFilter(filters.FilterSet):
    search = filters.CharFilter(
        method="filter_search",
        max_length=SEARCH_LIMIT,
        error_messages={"max_length": f"Search query must be {SEARCH_LIMIT} characters or fewer."},
        help_text=f"Text in the name, the description or a tag, case aside; at most {SEARCH_LIMIT} characters.",
    )
    pinned = filters.BooleanFilter(help_text="Only pinned dashboards, or only the others.")
    creation_mode = filters.CharFilter(help_text="How it was made. Unlisted ones show only with `unlisted`.")
    tags = filters.CharFilter(method="filter_tags", help_text="A tag; repeated, any of them.")
    folder = filters.CharFilter(method="filter_folder", help_text="Filed in exactly this folder.")
    exclude_generated = filters.CharFilter(
        method="filter_generated", help_text=f"`true` leaves out those whose name starts with `{GENERATED_PREFIX}`."
    )

    class Meta:
        model = Dashboard
        fields: list[str] = []

    def filter_queryset(self, queryset: Any) -> Any:
        dashboards = super().filter_queryset(queryset)
        if self.data.get("folder") == "":  # the root; django-filter passes over empty values
            dashboards = dashboards.filter(folder="")
        wants_unlisted = self.form.cleaned_data.get("creation_mode") == Dashboard.CreationMode.UNLISTED
        return dashboards if wants_unlisted else dashboards.listed()

    def filter_search(self, dashboards: DashboardQuerySet, name: str, value: str) -> DashboardQuerySet:
        return dashboards.search(value)

    def filter_tags(self, dashboards: DashboardQuerySet, name: str, value: str) -> DashboardQuerySet:
        return dashboards.tagged(self.data.getlist("tags"))

    def filter_folder(self, dashboards: DashboardQuerySet, name: str, value: str) -> DashboardQuerySet:
        return dashboards.filter(folder=value)

    def filter_generated(self, dashboards: DashboardQuerySet, name: str, value: str) -> DashboardQuerySet:
        return dashboards.not_generated() if value == "true" else dashboards
