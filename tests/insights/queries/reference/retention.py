"""Retention by asking, for every period and history, whether they came and came back."""

from datetime import UTC, datetime, timedelta

from tests.insights.queries.reference.filters import meets, number_of, text_of

NOTHING = (0, 0.0)


def evaluate(query, events, persons, *, zone, now, monday):
    """value (None without a breakdown) → rows of (how many, the sum of what they brought along)."""
    asked = query["retentionFilter"]
    periods = _periods(query, zone, now, monday)
    windows = _windows(asked)
    found = {}
    for (person, _), own in _histories(query, events, persons, periods).items():
        history = _History(query, own, persons, zone, periods)
        value = _value(query, history, persons.get(person, {}))
        for period in history.began_in():
            rows = found.setdefault(value, [[NOTHING] * len(windows) for _ in periods])
            cells = history.cells(period, windows)
            rows[period] = [(a + c, b + d) for (a, b), (c, d) in zip(rows[period], cells, strict=True)]
    return found


def _histories(query, events, persons, periods):
    """The events of each person, divided by the value where an event has its own."""
    breakdown = query.get("breakdownFilter") or {}
    is_divided = breakdown.get("breakdown_type") == "event" and not _is_ever(query["retentionFilter"])
    found = {}
    for event in sorted(events, key=lambda one: one.timestamp):
        if periods and event.timestamp < periods[-1][1]:
            part = _text(event.properties, breakdown) if is_divided else ""
            found.setdefault((event.person, part), []).append(event)
    return found


class _History:
    def __init__(self, query, events, persons, zone, periods):
        self.query, self.asked, self.zone, self.periods = query, query["retentionFilter"], zone, periods
        self.target = self.asked.get("targetEntity") or {"id": "$pageview"}
        self.returning = self.asked.get("returningEntity") or {"id": "$pageview"}
        self.persons = persons
        self.named = [one for one in events if self.target.get("id") in (None, one.event)]
        self.meant = [one for one in events if self._is_meant(self.target, one)]
        self.back = [one for one in events if self._is_meant(self.returning, one)]

    def _is_meant(self, entity, event):
        if entity.get("id") is not None and entity["id"] != event.event:
            return False
        person = self.persons.get(event.person, {})
        filters = (self.query.get("properties"), entity.get("properties"))
        return all(meets(one, event.properties, person, self.zone) for one in filters)

    def first(self):
        """The event that begins the history, if that is in the range."""
        meant = self.meant
        if self._is_recurring():
            meant = [one for one in meant if one.timestamp >= self.periods[0][0]]
        if not meant or _is_ever(self.asked) and meant[0].timestamp != self.named[0].timestamp:
            return None
        return meant[0] if meant[0].timestamp >= self.periods[0][0] else None

    def _is_recurring(self):
        return self.asked.get("retentionType", "retention_recurring") == "retention_recurring"

    def began_in(self):
        first = self.first()
        if first is None:
            return []
        if self._is_rolling():
            number = self._units(first.timestamp) // self._size()
            return [number] if number < len(self.periods) else []
        begun = self.meant if self._is_recurring() else [first]
        return [n for n, (start, end) in enumerate(self.periods) if any(start <= one.timestamp < end for one in begun)]

    def cells(self, period, windows):
        return [self._begun(period), *(self._returned(period, *window) for window in windows[1:])]

    def _begun(self, period):
        events = [one for one in self.meant if self._is_in(one, period)]
        if self.target.get("id") != self.returning.get("id") and events:
            after = [one for one in self.back if self._is_in(one, period) and one.timestamp > events[0].timestamp]
            events += [one for one in after if one not in events]
        return 1, self._amount(events)

    def _returned(self, period, since, until):
        events = []
        for later in range(since, until + 1):
            visits = [one for one in self.back if self._is_later(one, period, later)]
            if len(visits) >= self.asked.get("minimumOccurrences", 1):
                events += visits
        return (1, self._amount(events)) if events else NOTHING

    def _is_in(self, event, period):
        start, end = self.periods[period]
        return start <= event.timestamp < end

    def _is_later(self, event, period, later):
        if not self._is_rolling():
            return period + later < len(self.periods) and self._is_in(event, period + later)
        first = self.first().timestamp
        begun = self._units(event.timestamp) - self._units(first)
        return event.timestamp >= first and begun // self._size() == later

    def _amount(self, events):
        key, is_person = self.asked.get("aggregationProperty"), self.asked.get("aggregationPropertyType") == "person"
        found = [self.persons.get(one.person, {}) if is_person else one.properties for one in events]
        return sum(number_of(text_of(properties.get(key))) or 0 for properties in found) if key else 0.0

    def _is_rolling(self):
        return self.asked.get("timeWindowMode") == "24_hour_windows"

    def _size(self):
        return {"Hour": 1, "Day": 24, "Week": 7, "Month": 30}[self.asked.get("period", "Day")]

    def _units(self, instant):
        """Hours or days that have begun since the range did."""
        begin = self.periods[0][0]
        if self.asked.get("period", "Day") in ("Hour", "Day"):
            return (instant - begin) // timedelta(hours=1)
        return (instant.astimezone(self.zone).date() - begin.astimezone(self.zone).date()).days


