from collections.abc import Mapping
from typing import Any

from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.viewsets import ScopedViewSet
from common.renderers import JSONRenderer
from events.csv_tables import csv_table


class CSVRenderer(BaseRenderer):
    """A page of results, or one row, as a table."""

    media_type = "text/csv"
    format = "csv"
    charset = "utf-8"

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> str:
        if data is None:
            return ""
        if isinstance(data, Mapping) and "results" in data:
            return csv_table(data["results"])
        return csv_table(data if isinstance(data, list) else [data])


class TablesToo(ScopedViewSet):
    """Answers with `?format=csv` as a table. Refusals are JSON all the same. Stands first in the bases."""

    renderer_classes = [JSONRenderer, CSVRenderer]

    @property
    def is_table(self) -> bool:
        return isinstance(self.request.accepted_renderer, CSVRenderer)

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        if response.exception:
            response.accepted_renderer, response.accepted_media_type = JSONRenderer(), JSONRenderer.media_type
        return response
