from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import ValidationError

from common.exceptions import Refusal


class Unsupported(Refusal):
    """A question that is valid but that this server cannot answer; `place` names the part of the query."""

    def __init__(self, place: str, reason: str = "is not supported yet") -> None:
        super().__init__(f"{place} {reason}.")


@contextmanager
def at_place(place: str) -> Iterator[None]:
    """Whatever is refused inside names the part of the query, if it does not yet. No place: as it is."""
    try:
        yield
    except Refusal as refusal:
        if not place or refusal.detail.startswith(f"{place}:"):
            raise
        raise Refusal(f"{place}: {refusal.detail}", code=refusal.code) from None


@contextmanager
def fault_of(attr: str, *, place: str | None = None) -> Iterator[None]:
    """Whatever is refused inside is a fault of the field `attr`. What pydantic finds gets its place before it."""
    try:
        yield
    except ValidationError as exc:
        first = exc.errors()[0]
        where = ".".join(str(part) for part in (place or attr, *first["loc"]))
        raise Refusal(f"{where}: {first['msg']}", attr=attr) from None
    except Refusal as refusal:
        raise Refusal(refusal.detail, code=refusal.code, attr=attr) from None
