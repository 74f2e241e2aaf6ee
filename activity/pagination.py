from typing import Any

from django.utils.dateparse import parse_datetime
from rest_framework import pagination
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.utils.urls import remove_query_param, replace_query_param
from rest_framework.views import APIView

from common.pagination import LimitOffsetPagination


class ActivityCursorPagination(pagination.CursorPagination):
    """`{next, previous, results}`: pages that stay where they are while new entries arrive."""

    page_size = 100
    max_page_size = 1000
    page_size_query_param = "page_size"
    ordering = ("-created_at", "-id")
    template = None

    def decode_cursor(self, request: Request) -> pagination.Cursor | None:
        """Raises NotFound for a cursor that we did not write."""
        cursor = super().decode_cursor(request)
        if cursor is not None and cursor.position is not None and not _is_moment(str(cursor.position)):
            raise NotFound(self.invalid_cursor_message)
        return cursor


class ActivityPagination(LimitOffsetPagination):
    """`{count, next, previous, results}` by number of page, which begins at 1. A bad number is the first page."""

    default_limit = 10
    max_limit = 1000
    page_query_param = "page"
    page = 1

    def paginate_queryset(self, queryset: Any, request: Request, view: APIView | None = None) -> Any:
        asked = request.query_params.get(self.page_query_param, "")
        self.page = max(int(asked), 1) if asked.isascii() and asked.isdigit() and len(asked) < 10 else 1
        return super().paginate_queryset(queryset, request, view)

    def get_offset(self, request: Request) -> int:
        return (self.page - 1) * self.get_limit(request)  # type: ignore[operator]

    def get_next_link(self) -> str | None:
        if self.offset + self.limit >= self.count:  # type: ignore[operator]
            return None
        return self._link(self.page + 1)

    def get_previous_link(self) -> str | None:
        return self._link(self.page - 1) if self.page > 1 else None

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        return [
            {"name": name, "in": "query", "required": False, "description": description, "schema": {"type": "integer"}}
            for name, description in (
                (self.limit_query_param, "Number of results to return per page."),
                (self.page_query_param, "The page, beginning at 1."),
            )
        ]

    def _link(self, page: int) -> str:
        url = self.request.build_absolute_uri()  # type: ignore[union-attr]
        if page == 1:
            return remove_query_param(url, self.page_query_param)
        return replace_query_param(url, self.page_query_param, page)


def _is_moment(text: str) -> bool:
    try:
        moment = parse_datetime(text)
    except ValueError:
        return False
    return moment is not None and moment.tzinfo is not None
