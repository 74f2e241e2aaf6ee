"""Lifecycle and stickiness by looking at each person's buckets one after the other."""

from datetime import UTC, datetime, timedelta

from tests.insights.queries.reference.filters import meets
from tests.insights.queries.reference.ranges import buckets_between, resolved


def lifecycle(query, events, persons, created, *, zone, now, monday):
    """status → data. `created` says when each person was."""
    interval = query.get("interval", "day")
    buckets = buckets_between(resolved(query.get("dateRange") or {}, interval, zone, now), interval, zone, monday)
    if not buckets:
        return {status: [] for status in ("new", "returning", "resurrecting", "dormant")}
    before = (_previous(buckets[0][0], interval, zone), buckets[0][0])
    only_dates = query.get("lifecycleFilter", {}).get("onlyUseInsightDates")
    data = {status: [0] * len(buckets) for status in ("new", "returning", "resurrecting", "dormant")}
    for person in {event.person for event in events}:
        own = [event for event in events if event.person == person and _counts(query, event, persons, zone)]
        active = [any(start <= one.timestamp < end for one in own) for start, end in [before, *buckets]]
        active[0] = active[0] and not only_dates
        for number, (start, end) in enumerate(buckets):
            was, is_ = active[number], active[number + 1]
            is_new = start <= created.get(person, now) < end or (only_dates and number == 0)
            if is_:
                data["new" if is_new else "returning" if was else "resurrecting"][number] += 1
            elif was:
                data["dormant"][number] -= 1
    return data


def _counts(query, event, persons, zone):
    [node] = query["series"]
    if event.properties.get("$process_person_profile") is False:
        return False
    return _is_meant(node, query, event, persons, zone)


def _is_meant(node, query, event, persons, zone):
    if node.get("event") is not None and node["event"] != event.event:
        return False
    person = persons.get(event.person, {})
    return all(meets(one, event.properties, person, zone) for one in (query.get("properties"), node.get("properties")))


def _previous(start, interval, zone):
    if interval == "hour":
        return start - timedelta(hours=1)
    day = start.astimezone(zone).date()
    if interval == "month":
        day = (day - timedelta(days=1)).replace(day=1)
    else:
        day -= timedelta(days={"day": 1, "week": 7}[interval])
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def stickiness(query, events, persons, *, zone, now, monday):
    """The data of each series."""
    interval = query.get("interval", "day")
    span = resolved(query.get("dateRange") or {}, interval, zone, now)
    buckets = buckets_between(span, interval, zone, monday)
    width = query.get("intervalCount") or 1
    chunks = [buckets[at : at + width] for at in range(0, len(buckets), width)]
    return [_sticky(node, query, events, persons, zone, span, chunks) for node in query["series"]]


def _sticky(node, query, events, persons, zone, span, chunks):
    asked = query.get("stickinessFilter", {})
    criteria = asked.get("stickinessCriteria") or {"operator": "gte", "value": 1}
    data = [0] * len(chunks)
    for person in {event.person for event in events}:
        own = [
            event
            for event in events
            if event.person == person
            and span[2] <= event.timestamp <= span[1]
            and _is_meant(node, query, event, persons, zone)
        ]
        counts = [sum(chunk[0][0] <= one.timestamp < chunk[-1][1] for one in own) for chunk in chunks]
        intervals = sum(count > 0 and _holds(criteria, count) for count in counts)
        for number in range(1, len(chunks) + 1):
            is_cumulative = asked.get("computedAs") == "cumulative"
            data[number - 1] += intervals >= number if is_cumulative else intervals == number
    return data


def _holds(criteria, count):
    value = criteria["value"]
    return {"gte": count >= value, "lte": count <= value, "exact": count == value}[criteria["operator"]]
