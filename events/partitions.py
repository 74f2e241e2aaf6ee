"""The monthly partitions of `events`, made when the first event of a month arrives.

Each in a transaction of its own and not as `PARTITION OF` inside the batch, which would block readers and deadlock.
There is no default partition: rows in it would forbid to make their month later.
"""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime

from django.db import connection, transaction

FIRST_MONTH = date(2015, 1, 1)
MAX_NEW_MONTHS = 24
LOCK_TIMEOUT = "5s"
# Any number will do, as long as nothing else in this program locks by it.
ADVISORY_LOCK = 4_170_001

_MONTHLY_NAME = re.compile(r"events_(?P<year>\d{4})_(?P<month>\d{2})")
_known_months: set[date] = set()


class MonthsStillMissing(Exception):
    """The batch spans more new months than one request may make. The same batch sent again gets further."""


def ensure_partitions(timestamps: Iterable[datetime]) -> None:
    months = {_month(timestamp) for timestamp in timestamps}
    # Events before the first month have a partition of their own since the migration.
    wanted = {month for month in months - _known_months if month >= FIRST_MONTH}
    if not wanted:
        return

    _known_months.update(_existing())
    missing = sorted(wanted - _known_months)
    if missing:
        _create(missing[:MAX_NEW_MONTHS])
    if len(missing) > MAX_NEW_MONTHS:
        raise MonthsStillMissing


def forget_partitions() -> None:
    """For when a partition turns out to be gone: an operator dropped it, or a rollback did."""
    _known_months.clear()


def _existing() -> set[date]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'events'::regclass")
        matches = [_MONTHLY_NAME.fullmatch(name) for (name,) in cursor.fetchall()]
    return {date(int(match["year"]), int(match["month"]), 1) for match in matches if match}


def _create(months: list[date]) -> None:
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [LOCK_TIMEOUT])
        cursor.execute("SELECT pg_advisory_xact_lock(%s::bigint)", [ADVISORY_LOCK])
        # Asked again under the lock: another process may have made some while this one waited.
        existing = _existing()
        for month in months:
            if month not in existing:
                for statement in partition_sql(month):
                    cursor.execute(statement)
    _known_months.update(months)


def partition_name(month: date) -> str:
    return f"events_{month:%Y_%m}"


def partition_sql(month: date) -> list[str]:
    """DDL takes no parameters; what is put in here is made of dates only."""
    name = partition_name(month)
    return [
        # Counting from the index alone needs pages that vacuum has seen, also where rows only ever come in.
        f"CREATE TABLE {name} (LIKE events INCLUDING ALL) WITH (autovacuum_vacuum_insert_scale_factor = 0.02)",
        f"ALTER TABLE events ATTACH PARTITION {name}"
        f" FOR VALUES FROM ('{month} 00:00+00') TO ('{next_month(month)} 00:00+00')",
    ]


def next_month(month: date) -> date:
    return month.replace(year=month.year + month.month // 12, month=month.month % 12 + 1)


def _month(timestamp: datetime) -> date:
    return timestamp.astimezone(UTC).date().replace(day=1)
