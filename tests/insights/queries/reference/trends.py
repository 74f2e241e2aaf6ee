"""Trends by going over all events for every bucket."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from tests.insights.queries.reference.filters import meets, number_of, text_of


def evaluate(query, events, persons, *, zone: ZoneInfo, now: datetime, monday: bool) -> list[list[float]]:
    """The `data` of each series; one number each for total-value displays."""
    display = query.get("trendsFilter", {}).get("display", "ActionsLineGraph")
    is_total = display == "ActionsTable"
    interval = "day" if is_total else query.get("interval", "day")
    span = _range(query.get("dateRange") or {}, interval, zone, now)
    buckets = _buckets(span[0], span[1], interval, zone, monday)
    return [_series(node, query, events, persons, span, buckets, zone, display, is_total) for node in query["series"]]


def evaluate_breakdown(query, events, *, zone: ZoneInfo, now: datetime) -> list[tuple[str, list[float]]]:
    """(value, data) of the only series, by day, without filters: the largest first, missing and other values last."""
    [node] = query["series"]
    key, limit = query["breakdownFilter"]["breakdown"], query["breakdownFilter"]["breakdown_limit"]
    date_from, date_to, counted_from = _range(query["dateRange"], "day", zone, now)
    buckets = _buckets(date_from, date_to, "day", zone, monday=False)
    inside = [event for event in events if event.event == node["event"] and counted_from <= event.timestamp <= date_to]

    def data(meant):
        return [_number(node["math"], node, _between(meant, start, end)) for start, end in buckets]

    by_value: dict = {}
    for event in inside:
        by_value.setdefault(text_of(event.properties.get(key)), []).append(event)
    missing = by_value.pop(None, [])
    ranked = sorted(by_value, key=lambda value: (-sum(data(by_value[value])), value.encode()))
    rows = [(value, by_value[value]) for value in ranked[:limit]]
    other = [event for value in ranked[limit:] for event in by_value[value]]
    if len(ranked) >= limit:
        other, missing = other + missing, []
    rows += [("$$_posthog_breakdown_null_$$", missing), ("$$_posthog_breakdown_other_$$", other)]
    return [(value, data(meant)) for value, meant in rows if meant]


def _series(node, query, events, persons, span, buckets, zone, display, is_total):
    counted = [event for event in events if _is_meant(node, query, event, persons, zone)]
    date_from, date_to, counted_from = span
    math = node.get("math", "total")
    if math == "weekly_active" and not is_total:
        return [_people(_between(counted, end - timedelta(days=7), end, date_to)) for end in _ends(buckets)]

    inside = [event for event in counted if counted_from <= event.timestamp <= date_to]
    if is_total:
        return [_number(math, node, inside)]
    if display == "ActionsLineGraphCumulative":
        return [_cumulative(math, node, inside, buckets, end) for end in _ends(buckets)]
    return [_number(math, node, _between(inside, start, end)) for start, end in buckets]


def _is_meant(node, query, event, persons, zone) -> bool:
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


def _range(asked, interval, zone, now):
    local = now.astimezone(zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    text = asked.get("date_from")
    if text is None:
        date_from = midnight - timedelta(days=7)
    elif text.startswith("-"):
        date_from = midnight - timedelta(days=int(text[1:-1]))
    else:
        date_from = datetime.fromisoformat(text).replace(tzinfo=zone)
    return (
        _instant(date_from),
        _date_to(asked.get("date_to"), interval, zone, local),
        _counted_from(date_from, interval),
    )


def _date_to(text, interval, zone, local):
    moment = local if text is None else datetime.fromisoformat(text).replace(tzinfo=zone)
    if interval != "hour":
        return _instant(moment.replace(hour=23, minute=59, second=59, microsecond=999999, fold=1))
    return _instant(moment.replace(minute=59, second=59, microsecond=999999) if text is None else moment)


def _counted_from(date_from, interval):
    return _instant(date_from.replace(day=1) if interval == "month" else date_from)


def _buckets(date_from, date_to, interval, zone, monday):
    """(first instant, first instant of the next) of each."""
    if interval == "hour":
        start, step = date_from, timedelta(hours=1)
        starts = [start + number * step for number in range(int((date_to - start) / step) + 1)]
        return [(start, start + step) for start in starts]

    day = date_from.astimezone(zone).date()
    last = date_to.astimezone(zone).date()
    if interval == "week":
        day -= timedelta(days=day.weekday() if monday else day.isoweekday() % 7)
    if interval == "month":
        day = day.replace(day=1)
    found = []
    while day <= last:
        following = _following(day, interval)
        found.append((_midnight(day, zone), _midnight(following, zone)))
        day = following
    return found


def _following(day, interval):
    if interval == "month":
        return (day + timedelta(days=31)).replace(day=1)
    return day + timedelta(days={"day": 1, "week": 7}[interval])


def _midnight(day, zone):
    return _instant(datetime(day.year, day.month, day.day, tzinfo=zone))


def _instant(moment):
    return moment.astimezone(UTC)
