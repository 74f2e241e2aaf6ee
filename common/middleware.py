from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase, JsonResponse

from common.exception_handler import error


class RefuseUnstorableAddress:
    """A NUL in the path or the query can match nothing and breaks every comparison in Postgres: 400."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return JsonResponse(
                error("invalid_request", "null_characters_not_allowed", "Null characters are not allowed."), status=400
            )
        return self.get_response(request)
