from typing import Any

from rest_framework.request import Request

from common.exceptions import Refusal
from common.pagination import LimitOffsetPagination


class DefinitionsPagination(LimitOffsetPagination):
    """The one list that refuses a page before the first, or one of no rows, as PostHog's does."""

    def get_limit(self, request: Request) -> int | None:
        _refuse_below(1, "limit", request)
        return super().get_limit(request)

    def get_offset(self, request: Request) -> int:
        _refuse_below(0, "offset", request)
        return super().get_offset(request)


def _refuse_below(minimum: int, name: str, request: Request) -> None:
    """What is no number at all means the default, here as everywhere."""
    text: Any = request.query_params.get(name)
    try:
        is_below = text is not None and int(text) < minimum
    except ValueError:
        return
    if is_below:
        raise Refusal(f"Ensure this value is greater than or equal to {minimum}.", code="min_value", attr=name)
