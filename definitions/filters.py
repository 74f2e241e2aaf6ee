"""The parameters that narrow the lists."""

from typing import Any

import orjson
from django import forms
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field

from common.exceptions import Refusal
from definitions.models import EventDefinition, PropertyDefinition
from definitions.querysets import ORDERS, EventDefinitionQuerySet, PropertyDefinitionQuerySet

EVENT_TYPES = ("all", "event", "event_custom", "event_posthog", "action_event")


class EventDefinitionFilter(filters.FilterSet):
    search = filters.CharFilter(method="filter_search", help_text="Words, each of which the name must hold.")
    event_type = filters.ChoiceFilter(
        choices=[(kind, kind) for kind in EVENT_TYPES],
        method="filter_event_type",
        help_text="`event_posthog`: names that begin with a dollar; `event_custom`: the others.",
    )
    verified = filters.CharFilter(
        method="filter_verified", help_text="`true`: verified, or one of PostHog's own. Else: neither."
    )
    exclude_hidden = filters.BooleanFilter(method="filter_shown", help_text="Leave out hidden ones.")
    exclude_stale = filters.BooleanFilter(method="filter_fresh", help_text="Leave out what was not seen for 30 days.")
    names = filters.CharFilter(method="filter_names", help_text="Exact names, by commas, or the parameter repeated.")
    tags = filters.CharFilter(method="filter_tags", help_text="JSON array of tags: with at least one of them.")
    excluded_properties = filters.CharFilter(
        method="filter_excluded", help_text="JSON array of names of events to leave out."
    )
    # After `search`, whose order it replaces.
    ordering = filters.CharFilter(
        method="filter_ordering",
        help_text=f"{', '.join(ORDERS)}, with or without a minus; several by commas. Others are passed over.",
    )

    class Meta:
        model = EventDefinition
        fields: list[str] = []

    def filter_search(self, definitions: EventDefinitionQuerySet, name: str, value: str) -> EventDefinitionQuerySet:
        return definitions.search(value)

    def filter_event_type(self, definitions: EventDefinitionQuerySet, name: str, value: str) -> EventDefinitionQuerySet:
        if value == "event_custom":
            return definitions.custom()
        return definitions.posthogs_own() if value == "event_posthog" else definitions

    def filter_verified(self, definitions: EventDefinitionQuerySet, name: str, value: str) -> EventDefinitionQuerySet:
        return definitions.trusted() if value.lower() == "true" else definitions.not_trusted()

    def filter_shown(self, definitions: EventDefinitionQuerySet, name: str, value: bool) -> EventDefinitionQuerySet:
        return definitions.shown() if value else definitions

    def filter_fresh(self, definitions: EventDefinitionQuerySet, name: str, value: bool) -> EventDefinitionQuerySet:
        return definitions.fresh() if value else definitions

    def filter_names(self, definitions: EventDefinitionQuerySet, name: str, value: str) -> EventDefinitionQuerySet:
        return definitions.filter(name__in=self._words(name))

    def filter_tags(self, definitions: EventDefinitionQuerySet, name: str, value: str) -> EventDefinitionQuerySet:
        tags = texts(value)
        return definitions if tags is None else definitions.tagged([tag.strip().lower() for tag in tags])

    def filter_excluded(self, definitions: EventDefinitionQuerySet, name: str, value: str) -> EventDefinitionQuerySet:
        return definitions.exclude(name__in=texts(value) or [])

    def filter_ordering(self, definitions: EventDefinitionQuerySet, name: str, value: str) -> EventDefinitionQuerySet:
        known = [order for order in self._words(name) if order.removeprefix("-") in ORDERS]
        return definitions.in_order_of(known) if known else definitions

    def _words(self, name: str) -> list[str]:
        return [word for text in self.data.getlist(name) for word in text.split(",") if word]


@extend_schema_field(OpenApiTypes.INT)
class IntegerFilter(filters.NumberFilter):
    field_class = forms.IntegerField


