"""What answers where no view of ours does. Under the API always in the envelope."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views import defaults
from django.views.decorators.csrf import csrf_exempt

from common.exception_handler import error


@csrf_exempt
def endpoint_not_found(request: HttpRequest, *args: Any, **kwargs: Any) -> JsonResponse:
    return JsonResponse(error("invalid_request", "not_found", "Endpoint not found."), status=404)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if not _is_api(request):
        return defaults.bad_request(request, exception)
    return JsonResponse(error("invalid_request", "bad_request", "Bad request."), status=400)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if not _is_api(request):
        return defaults.page_not_found(request, exception)
    return endpoint_not_found(request)


def server_error(request: HttpRequest) -> HttpResponse:
    if not _is_api(request):
        return defaults.server_error(request)
    return JsonResponse(error("server_error", "error", "A server error occurred."), status=500)


def _is_api(request: HttpRequest) -> bool:
    return request.path_info.startswith("/api/")
