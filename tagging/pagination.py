from typing import Any

from rest_framework.response import Response

from common.pagination import LimitOffsetPagination


class BareListPagination(LimitOffsetPagination):
    """`limit` and `offset` without an envelope. A bare list cannot say that there is more, so it holds all."""

    default_limit = LimitOffsetPagination.max_limit

    def get_paginated_response(self, data: Any) -> Response:
        return Response(data)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return schema
