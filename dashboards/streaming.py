"""Server-sent events of a dashboard: its frames, and the comments that keep a slow stream alive. Knows no database."""

from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import structlog

from common.renderers import dump_json

logger = structlog.get_logger(__name__)

JSON = dict[str, Any]
#: How long a client hears nothing at most. Only by writing is it noticed that a client has left.
HEARTBEAT_SECONDS = 5
HEARTBEAT = b": still computing\n\n"
BROKEN = "The tile could not be shown."


def frames_of(
    dashboard: JSON, batches: Iterable[list[Any]], *, render: Callable[[Any], JSON]
) -> Generator[bytes, None, None]:
    """The dashboard with the first of the `batches` of tiles, then every other tile by itself, then the end."""
    waiting = iter(batches)
    try:
        first = [_initial(tile, render) for tile in next(waiting, [])]
        yield _frame({"type": "metadata", "dashboard": {**dashboard, "tiles": first}})
        for batch in waiting:
            for tile in batch:
                yield _frame(_event(tile, render))
        yield _frame({"type": "complete"})
    except Exception:
        logger.exception("stream_failed")
        yield _frame({"type": "error", "error": "The dashboard could not be streamed to its end."})


def with_heartbeats(frames: Generator[bytes, None, None], *, every: float = HEARTBEAT_SECONDS) -> Iterator[bytes]:
    """What `frames` gives, made in a thread of its own, with comments while that takes long.

    Closed early, it waits for nothing: what is being made is finished by the thread, which then closes `frames`.
    """
    thread = ThreadPoolExecutor(1, thread_name_prefix="stream")
    try:
        while True:
            future = thread.submit(next, frames, None)
            while not wait([future], timeout=every).done:
                yield HEARTBEAT
            frame = future.result()
            if frame is None:
                return
            yield frame
    finally:
        thread.submit(frames.close)
        thread.shutdown(wait=False)


def _initial(tile: Any, render: Callable[[Any], JSON]) -> JSON:
    try:
        return render(tile)
    except Exception:
        logger.exception("tile_not_rendered", tile=tile.pk)
        return {"id": tile.pk, "error": {"type": "server_error", "message": BROKEN}}


def _event(tile: Any, render: Callable[[Any], JSON]) -> JSON:
    shown = _initial(tile, render)
    if "error" in shown:
        return {"type": "error", "tile_id": tile.pk, "error": shown["error"]["message"]}
    return {"type": "tile", "order": tile.order, "tile": shown}


def _frame(event: JSON) -> bytes:
    # JSON holds no raw line break, so that one line is enough.
    return b"data: " + dump_json(event) + b"\n\n"
