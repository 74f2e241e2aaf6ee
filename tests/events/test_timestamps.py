from datetime import UTC, datetime, timedelta

import pytest

from events.capture.timestamps import event_timestamp, parse_moment, parse_sent_at

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
SENT = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)  # by a clock that is an hour slow


def placed(event: dict, sent_at: datetime | None = None) -> datetime:
    return event_timestamp(event, received_at=NOW, sent_at=sent_at)


@pytest.mark.parametrize(
    ("event", "sent_at", "expected"),
    [
        ({}, None, NOW),
        ({"timestamp": "2026-03-01T10:00:00Z"}, None, datetime(2026, 3, 1, 10, tzinfo=UTC)),
        ({"timestamp": "2026-03-01T10:00:00"}, None, datetime(2026, 3, 1, 10, tzinfo=UTC)),
        ({"timestamp": "2026-03-01T10:00:00+02:00"}, None, datetime(2026, 3, 1, 8, tzinfo=UTC)),
        ({"timestamp": "2026-03-10T10:50:00Z"}, SENT, NOW - timedelta(minutes=10)),
        (
            {"timestamp": "2026-03-10T10:50:00Z", "properties": {"$ignore_sent_at": True}},
            SENT,
            datetime(2026, 3, 10, 10, 50, tzinfo=UTC),
        ),
        ({"offset": 90_000}, None, NOW - timedelta(seconds=90)),
        ({"offset": 90_000}, SENT, NOW - timedelta(seconds=90)),
        ({"offset": 90_000, "timestamp": "2026-03-10T10:50:00Z"}, SENT, NOW - timedelta(seconds=90)),
        ({"offset": 90_000, "timestamp": "2026-03-01T10:00:00Z"}, None, datetime(2026, 3, 1, 10, tzinfo=UTC)),
        ({"timestamp": "1999-12-31T23:00:00Z"}, None, datetime(1999, 12, 31, 23, tzinfo=UTC)),
    ],
)
def test_places_an_event_by_the_clock_of_the_server(event, sent_at, expected):
    assert placed(event, sent_at) == expected


def test_the_future_may_reach_23_hours():
    assert placed({"timestamp": (NOW + timedelta(hours=22)).isoformat()}) == NOW + timedelta(hours=22)
    assert placed({"timestamp": (NOW + timedelta(hours=24)).isoformat()}) == NOW


@pytest.mark.parametrize(
    "event",
    [
        {"timestamp": "yesterday"},
        {"timestamp": 1_700_000_000},
        {"timestamp": {"a": 1}},
        {"timestamp": "0000-01-01T00:00:00Z"},
        {"timestamp": "12026-01-01T00:00:00Z"},
        {"timestamp": "0001-01-01T00:00:00+14:00"},
        {"offset": 1e300},
        {"offset": "NaN"},
        {"offset": True},
        {"offset": [1]},
    ],
)
def test_what_is_no_moment_is_now(event):
    assert placed(event) == NOW


def test_a_skew_that_leads_out_of_time_is_now():
    assert placed({"timestamp": "0001-01-02T00:00:00Z"}, datetime(2026, 12, 1, tzinfo=UTC)) == NOW


@pytest.mark.parametrize(
    "value",
    ["2026-03-10T11:00:00.000Z", "1773140400000", 1773140400000, "1773140400", "Tue, 10 Mar 2026 11:00:00 GMT"],
)
def test_the_moment_of_sending_comes_in_many_forms(value):
    assert parse_sent_at(value) == SENT


@pytest.mark.parametrize("value", [None, "", "soon", "12", 12, -5, 1e300, True, {}, []])
def test_what_is_no_moment_of_sending_is_none(value):
    assert parse_sent_at(value) is None


def test_moments_are_kept_to_the_microsecond():
    assert parse_moment("2026-03-10T11:00:00.123456+00:00") == SENT.replace(microsecond=123456)
