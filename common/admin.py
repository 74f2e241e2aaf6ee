"""What the pages of the admin have in common. The admin looks; what belongs to a project is changed through the API,
which checks rights, keeps versions and writes the activity log.
"""

from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property

MOST_COUNTED = 1000


class BoundedPaginator(Paginator):
    """Of a table that may hold millions: nobody pages through more than are counted here."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return rows.order_by()[:MOST_COUNTED].count()


class ReadOnly:
    """Neither made, changed nor deleted here."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyAdmin(ReadOnly, admin.ModelAdmin):
    """Rows of projects. Deleted ones are shown too, where rows are only marked as deleted."""

    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        model: Any = self.model
        rows = getattr(model, "objects_including_soft_deleted", model._default_manager).all()
        ordering = self.get_ordering(request)
        return rows.order_by(*ordering) if ordering else rows


class LargeTableAdmin(ReadOnlyAdmin):
    paginator = BoundedPaginator
    list_per_page = 50


class ReadOnlyInline(ReadOnly, admin.TabularInline):
    """Shows its `fields`."""

    extra = 0
    can_delete = False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields
