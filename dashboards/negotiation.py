from collections.abc import Iterable, Sequence
from typing import Any

from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from common.renderers import JSONRenderer


class _EventStreamRenderer(JSONRenderer):
    media_type = "text/event-stream"
    format = "txt"


class EventStreamsToo(DefaultContentNegotiation):
    """Clients may ask every action for an event stream. Only `stream_tiles` is one; the others answer in JSON."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        known: Sequence[Any] = [*renderers, _EventStreamRenderer()]
        renderer, media_type = super().select_renderer(request, known, format_suffix)
        return (known[0], known[0].media_type) if isinstance(renderer, _EventStreamRenderer) else (renderer, media_type)
