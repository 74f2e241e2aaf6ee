"""Trends by going over all events for every bucket."""

import json
from datetime import datetime, timedelta
from math import floor
from zoneinfo import ZoneInfo

from tests.insights.queries.reference.filters import meets, number_of, text_of
from tests.insights.queries.reference.ranges import buckets_between, resolved

NULL, OTHER = "$$_posthog_breakdown_null_$$", "$$_posthog_breakdown_other_$$"


def evaluate(query, events, persons, *, zone: ZoneInfo, now: datetime, monday: bool) -> list[list[float]]:
    """The `data` of each series; one number each for total-value displays."""
    display = query.get("trendsFilter", {}).get("display", "ActionsLineGraph")
    is_total = display == "ActionsTable"
    interval = "day" if is_total else query.get("interval", "day")
    span = resolved(query.get("dateRange") or {}, interval, zone, now)
    buckets = buckets_between(span, interval, zone, monday)
    return [_series(node, query, events, persons, span, buckets, zone, display, is_total) for node in query["series"]]


def evaluate_breakdown(query, events, *, zone: ZoneInfo, now: datetime) -> list[tuple[str, list[float]]]:
    """(value, data) of the only series, by day, without filters: the largest first, missing and other values last."""
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
    ranked = sorted(by_value, key=lambda value: (-sum(data(by_value[value])), _as_text(value).encode()))
    rows = [(value, by_value[value]) for value in ranked[:limit]]
    other = [event for value in ranked[limit:] for event in by_value[value]]
    if len(ranked) >= limit:
        other, missing = other + missing, []
    count = len(query["breakdownFilter"].get("breakdowns") or [])
    rows += [([name] * count if count else name, meant) for name, meant in ((NULL, missing), (OTHER, other))]
    return [(list(value) if count else value, data(meant)) for value, meant in rows if meant]


def _values(asked, events):
    """What an event's value is: a text, or a tuple of them; None where there is nothing."""
    if "breakdown" in asked:
        return _value(asked["breakdown"], asked.get("breakdown_histogram_bin_count"), events)
    each = [_value(one["property"], one.get("histogram_bin_count"), events) for one in asked["breakdowns"]]

    def value_of(event):
        found = tuple(one(event) for one in each)
        return None if set(found) == {None} else tuple(NULL if one is None else one for one in found)

    return value_of


def _value(key, bins, events):
    if not bins:
        return lambda event: text_of(event.properties.get(key))

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


def _series(node, query, events, persons, span, buckets, zone, display, is_total):
    counted = [event for event in events if _is_meant(node, query, event, persons, zone)]
    date_from, date_to, counted_from = span
    math = node.get("math", "total")
    if math.startswith("first_"):
        counted, math = _firsts(node, math, events, counted, date_to), "total"
    if math == "weekly_active" and not is_total:
        return [_people(_between(counted, end - timedelta(days=7), end, date_to)) for end in _ends(buckets)]

    inside = [event for event in counted if counted_from <= event.timestamp <= date_to]
    if is_total:
        return [_number(math, node, inside)]
    if display == "ActionsLineGraphCumulative":
        return [_cumulative(math, node, inside, buckets, end) for end in _ends(buckets)]
    return [_number(math, node, _between(inside, start, end)) for start, end in buckets]


def _firsts(node, math, events, counted, date_to):
    """Of each person only the first event ever: of those that count, or of all of the name, met or not."""
    names = [one.get("event") for one in node.get("nodes", [node])]
    all_of_name = [event for event in events if None in names or event.event in names]
    searched = all_of_name if math == "first_time_for_user" else counted
    firsts: dict = {}
    for event in sorted((one for one in searched if one.timestamp <= date_to), key=lambda one: one.timestamp):
        firsts.setdefault(event.person, event)
    return [event for event in counted if firsts.get(event.person) is event]


def _is_meant(node, query, event, persons, zone) -> bool:
    if node["kind"] == "GroupNode":
        return any(_is_meant(one, query, event, persons, zone) for one in node["nodes"])
    if node.get("event") is not None and node["event"] != event.event:
        return False
    person = persons.get(event.person, {})
    filters = [query.get("properties"), node.get("properties")]
    return all(meets(one, event.properties, person, zone) for one in filters)


def _number(math, node, events):
    if math == "total":
        return len(events)
    if math == "dau":
        return _people(events)
    if math == "avg_count_per_actor":
        return len(events) / _people(events) if events else 0
    numbers = [number_of(text_of(event.properties.get(node["math_property"]))) for event in events]
    numbers = [number for number in numbers if number is not None]
    if not numbers:
        return 0
    return {"sum": sum(numbers), "max": max(numbers), "avg": sum(numbers) / len(numbers)}[math]


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
