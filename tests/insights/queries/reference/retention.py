"""Retention by asking, for every period and person, whether they came and came back."""

from datetime import UTC, datetime, timedelta

from tests.insights.queries.reference.filters import meets, text_of


def evaluate(query, events, persons, *, zone, now, monday):
    """value (None without a breakdown) → rows of counts."""
    asked = query["retentionFilter"]
    periods = _periods(query, zone, now, monday)
    key = (query.get("breakdownFilter") or {}).get("breakdown")
    found = {}
    for person in {event.person for event in events}:
        own = [event for event in events if event.person == person and event.timestamp < periods[-1][1]]
        came = _came(asked, query, own, persons, zone, periods)
        back = [_came_back(asked, query, own, persons, zone, period) for period in periods]
        value = (text_of(persons.get(person, {}).get(key)) or "") if key else None
        if any(came):
            rows = found.setdefault(value, [[0] * len(periods) for _ in periods])
            _add(rows, came, back, bool(asked.get("cumulative")))
    return found


def _add(rows, came, back, is_cumulative):
    for first in range(len(rows)):
        for later in range(len(rows) - first):
            at = first + later
            returned = any(back[at:]) if is_cumulative else back[at]
            rows[first][later] += came[first] and (later == 0 or returned)


def _came(asked, query, events, persons, zone, periods):
    target = asked.get("targetEntity") or {"id": "$pageview"}
    meant = [event for event in events if _is_meant(target, query, event, persons, zone)]
    kind = asked.get("retentionType", "retention_recurring")
    if kind == "retention_recurring":
        return [any(start <= event.timestamp < end for event in meant) for start, end in periods]
    first = min((event.timestamp for event in meant), default=None)
    if kind == "retention_first_ever_occurrence":
        named = [event.timestamp for event in events if target.get("id") in (None, event.event)]
        if not named or first != min(named):
            first = None
    return [first is not None and start <= first < end for start, end in periods]


def _came_back(asked, query, events, persons, zone, period):
    returning = asked.get("returningEntity") or {"id": "$pageview"}
    start, end = period
    meant = [event for event in events if _is_meant(returning, query, event, persons, zone)]
    return sum(start <= event.timestamp < end for event in meant) >= asked.get("minimumOccurrences", 1)


def _is_meant(entity, query, event, persons, zone):
    if entity.get("id") is not None and entity["id"] != event.event:
        return False
    person = persons.get(event.person, {})
    return all(
        meets(one, event.properties, person, zone) for one in (query.get("properties"), entity.get("properties"))
    )


def _periods(query, zone, now, monday):
    asked = query["retentionFilter"]
    text = (query.get("dateRange") or {}).get("date_to")
    last = datetime.fromisoformat(text).replace(tzinfo=zone) if text else now.astimezone(zone)
    period, count = asked.get("period", "Day"), asked.get("totalIntervals", 8)
    if period == "Hour":
        start = last.replace(minute=0, second=0, microsecond=0).astimezone(UTC)
        return [(start + timedelta(hours=n), start + timedelta(hours=n + 1)) for n in range(1 - count, 1)]
    day = last.date()
    if period == "Week":
        day -= timedelta(days=day.weekday() if monday else day.isoweekday() % 7)
    edges = [_moved(day, period, n) for n in range(1 - count, 2)]
    instants = [datetime(one.year, one.month, one.day, tzinfo=zone).astimezone(UTC) for one in edges]
    return list(zip(instants, instants[1:], strict=False))


def _moved(day, period, number):
    if period == "Month":
        month = day.year * 12 + day.month - 1 + number
        return day.replace(year=month // 12, month=month % 12 + 1, day=1)
    return day + timedelta(days=number * {"Day": 1, "Week": 7}[period])
