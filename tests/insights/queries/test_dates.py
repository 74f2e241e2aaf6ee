from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from common.exceptions import Refusal
from events.filtering.moments import Clock, parse_moment
from insights.queries.buckets import MAX_BUCKETS, buckets_of, span_label
from insights.queries.dates import previous_range, resolve_range, shifted_range
from insights.queries.nodes import DateRange

NOW = "2024-05-15T14:30:45.123456"  # a Wednesday


def clock(now=NOW, zone="UTC", monday=False):
    return Clock(
        now=datetime.fromisoformat(now).replace(tzinfo=ZoneInfo(zone)),
        zone=ZoneInfo(zone),
        week_starts_on_monday=monday,
    )


def resolved(date_from=None, date_to=None, interval="day", explicit=None, at=None, rolling=False):
    asked = DateRange(date_from=date_from, date_to=date_to, explicitDate=explicit)
    return resolve_range(asked, interval=interval, clock=at or clock(), is_rolling=rolling)


def buckets(date_from=None, date_to=None, interval="day", at=None):
    at = at or clock()
    return buckets_of(resolved(date_from, date_to, interval, at=at), interval=interval, clock=at)


def text(moment):
    return f"{moment:%Y-%m-%d %H:%M:%S}"


@pytest.mark.parametrize(
    ("relative", "expected"),
    [
        ("-7d", "2024-05-08 14:30:45"),
        ("7d", "2024-05-08 14:30:45"),
        ("d", "2024-05-15 14:30:45"),
        ("-24h", "2024-05-14 14:30:45"),
        ("-90M", "2024-05-15 13:00:45"),
        ("-45s", "2024-05-15 14:30:00"),
        ("-2w", "2024-05-01 14:30:45"),
        ("-1q", "2024-02-14 14:30:45"),
        ("-3m", "2024-02-15 14:30:45"),
        ("-1y", "2023-05-15 14:30:45"),
        ("dStart", "2024-05-15 00:00:00"),
        ("dEnd", "2024-05-15 23:59:59"),
        ("-1dStart", "2024-05-14 00:00:00"),
        ("hStart", "2024-05-15 14:00:00"),
        ("mStart", "2024-05-01 14:30:45"),
        ("mEnd", "2024-05-31 14:30:45"),
        ("-1mStart", "2024-04-01 14:30:45"),
        ("-1mEnd", "2024-04-30 14:30:45"),
        ("yStart", "2024-01-01 14:30:45"),
        ("?!", "2024-05-15 14:30:45"),
        ("2021-1-1", "2021-01-01 00:00:00"),
        ("2021-12-13", "2021-12-13 00:00:00"),
        ("2021-12-13T10:20", "2021-12-13 10:20:00"),
        ("2021-12-13T10:20:00+02:00", "2021-12-13 08:20:00"),
        ("2021-12-13 10:20:30Z", "2021-12-13 10:20:30"),
        ("2021", "2021-01-01 00:00:00"),
    ],
)
def test_the_grammar_of_dates(relative, expected):
    assert text(parse_moment(relative, clock()).at) == expected


def test_a_month_ago_is_the_last_day_of_a_shorter_month():
    assert text(parse_moment("-1m", clock("2024-03-31T12:00:00")).at) == "2024-02-29 12:00:00"


def test_dates_without_an_offset_are_the_projects():
    assert parse_moment("2024-01-01", clock(zone="Asia/Tokyo")).at.astimezone(UTC) == datetime(
        2023, 12, 31, 15, tzinfo=UTC
    )


@pytest.mark.parametrize("nonsense", ["300000-01-01", "2024-02-31", "2024-13-01T00:00", "-99999y", "-999999999999d"])
def test_dates_that_cannot_be_are_refused(nonsense):
    with pytest.raises(Refusal):
        parse_moment(nonsense, clock())


