from typing import Any

from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response


class ForbidDestroyMixin:
    """DELETE is answered 405 with an empty body, whatever the id: deletion is PATCH {"deleted": true}."""

    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return Response(status=status.HTTP_405_METHOD_NOT_ALLOWED)
