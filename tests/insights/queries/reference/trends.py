"""Trends by going over all events for every bucket."""

import json
from datetime import datetime, timedelta
from math import floor
from zoneinfo import ZoneInfo

from tests.insights.queries.reference.filters import meets, number_of, text_of
from tests.insights.queries.reference.ranges import buckets_between, midnight, resolved

ACTIVE_DAYS = {"weekly_active": 7, "monthly_active": 30}
MICROSECOND = timedelta(microseconds=1)
NULL, OTHER = "$$_posthog_breakdown_null_$$", "$$_posthog_breakdown_other_$$"


def evaluate(query, events, persons, *, zone: ZoneInfo, now: datetime, monday: bool) -> list[list[float]]:
    """The `data` of each series; one number each for total-value displays."""
    display = query.get("trendsFilter", {}).get("display", "ActionsLineGraph")
    is_total = display == "ActionsTable"
    interval = "day" if is_total else query.get("interval", "day")
    span = resolved(query.get("dateRange") or {}, interval, zone, now)
    buckets = buckets_between(span, interval, zone, monday)
    interval = "total" if is_total else interval
    return [_series(node, query, events, persons, span, buckets, zone, display, interval) for node in query["series"]]


def evaluate_breakdown(query, events, *, zone: ZoneInfo, now: datetime) -> list[tuple[str, list[float]]]:
    """(value, data) of the only series, by day, without filters: the largest first, missing and other values last.

    Of several values any that is missing puts them last.
    """
    [node] = query["series"]
    limit = query["breakdownFilter"]["breakdown_limit"]
    date_from, date_to, counted_from = resolved(query["dateRange"], "day", zone, now)
    buckets = buckets_between((date_from, date_to), "day", zone, False)
    inside = [event for event in events if event.event == node["event"] and counted_from <= event.timestamp <= date_to]

    def data(meant):
        return [_number(node["math"], node, _between(meant, start, end)) for start, end in buckets]

    by_value: dict = {}
    value_of = _values(query["breakdownFilter"], inside)
    for event in inside:
        by_value.setdefault(value_of(event), []).append(event)
    missing = by_value.pop(None, [])

    def rank(value, meant):
        return NULL in value, -sum(data(meant)), _as_text(value).encode()

    ranked = sorted(by_value, key=lambda value: rank(value, by_value[value]))
    rows = [(value, by_value[value]) for value in ranked[:limit]]
    other = [event for value in ranked[limit:] for event in by_value[value]]
    if len(ranked) >= limit:
        other, missing = other + missing, []
    count = len(query["breakdownFilter"].get("breakdowns") or [])
    rows = [*sorted([*rows, (NULL, missing)], key=lambda row: rank(*row)), (OTHER, other)]
    return [(_shown(value, count), data(meant)) for value, meant in rows if _is_worth_a_row(value, meant, data(meant))]


def _is_worth_a_row(value, meant, data):
    """What has no value needs a number to be shown."""
    return bool(meant) and (value != NULL or sum(data) != 0)


def _shown(value, count):
    """One of `breakdowns` gives a list."""
    if not count:
        return value
    return [value] * count if value in (NULL, OTHER) else list(value)


def _values(asked, events):
    """What an event's value is: a text, or a tuple of them; None where there is nothing."""
    if "breakdown" in asked:
        key = asked["breakdown"].removeprefix("properties.")
        return _value(key, asked.get("breakdown_histogram_bin_count"), events)
    each = [_value(one["property"], one.get("histogram_bin_count"), events) for one in asked["breakdowns"]]

    def value_of(event):
        found = tuple(one(event) for one in each)
        return None if set(found) == {None} else tuple(NULL if one is None else one for one in found)

    return value_of


def _value(key, bins, events):
    if not bins:
        return lambda event: text_of(event.properties.get(key)) or None

    numbers = [number for event in events if (number := number_of(text_of(event.properties.get(key)))) is not None]
    low, high = min(numbers, default=0), max(numbers, default=0)
    edges = sorted({floor((low + (high - low) / bins * place) * 100) / 100 for place in range(bins)})

    def bin_of(event):
        number = number_of(text_of(event.properties.get(key)))
        if number is None:
            return None
        place = max(place for place, edge in enumerate(edges) if edge <= number)
        upper = edges[place + 1] if place + 1 < len(edges) else high + 0.01
        return f"[{round(edges[place], 2):g},{round(upper, 2):g}]"

    return bin_of


