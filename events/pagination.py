from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from common.pagination import ResultsPagination


class UncountedPagination(ResultsPagination):
    """Pages without their number, which would cost a count of all rows; `include_total` wants it all the same."""

    has_more = False

    def paginate_queryset(self, queryset: Any, request: Request, view: APIView | None = None) -> list[Any]:
        self.request = request
        self.limit = limit = self.get_limit(request) or self.default_limit
        # What Postgres takes for an offset.
        self.offset = min(self.get_offset(request), 2**62)
        self.count = queryset.count() if "include_total" in request.query_params else 0
        rows = list(queryset[self.offset : self.offset + limit + 1])
        self.has_more = len(rows) > limit
        return rows[:limit]

    def get_next_link(self) -> str | None:
        if not self.has_more:
            return None
        # As long as there are more rows, there are at least that many.
        self.count = max(self.count or 0, (self.offset or 0) + (self.limit or 0) + 1)
        return super().get_next_link()

    def get_paginated_response(self, data: Any) -> Response:
        total = {"count": self.count} if "include_total" in self.request.query_params else {}  # type: ignore[union-attr]
        links = {"next": self.get_next_link(), "previous": self.get_previous_link()}
        return Response({"results": data, **links, **total})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        page = super().get_paginated_response_schema(schema)
        page["required"] = ["results", "next", "previous"]
        page["properties"]["count"]["description"] = "Only with `include_total`."
        return page
