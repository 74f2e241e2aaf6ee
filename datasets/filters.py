from typing import Any

from django.core.exceptions import ValidationError
from django_filters import rest_framework as filters
from django_filters.fields import ModelChoiceField

from datasets.models import Dataset, DatasetItem
from datasets.querysets import DatasetQuerySet

TIMES = ("created_at", "updated_at")


class UUIDInFilter(filters.BaseInFilter, filters.UUIDFilter):
    pass


class StableOrderingFilter(filters.OrderingFilter):
    """Rows of the same moment keep their places from page to page."""

    def filter(self, qs: Any, value: Any) -> Any:
        ordered = super().filter(qs, value)
        return ordered if ordered is qs else ordered.order_by(*ordered.query.order_by, "id")


class DatasetFilter(filters.FilterSet):
    id__in = UUIDInFilter(field_name="id", lookup_expr="in", help_text="Ids, separated by commas.")
    search = filters.CharFilter(method="filter_search", help_text="Text in the name, the description or the metadata.")
    order_by = StableOrderingFilter(
        fields=TIMES, help_text=f"{' or '.join(TIMES)}; a minus before it turns it around. Several, by commas."
    )

    class Meta:
        model = Dataset
        fields: list[str] = []

    def filter_search(self, datasets: DatasetQuerySet, name: str, value: str) -> DatasetQuerySet:
        return datasets.search(value)


class DatasetChoiceField(ModelChoiceField):
    def to_python(self, value: Any) -> Any:
        """An id of a strange form is as little a choice as one that nobody has."""
        try:
            return super().to_python(value)
        except ValidationError:
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice") from None


class DatasetChoiceFilter(filters.ModelChoiceFilter):
    field_class = DatasetChoiceField


class DatasetItemFilter(filters.FilterSet):
    # Of every project: rows are narrowed to the caller's before this filter sees them.
    dataset = DatasetChoiceFilter(
        queryset=Dataset.objects_including_soft_deleted.all(), help_text="Only the items of this dataset."
    )

    class Meta:
        model = DatasetItem
        fields: list[str] = []