def _as_text(value):
    if isinstance(value, str) or len(value) == 1:
        return value if isinstance(value, str) else value[0]
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _series(node, query, events, persons, span, buckets, zone, display, interval):
    counted = [event for event in events if _is_meant(node, query, event, persons, zone)]
    date_from, date_to, counted_from = span
    math = node.get("math", "total")
    if math.startswith("first_"):
        counted, math = _firsts(node, math, events, counted, date_to), "total"
    if math in ACTIVE_DAYS and (counted_from <= date_to or interval != "total"):
        spans = [(None, date_to + MICROSECOND)] if interval == "total" else buckets
        windows = [_window(ACTIVE_DAYS[math], interval, *one, zone) for one in spans]
        earliest = counted_from if _is_degraded(math, interval) else datetime.min.replace(tzinfo=zone)
        return [_people(_between(counted, max(first, earliest), end, date_to)) for first, end in windows]

    inside = [event for event in counted if counted_from <= event.timestamp <= date_to]
    if interval == "total":
        return [_number(math, node, inside)]
    if display == "ActionsLineGraphCumulative":
        return [_cumulative(math, node, inside, buckets, end) for end in _ends(buckets)]
    return [_number(math, node, _between(inside, start, end)) for start, end in buckets]


def _is_degraded(math, interval):
    """Whether a bucket is as long as the window, or longer."""
    return interval == "month" or (interval == "week" and math == "weekly_active")


def _window(days, interval, start, end, zone):
    """(first instant, end) of the window of a bucket: it ends with the hour or day that the bucket is called by."""
    if interval in ("total", "hour"):
        return end - timedelta(days=days), end
    if interval == "month" or (interval == "week" and days < 30):
        return start, end
    day = start.astimezone(zone).date()
    return midnight(day - timedelta(days=days - 1), zone), midnight(day + timedelta(days=1), zone)


def _firsts(node, math, events, counted, date_to):
    """Of each person only the first event ever: of those that count, or of all of the name, met or not."""
    names = [one.get("event") for one in node.get("nodes", [node])]
    of = all if node.get("operator") == "AND" else any
    all_of_name = [event for event in events if of(name in (None, event.event) for name in names)]
    searched = all_of_name if math == "first_time_for_user" else counted
    firsts: dict = {}
    for event in sorted((one for one in searched if one.timestamp <= date_to), key=lambda one: one.timestamp):
        firsts.setdefault(event.person, event)
    return [event for event in counted if firsts.get(event.person) is event]


def _is_meant(node, query, event, persons, zone) -> bool:
    if node["kind"] == "GroupNode":
        of = all if node["operator"] == "AND" else any
        return of(_is_meant(one, query, event, persons, zone) for one in node["nodes"])
    if node.get("event") is not None and node["event"] != event.event:
        return False
    person = persons.get(event.person, {})
    filters = [query.get("properties"), node.get("properties")]
    return all(meets(one, event.properties, person, zone) for one in filters)


def _number(math, node, events):
    if math == "total":
        return len(events)
    if math == "dau" or math in ACTIVE_DAYS:
        return _people(events)
    if math == "avg_count_per_actor":
        return len(events) / _people(events) if events else 0
    if math == "hogql":
        return _expression(node["math_hogql"], events)
    factor = 1 if node.get("math_multiplier") is None else node["math_multiplier"]
    numbers = [number * factor for number in _numbers(events, node["math_property"])]
    if not numbers:
        return 0
    return {"sum": sum(numbers), "max": max(numbers), "min": min(numbers), "avg": sum(numbers) / len(numbers)}[math]


def _numbers(events, key):
    found = [number_of(text_of(event.properties.get(key))) for event in events]
    return [number for number in found if number is not None]


def _expression(text, events):
    if not events:
        return 0
    return {
        "count() / uniq(person_id)": len(events) / _people(events),
        "sum(toFloat(properties.price))": sum(_numbers(events, "price")),
        "uniq(properties.$browser)": len({text_of(event.properties.get("$browser")) for event in events} - {None}),
    }[text]


def _cumulative(math, node, events, buckets, end):
    if math == "dau":
        return _people([event for event in events if event.timestamp < end])
    return sum(_number(math, node, _between(events, start, stop)) for start, stop in buckets if stop <= end)


def _people(events) -> int:
    return len({event.person for event in events})


def _between(events, start, end, until=None):
    return [event for event in events if start <= event.timestamp < end and (until is None or event.timestamp <= until)]


def _ends(buckets):
    return [end for _, end in buckets]
