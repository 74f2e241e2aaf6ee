"""Persons as a file lists them: a column of uuids, of distinct ids or of e-mail addresses. Pure."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from common.exceptions import Refusal

MAX_LISTED = 100_000
# What a header may call the column.
UUIDS, DISTINCT_IDS, EMAILS = ("person_id", "person-id"), ("distinct_id", "distinct-id"), ("email", "e-mail")


@dataclass(frozen=True, kw_only=True)
class ListedPersons:
    uuids: tuple[UUID, ...] = ()
    distinct_ids: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.uuids or self.distinct_ids or self.emails)


def listed_in(content: bytes) -> ListedPersons:
    """Without a header that says otherwise, the first column holds distinct ids. Raises Refusal."""
    try:
        rows = [row for row in csv.reader(content.decode("utf-8-sig").splitlines()) if any(row)]
    except (UnicodeDecodeError, csv.Error):
        raise Refusal("The file is not a table of comma-separated values in UTF-8.", attr="csv") from None
    if not rows:
        raise Refusal("The file is empty.", attr="csv")
    if len(rows) > MAX_LISTED:
        raise Refusal(f"The file lists more than {MAX_LISTED} persons.", attr="csv")

    header = [name.strip().lower() for name in rows[0]]
    for names, make in ((UUIDS, _with_uuids), (DISTINCT_IDS, _with_distinct_ids), (EMAILS, _with_emails)):
        column = next((index for index, name in enumerate(header) if name in names), None)
        if column is not None:
            return make(_column(rows[1:], column))
    return _with_distinct_ids(_column(rows, 0))


def _column(rows: Iterable[list[str]], index: int) -> list[str]:
    texts = (row[index].strip() for row in rows if len(row) > index)
    return list(dict.fromkeys(text for text in texts if text and "\x00" not in text))


def _with_uuids(texts: list[str]) -> ListedPersons:
    try:
        return ListedPersons(uuids=tuple(UUID(text) for text in texts))
    except ValueError:
        raise Refusal("The column person_id holds something that is no uuid.", attr="csv") from None


def _with_distinct_ids(texts: list[str]) -> ListedPersons:
    return ListedPersons(distinct_ids=tuple(texts))


def _with_emails(texts: list[str]) -> ListedPersons:
    return ListedPersons(emails=tuple(texts))
