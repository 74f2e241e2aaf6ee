"""Bodies without a Content-Length (chunked uploads, HTTP/2), which Django would take for empty ones."""

from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any

METHODS_WITH_BODY = {"POST", "PUT", "PATCH", "DELETE"}
PIECE = 64 * 1024

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


def with_chunked_bodies(application: Application, *, limit: int) -> Application:
    """Read such a body and say how long it is; of one above `limit` just one byte more, so that the parsers say 413."""

    def measured(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if not environ.get("CONTENT_LENGTH") and environ["REQUEST_METHOD"] in METHODS_WITH_BODY:
            body = _read(environ["wsgi.input"], limit + 1)
            environ["wsgi.input"] = BytesIO(body)
            environ["CONTENT_LENGTH"] = str(len(body))
        return application(environ, start_response)

    return measured


def _read(source: Any, at_most: int) -> bytes:
    body = bytearray()
    while len(body) < at_most and (piece := source.read(min(PIECE, at_most - len(body)))):
        body += piece
    return bytes(body)
