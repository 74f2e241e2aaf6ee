"""The parameters that narrow a list of insights. What cannot be read is refused, with the parameter's name."""

from datetime import UTC, datetime
from typing import Any

import orjson
from django import forms
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field

from common.exceptions import Refusal
from common.parsers import MAX_INTEGER
from events.filtering.moments import Clock, parse_moment
from insights.flags import is_yes
from insights.querysets import InsightQuerySet

SEARCH_LIMIT = 200
LIST_LIMIT = 100
KINDS = ("TRENDS", "FUNNELS", "RETENTION", "PATHS", "STICKINESS", "LIFECYCLE", "SQL", "JSON")
ORDER_FIELDS = (
    "order",
    "id",
    "name",
    "derived_name",
    "created_at",
    "created_by",
    "updated_at",
    "last_modified_at",
    "last_viewed_at",
    "favorited",
    "saved",
)
DATES = "An absolute date or a relative one, like `-7d`."


class _SentWidget(forms.Widget):
    def value_from_datadict(self, data: Any, files: Any, name: str) -> str | None:
        return data.get(name)


class _SentField(forms.Field):
    widget = _SentWidget


@extend_schema_field(OpenApiTypes.STR)
class SentFilter(filters.Filter):
    """Speaks also when its value is empty: `?favorited` and `?folder=` mean something."""

    field_class = _SentField

    def __init__(self, *, narrow: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.narrow = narrow

    def filter(self, qs: InsightQuerySet, value: str | None) -> InsightQuerySet:
        return qs if value is None else getattr(self.parent, self.narrow)(qs, value)


class InsightFilter(filters.FilterSet):
    saved = filters.CharFilter(
        method="filter_saved", help_text="`true`: saved, or on a dashboard that is listed. Else: not saved."
    )
    favorited = SentFilter(narrow="filter_favorited", help_text="Only favorites, whatever the value.")
    user = SentFilter(narrow="filter_user", help_text="Only the caller's own, whatever the value.")
    folder = SentFilter(narrow="filter_folder", help_text="Filed in exactly this folder; empty: in none.")
    created_by = filters.CharFilter(method="filter_created_by", help_text="JSON array of user ids, or one id.")
    search = filters.CharFilter(
        method="filter_search",
        help_text="Text in the name, the description or a tag, or like it; at most 200 characters. Each insight then "
        "has a `search_match_type`: `exact` or `similar`.",
    )
    short_id = filters.CharFilter(help_text="The insight with exactly this short id.")
    insight = filters.ChoiceFilter(choices=[(kind, kind) for kind in KINDS], method="filter_kind")
    dashboards = filters.CharFilter(
        method="filter_dashboards", help_text="JSON array of dashboard ids: on every one of them."
    )
    tags = filters.CharFilter(method="filter_tags", help_text="JSON array of tags: with at least one of them.")
    events = filters.CharFilter(method="filter_events", help_text="JSON array of event names: about all of them.")
    feature_flag = filters.CharFilter(method="filter_flag", help_text="About the feature flag with this key.")
    hide_feature_flag_insights = filters.CharFilter(
        method="filter_flags_out", help_text="`true`: without those that count the calls of feature flags."
    )
    date_from = filters.CharFilter(method="filter_after", field_name="last_modified_at", help_text=DATES)
    date_to = filters.CharFilter(method="filter_before", field_name="last_modified_at", help_text=DATES)
    created_date_from = filters.CharFilter(method="filter_after", field_name="created_at", help_text=DATES)
    created_date_to = filters.CharFilter(method="filter_before", field_name="created_at", help_text=DATES)
    last_viewed_date_from = filters.CharFilter(method="filter_after", field_name="last_viewed_at", help_text=DATES)
    last_viewed_date_to = filters.CharFilter(method="filter_before", field_name="last_viewed_at", help_text=DATES)
    order = filters.CharFilter(
        method="filter_order", help_text=f"One of {', '.join(ORDER_FIELDS)}; a minus before it turns it around."
    )

    def filter_saved(self, insights: InsightQuerySet, name: str, value: str) -> InsightQuerySet:
        return insights.saved_or_shown() if is_yes(value) else insights.filter(saved=False)

    def filter_favorited(self, insights: InsightQuerySet, value: str) -> InsightQuerySet:
        return insights.filter(favorited=True)

    def filter_user(self, insights: InsightQuerySet, value: str) -> InsightQuerySet:
        return insights.filter(created_by=self.request.user.pk)

    def filter_folder(self, insights: InsightQuerySet, value: str) -> InsightQuerySet:
        return insights.filter(folder=value)

    def filter_created_by(self, insights: InsightQuerySet, name: str, value: str) -> InsightQuerySet:
        return insights.made_by(_ids(name, value))

    def filter_search(self, insights: InsightQuerySet, name: str, value: str) -> InsightQuerySet:
        if len(value) > SEARCH_LIMIT:
            raise Refusal(f"Search query must be {SEARCH_LIMIT} characters or fewer.", attr=name)
        return insights.search(value)

    def filter_kind(self, insights: InsightQuerySet, name: str, value: str) -> InsightQuerySet:
        return insights.of_kind(value)

    def filter_dashboards(self, insights: InsightQuerySet, name: str, value: str) -> InsightQuerySet:
        return insights.on_dashboards(_ids(name, value))

    def filter_tags(self, insights: InsightQuerySet, name: str, value: str) -> InsightQuerySet:
        return insights.tagged([tag.strip().lower() for tag in _texts(name, value)])

    def filter_events(self, insights: InsightQuerySet, name: str, value: str) -> InsightQuerySet:
        return insights.about_events(_texts(name, value))

    def filter_flag(self, insights: InsightQuerySet, name: str, value: str) -> InsightQuerySet:
        return insights.about_flag(value)

    def filter_flags_out(self, insights: InsightQuerySet, name: str, value: str) -> InsightQuerySet:
        return insights.not_about_flag_calls() if is_yes(value) else insights

    def filter_after(self, insights: InsightQuerySet, column: str, value: str) -> InsightQuerySet:
        return insights.after(column, self._moment(column, value, bound="from"))

    def filter_before(self, insights: InsightQuerySet, column: str, value: str) -> InsightQuerySet:
        return insights.before(column, self._moment(column, value, bound="to"))

    def filter_order(self, insights: InsightQuerySet, name: str, value: str) -> InsightQuerySet:
        if value.removeprefix("-") not in ORDER_FIELDS:
            raise Refusal(f"Cannot order by {value[:50]!r}. Use one of {', '.join(ORDER_FIELDS)}.", attr=name)
        return insights.in_order_of(value)

    def _moment(self, column: str, text: str, *, bound: str) -> datetime:
        """In the project's zone. Text that holds no date at all is refused, though in queries it means now."""
        name = f"{column.removesuffix('_at')}_date_{bound}".replace("last_modified_", "")
        team = self.request.parser_context["view"].team
        try:
            moment = parse_moment(text, Clock.of(team, datetime.now(UTC)))
        except Refusal as refusal:
            raise Refusal(refusal.detail, attr=name) from None
        if moment.is_relative and moment.unit is None:
            raise Refusal(f"Invalid date: {text[:50]!r}.", attr=name)
        return moment.at


def _ids(name: str, text: str) -> list[int]:
    ids = _values(name, text, "ids")
    if not all(isinstance(pk, int) and not isinstance(pk, bool) and abs(pk) <= MAX_INTEGER for pk in ids):
        raise _unreadable(name, "ids")
    return ids


def _texts(name: str, text: str) -> list[str]:
    texts = _values(name, text, "texts")
    if not all(isinstance(one, str) and "\x00" not in one for one in texts):
        raise _unreadable(name, "texts")
    return texts


def _values(name: str, text: str, what: str) -> list[Any]:
    """A JSON array, or a single value, as one-element lists are often written."""
    try:
        parsed = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise _unreadable(name, what) from None
    values = parsed if isinstance(parsed, list) else [parsed]
    if len(values) > LIST_LIMIT:
        raise Refusal(f"Ensure this field has no more than {LIST_LIMIT} elements.", code="max_length", attr=name)
    return values


def _unreadable(name: str, what: str) -> Refusal:
    return Refusal(f"Must be a JSON array of {what}.", attr=name)