@pytest.mark.parametrize(
    ("asked", "date_from", "date_to", "counted_from"),
    [
        ({}, "2024-05-08 00:00:00", "2024-05-15 23:59:59", "2024-05-08 00:00:00"),
        ({"date_from": "-7d"}, "2024-05-08 00:00:00", "2024-05-15 23:59:59", "2024-05-08 00:00:00"),
        ({"date_from": "-24h"}, "2024-05-14 14:00:00", "2024-05-15 23:59:59", "2024-05-14 14:00:00"),
        (
            {"date_from": "-24h", "interval": "hour"},
            "2024-05-14 14:00:00",
            "2024-05-15 14:59:59",
            "2024-05-14 14:00:00",
        ),
        (
            {"date_from": "2024-05-01 10:20:30", "date_to": "2024-05-02", "interval": "hour"},
            "2024-05-01 10:20:30",
            "2024-05-02 00:00:00",
            "2024-05-01 10:00:00",
        ),
        (
            {"date_from": "-60M", "interval": "minute"},
            "2024-05-15 13:30:45",
            "2024-05-15 14:30:59",
            "2024-05-15 13:30:45",
        ),
        (
            {"date_from": "2024-05-10", "date_to": "2024-05-12 10:00"},
            "2024-05-10 00:00:00",
            "2024-05-12 23:59:59",
            "2024-05-10 00:00:00",
        ),
        (
            {"date_from": "2024-05-10", "interval": "week"},
            "2024-05-10 00:00:00",
            "2024-05-15 23:59:59",
            "2024-05-10 00:00:00",
        ),
        (
            {"date_from": "2024-05-10", "interval": "month"},
            "2024-05-10 00:00:00",
            "2024-05-15 23:59:59",
            "2024-05-01 00:00:00",
        ),
        (
            {"date_from": "2024-05-10 10:00", "date_to": "2024-05-12 10:00", "explicit": True},
            "2024-05-10 10:00:00",
            "2024-05-12 10:00:00",
            "2024-05-10 10:00:00",
        ),
        ({"date_from": "-7d", "rolling": True}, "2024-05-08 14:30:45", "2024-05-15 14:30:45", "2024-05-08 14:30:45"),
        (
            {"date_from": "-1dStart", "date_to": "-1dEnd"},
            "2024-05-14 00:00:00",
            "2024-05-14 23:59:59",
            "2024-05-14 00:00:00",
        ),
        ({"date_from": "mStart"}, "2024-05-01 00:00:00", "2024-05-15 23:59:59", "2024-05-01 00:00:00"),
    ],
)
def test_ranges(asked, date_from, date_to, counted_from):
    found = resolved(**asked)

    assert (text(found.date_from), text(found.date_to), text(found.counted_from)) == (date_from, date_to, counted_from)


@pytest.mark.parametrize(
    ("asked", "days"),
    [
        ({"date_from": "-7d"}, 8),
        ({"date_from": "-24h", "interval": "hour"}, 25),
        ({"date_from": "2024-05-01", "date_to": "2024-05-02", "interval": "hour"}, 25),
        ({"date_from": "-30d", "interval": "week"}, 5),
        ({"date_from": "-1y", "interval": "month"}, 13),
        ({"date_from": "-60M", "interval": "minute"}, 61),
        ({"date_from": "2024-05-20"}, 0),
    ],
)
def test_every_interval_has_a_bucket(asked, days):
    assert len(buckets(**asked).days()) == days


def test_labels_of_days_hours_and_months():
    assert buckets("2020-01-09", "2020-01-09").labels() == ["9-Jan-2020"]
    assert buckets("2020-01-09", "2020-01-10", "hour").labels()[:2] == ["9-Jan 00:00", "9-Jan 01:00"]
    assert buckets("2020-01-09", "2020-01-10", "hour").days()[1] == "2020-01-09 01:00:00"
    assert buckets("2020-01-09", "2020-02-10", "month").labels() == ["Jan 2020", "Feb 2020"]
    assert buckets("2020-01-09", "2020-02-10", "month").days() == ["2020-01-01", "2020-02-01"]