class PropertyDefinitionFilter(filters.FilterSet):
    type = filters.ChoiceFilter(
        choices=PropertyDefinition.Kind.choices, method="pass_text", help_text="Whose properties; `event` by default."
    )
    group_type_index = IntegerFilter(
        method="pass_text", min_value=0, max_value=4, help_text="Which type of groups; needed with `type=group` alone."
    )
    event_names = filters.CharFilter(
        method="pass_text", help_text="JSON array; fills `is_seen_on_filtered_events`. Only with `type=event`."
    )
    filter_by_event_names = filters.BooleanFilter(
        method="pass_flag", help_text="Leave out what was not seen on any of `event_names`."
    )
    search = filters.CharFilter(method="filter_search", help_text="Words, each of which the name or label must hold.")
    properties = filters.CharFilter(method="filter_properties", help_text="Exact names, by commas.")
    excluded_properties = filters.CharFilter(method="filter_excluded", help_text="JSON array of names to leave out.")
    is_numerical = filters.BooleanFilter(field_name="is_numerical", help_text="Only numbers, or only others.")
    is_feature_flag = filters.BooleanFilter(method="filter_flags", help_text="Only feature flags, or only others.")
    exclude_core_properties = filters.BooleanFilter(
        method="filter_custom", help_text="Leave out what PostHog's SDKs add by themselves."
    )
    exclude_hidden = filters.BooleanFilter(method="filter_shown", help_text="Leave out hidden ones.")

    class Meta:
        model = PropertyDefinition
        fields: list[str] = []

    def filter_queryset(self, queryset: PropertyDefinitionQuerySet) -> PropertyDefinitionQuerySet:
        """The parameters that depend on each other, and then each of the others."""
        wishes = self.form.cleaned_data
        kind, index = wishes["type"] or "event", wishes["group_type_index"]
        if (kind == "group") != (index is not None):
            raise Refusal("`group_type_index` must be set if and only if `type` is `group`.", attr="group_type_index")
        if wishes["event_names"] and kind != "event":
            raise Refusal("`event_names` can only be set if `type` is `event`.", attr="event_names")

        events = required_texts("event_names", wishes["event_names"]) if wishes["event_names"] else None
        found = queryset.of_kind(kind, group_type_index=index).with_seen_on(events)
        if wishes["filter_by_event_names"] and events is not None:
            found = found.seen()
        return super().filter_queryset(found)

    def pass_text(self, definitions: Any, name: str, value: str) -> Any:
        """Already taken into account in `filter_queryset`. OpenAPI takes the type of the parameter from here."""
        return definitions

    def pass_flag(self, definitions: Any, name: str, value: bool) -> Any:
        return definitions

    def filter_search(self, definitions: Any, name: str, value: str) -> Any:
        return definitions.search(value)

    def filter_properties(self, definitions: Any, name: str, value: str) -> Any:
        return definitions.filter(name__in=value.split(","))

    def filter_excluded(self, definitions: Any, name: str, value: str) -> Any:
        return definitions.exclude(name__in=required_texts(name, value))

    def filter_flags(self, definitions: Any, name: str, value: bool) -> Any:
        return definitions.feature_flags() if value else definitions.no_feature_flags()

    def filter_custom(self, definitions: Any, name: str, value: bool) -> Any:
        return definitions.custom() if value else definitions

    def filter_shown(self, definitions: Any, name: str, value: bool) -> Any:
        return definitions.shown() if value else definitions


def texts(text: str) -> list[str] | None:
    """The texts of a JSON array, without those that no name can be; None for anything else."""
    try:
        values = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(values, list):
        return None
    return [value for value in values if isinstance(value, str) and "\x00" not in value]


def required_texts(name: str, text: str) -> list[str]:
    found = texts(text)
    if found is None:
        raise Refusal("Must be a JSON array of names.", attr=name)
    return found
