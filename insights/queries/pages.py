"""Pages of tables. Pure."""

from dataclasses import dataclass

from common.exceptions import Refusal

DEFAULT_LIMIT = 100
MAX_LIMIT = 50_000
MAX_OFFSET = 10_000_000


@dataclass(frozen=True, kw_only=True)
class Page:
    limit: int
    offset: int


def page_of(limit: int | None, offset: int | None) -> Page:
    """One row more than `limit` is read, to know whether there is more."""
    if limit is not None and limit < 1:
        raise Refusal("limit: must be at least 1.")
    if offset is not None and not 0 <= offset <= MAX_OFFSET:
        raise Refusal(f"offset: must be between 0 and {MAX_OFFSET}.")
    return Page(limit=min(limit or DEFAULT_LIMIT, MAX_LIMIT), offset=offset or 0)
