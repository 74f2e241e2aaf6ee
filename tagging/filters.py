from django_filters import rest_framework as filters

from tagging.models import Tag


class TagFilter(filters.FilterSet):
    search = filters.CharFilter(field_name="name", lookup_expr="icontains", help_text="Part of a name.")

    class Meta:
        model = Tag
        fields: list[str] = []
