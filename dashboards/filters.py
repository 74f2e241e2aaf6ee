"""The parameters that narrow the list of dashboards."""

from typing import Any

from django_filters import rest_framework as filters

from dashboards.models import Dashboard, DashboardTemplate
from dashboards.querysets import GENERATED_PREFIX, DashboardQuerySet, DashboardTemplateQuerySet

SEARCH_LIMIT = 200


class DashboardFilter(filters.FilterSet):
    search = filters.CharFilter(
        method="filter_search",
        max_length=SEARCH_LIMIT,
        error_messages={"max_length": f"Search query must be {SEARCH_LIMIT} characters or fewer."},
        help_text="Text in the name, the description or a tag, case aside, exact matches before similar ones; "
        f"at most {SEARCH_LIMIT} characters.",
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


class DashboardTemplateFilter(filters.FilterSet):
    scope = filters.ChoiceFilter(
        choices=DashboardTemplate.Scope.choices, method="filter_scope", help_text="Of this kind; else all."
    )
    is_featured = filters.BooleanFilter(help_text="Only featured templates, or only the others.")
    ordering = filters.ChoiceFilter(
        choices=[(name, name) for name in ("template_name", "-template_name")],
        method="filter_ordering",
        help_text="By name, or backwards; not in answers to a search. Featured ones come first by default.",
    )
    search = filters.CharFilter(
        method="filter_search",
        max_length=SEARCH_LIMIT,
        error_messages={"max_length": f"Search query must be {SEARCH_LIMIT} characters or fewer."},
        help_text="Words in the name, the tags or the description; the best match first.",
    )

    class Meta:
        model = DashboardTemplate
        fields: list[str] = []

    def filter_scope(self, templates: DashboardTemplateQuerySet, name: str, value: str) -> DashboardTemplateQuerySet:
        return templates.of_scope(value, self.request.parser_context["view"].project)

    def filter_ordering(self, templates: DashboardTemplateQuerySet, name: str, value: str) -> DashboardTemplateQuerySet:
        return templates.order_by(value, "pk")

    def filter_search(self, templates: DashboardTemplateQuerySet, name: str, value: str) -> DashboardTemplateQuerySet:
        return templates.search(value)