def _is_ever(asked):
    return asked.get("retentionType") == "retention_first_ever_occurrence"


def _value(query, history, person):
    breakdown = query.get("breakdownFilter")
    if not breakdown:
        return None
    if breakdown["breakdown_type"] == "person":
        return _text(person, breakdown)
    first = history.first()
    return _text(first.properties, breakdown) if first else ""


def _text(properties, breakdown):
    return text_of(properties.get(breakdown["breakdown"])) or ""


def _windows(asked):
    """(first, last) of the periods since the beginning, for each column."""
    sizes = asked.get("retentionCustomBrackets")
    if sizes:
        ends = [sum(sizes[: n + 1]) for n in range(len(sizes))]
        windows = [(0, 0), *((end - size + 1, end) for size, end in zip(sizes, ends, strict=True))]
    else:
        windows = [(n, n) for n in range(asked.get("totalIntervals", 8))]
    last = windows[-1][1]
    return [(first, last) for first, _ in windows] if asked.get("cumulative") else windows


def _periods(query, zone, now, monday):
    """(first instant, first of the next) of each; from `date_from`, or else as many as intervals."""
    asked, dates = query["retentionFilter"], query.get("dateRange") or {}
    period = asked.get("period", "Day")
    last = _start(_moment(dates.get("date_to"), zone, now), period, monday)
    since = dates.get("date_from")
    first = _start(_moment(since, zone, now), period, monday) if since else None
    found = []
    while last >= first if first else len(found) < asked.get("totalIntervals", 8):
        found.append((last, _moved(last, period, 1)))
        last = _moved(last, period, -1)
    return [(start.astimezone(UTC), end.astimezone(UTC)) for start, end in reversed(found)]


def _moment(text, zone, now):
    local = now.astimezone(zone)
    if text is None:
        return local
    if text.startswith("-"):
        return local - timedelta(days=int(text[1:-1]))
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def _start(moment, period, monday):
    if period == "Hour":
        return moment.replace(minute=0, second=0, microsecond=0).astimezone(UTC)
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    if period == "Week":
        return day - timedelta(days=day.weekday() if monday else day.isoweekday() % 7)
    return day.replace(day=1) if period == "Month" else day


def _moved(start, period, number):
    if period == "Month":
        month = start.year * 12 + start.month - 1 + number
        return start.replace(year=month // 12, month=month % 12 + 1, day=1)
    return start + number * {"Hour": timedelta(hours=1), "Day": timedelta(days=1), "Week": timedelta(days=7)}[period]