@pytest.mark.parametrize(
    ("first", "last", "label"),
    [
        ("2020-11-01", "2020-11-07", "1–7 Nov"),
        ("2020-10-31", "2020-10-31", "31-Oct-2020"),
        ("2020-11-29", "2020-12-05", "29-Nov – 5-Dec"),
        ("2019-12-29", "2020-01-04", "29-Dec-2019 – 4-Jan-2020"),
    ],
)
def test_labels_of_weeks(first, last, label):
    assert span_label(datetime.fromisoformat(first).date(), datetime.fromisoformat(last).date()) == label


def test_weeks_are_clipped_to_the_range_and_begin_as_the_project_says():
    sunday = buckets("2020-11-04", "2020-11-10", "week")
    monday = buckets("2020-11-04", "2020-11-10", "week", at=clock(monday=True))

    assert (sunday.days(), sunday.labels()) == (["2020-11-01", "2020-11-08"], ["4–7 Nov", "8–10 Nov"])
    assert (monday.days(), monday.labels()) == (["2020-11-02", "2020-11-09"], ["4–8 Nov", "9–10 Nov"])


def test_a_day_without_an_hour_and_one_with_an_hour_more():
    spring = buckets("2024-03-31", "2024-04-01", "hour", at=clock(zone="Europe/Berlin"))
    autumn = buckets("2024-10-27", "2024-10-28", "hour", at=clock(zone="Europe/Berlin"))

    assert len(spring.starts) == 24
    assert len(autumn.starts) == 26
    assert spring.labels()[1:4] == ["31-Mar 01:00", "31-Mar 03:00", "31-Mar 04:00"]
    assert autumn.labels()[1:4] == ["27-Oct 01:00", "27-Oct 02:00", "27-Oct 02:00"]


@pytest.mark.parametrize(
    "zone", ["America/Sao_Paulo", "Asia/Beirut", "Pacific/Apia", "America/Havana", "Atlantic/Azores"]
)
@pytest.mark.parametrize("year", [2011, 2018, 2024])
def test_days_follow_each_other_in_zones_that_change_at_midnight(zone, year):
    found = buckets(f"{year}-01-01", f"{year}-12-31", at=clock(zone=zone))

    instants = [start.astimezone(UTC) for start in found.starts]
    assert len(instants) == 365 + (year % 4 == 0)
    assert instants == sorted(instants)
    assert found.days() == sorted(set(found.days()))


@pytest.mark.parametrize(("date_from", "interval"), [("-100y", "minute"), ("-100y", "hour"), ("-50y", "day")])
def test_too_many_buckets_are_refused_by_number(date_from, interval):
    with pytest.raises(Refusal, match=str(MAX_BUCKETS)):
        buckets(date_from, None, interval)


def test_absolute_days_compare_with_the_days_before():
    asked = DateRange(date_from="2024-05-06", date_to="2024-05-10")
    current = resolve_range(asked, interval="day", clock=clock())

    before = previous_range(current, asked, interval="day", clock=clock())

    assert (text(before.date_from), text(before.date_to)) == ("2024-05-01 00:00:00", "2024-05-05 23:59:59")


def test_seven_days_compare_with_the_seven_before_so_that_weekdays_meet():
    asked = DateRange(date_from="-7d")
    current = resolve_range(asked, interval="day", clock=clock())

    before = previous_range(current, asked, interval="day", clock=clock())

    assert (text(before.date_from), text(before.date_to)) == ("2024-05-01 00:00:00", "2024-05-08 23:59:59")
    assert current.date_from - before.date_from == timedelta(days=7)


def test_compare_to_moves_both_bounds():
    current = resolve_range(DateRange(date_from="-7d"), interval="day", clock=clock())

    before = shifted_range(current, "-1m", clock())

    assert (text(before.date_from), text(before.date_to)) == ("2024-04-10 00:00:00", "2024-04-17 23:59:59")
    with pytest.raises(Refusal, match="compare_to"):
        shifted_range(current, "?", clock())
