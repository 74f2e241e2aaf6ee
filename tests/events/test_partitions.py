"""Months are made when their first event arrives, and are never in the way."""

from datetime import UTC, date, datetime

from django.db import connection

from events.models import Event
from events.partitions import MAX_NEW_MONTHS, ensure_partitions, next_month, partition_name


def partitions() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'events'::regclass")
        return {name for (name,) in cursor.fetchall()}


def months(first: date, count: int) -> list[dict]:
    events = []
    for _ in range(count):
        events.append({"event": "a", "distinct_id": "ann", "timestamp": f"{first}T12:00:00Z"})
        first = next_month(first)
    return events


def test_this_month_and_the_next_two_are_there_from_the_start(db):
    month = datetime.now(UTC).date().replace(day=1)

    assert {"events_before_2015", partition_name(month), partition_name(next_month(month))} <= partitions()


def test_many_months_are_made_at_once(capture):
    response = capture(*months(date(2017, 3, 1), MAX_NEW_MONTHS))

    assert response.status_code == 200
    assert Event.objects.count() == MAX_NEW_MONTHS
    assert {"events_2017_03", "events_2017_12", "events_2018_01", "events_2019_02"} <= partitions()


def test_what_happened_long_ago_is_stored_without_a_month(capture):
    before = partitions()
    capture(*[{"event": "a", "distinct_id": "ann", "timestamp": f"{year}-06-01"} for year in ("0001", "1970", "2014")])

    assert [moment.year for moment in Event.objects.order_by("timestamp").values_list("timestamp", flat=True)] == [
        1,
        1970,
        2014,
    ]
    assert partitions() == before


def test_the_edge_of_a_month_is_the_edge_in_utc(capture):
    capture(
        {"event": "last", "distinct_id": "ann", "timestamp": "2018-01-31T23:59:59.999999Z"},
        {"event": "first", "distinct_id": "ann", "timestamp": "2018-01-31T23:00:00-01:00"},
    )

    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text, event FROM events ORDER BY timestamp")
        assert cursor.fetchall() == [("events_2018_01", "last"), ("events_2018_02", "first")]


def test_too_many_new_months_are_made_in_several_requests(capture):
    batch = months(date(2017, 1, 1), 2 * MAX_NEW_MONTHS + 1)

    refused = capture(*batch)
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "1")
    assert not Event.objects.exists()

    assert [capture(*batch).status_code for _ in range(2)] == [503, 200]
    assert Event.objects.count() == len(batch)


def test_a_partition_that_was_dropped_is_made_again(capture):
    capture(*months(date(2018, 5, 1), 1))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("DROP TABLE events_2018_05")

    assert capture(*months(date(2018, 5, 1), 1)).status_code == 200
    assert Event.objects.count() == 1


def test_a_new_month_has_the_indexes_and_columns_of_the_others(db):
    ensure_partitions([datetime(2018, 5, 7, tzinfo=UTC)])

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_indexes WHERE tablename = ANY(%s)", [["events_2018_05"]])
        assert cursor.fetchone() == (3,)
        cursor.execute(
            "SELECT count(*) FROM pg_attribute WHERE attrelid = 'events_2018_05'::regclass AND attgenerated = 's'"
        )
        assert cursor.fetchone() == (10,)


def test_a_known_month_costs_no_question(capture, django_assert_num_queries):
    ensure_partitions([datetime.now(UTC)])

    with django_assert_num_queries(0):
        ensure_partitions([datetime.now(UTC)])
