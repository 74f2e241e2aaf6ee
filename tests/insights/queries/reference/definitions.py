"""Actions and cohorts by asking of every event and every person."""

from calendar import monthrange
from datetime import UTC, datetime, timedelta

from tests.insights.queries.reference.filters import meets

SECONDS = {"hour": 3600, "day": 86400, "week": 7 * 86400, "month": 30 * 86400}
URL_OPERATORS = {"contains": "icontains", "exact": "exact", "regex": "regex"}


def is_action(steps, event, person, zone):
    return any(_is_step(step, event, person, zone) for step in steps)


def _is_step(step, event, person, zone):
    if step.get("event") not in (None, event.event):
        return False
    url = {"key": "$current_url", "operator": URL_OPERATORS[step["url_matching"]], "value": step["url"]}
    filters = [*step["properties"], *([url] if step["url"] else [])]
    return meets(filters, event.properties, person, zone)


class Society:
    """Who is a member of what: `actions` and `cohorts` are steps and criteria by their ids."""

    def __init__(self, events, persons, actions, cohorts, *, zone, now):
        self.events, self.persons, self.actions, self.cohorts = events, persons, actions, cohorts
        self.zone, self.now = zone, now

    def members(self, criteria):
        everybody = {event.person for event in self.events} | set(self.persons)
        return {person for person in everybody if criteria and self._belongs(criteria, person)}

    def _belongs(self, part, person):
        if "values" in part:
            found = [self._belongs(one, person) for one in part["values"]]
            return all(found) if part["type"] == "AND" and found else any(found)
        if part["type"] == "person":
            plain = {name: part[name] for name in ("key", "operator", "value")} | {"type": "person"}
            holds = meets([plain], {}, self.persons.get(person, {}), self.zone)
        elif part["type"] == "cohort":
            holds = self._belongs(self.cohorts[part["value"]], person)
        else:
            holds = getattr(self, "_" + part["value"])(part, person)
        return holds != bool(part.get("negation"))

    def _performed_event(self, part, person):
        return bool(self._done(part, person, self._ago(part["time_value"], part["time_interval"])))

    def _performed_event_multiple(self, part, person):
        number = len(self._done(part, person, self._ago(part["time_value"], part["time_interval"])))
        return number > 0 and _compare(part, number)

    def _performed_event_first_time(self, part, person):
        since = self._ago(part["time_value"], part["time_interval"])
        kind = self._done({**part, "event_filters": []}, person, datetime.min.replace(tzinfo=UTC))
        done = self._done(part, person, since)
        return bool(done) and min(kind) == min(done)

    def _performed_event_regularly(self, part, person):
        end = self.now.astimezone(self.zone)
        if part["time_interval"] != "hour":
            end = end.replace(hour=0, minute=0, second=0, microsecond=0)
        starts = [
            self._ago(number * part["time_value"], part["time_interval"], of=end)
            for number in range(part["total_periods"] + 1)
        ]
        done = self._done(part, person, starts[-1])
        counts = [sum(start <= at < until for at in done) for until, start in zip(starts, starts[1:], strict=False)]
        return sum(count > 0 and _compare(part, count) for count in counts) >= part["min_periods"]

    def _performed_event_sequence(self, part, person):
        since = self._ago(part["time_value"], part["time_interval"])
        begun = self._done(part, person, since)
        then = self._done({"key": part["seq_event"], "event_type": "events"}, person, since)
        length = timedelta(seconds=part["seq_time_value"] * SECONDS[part["seq_time_interval"]])
        return any(first < second <= first + length for first in begun for second in then)

    def _stopped_performing_event(self, part, person):
        since = self._ago(part["time_value"], part["time_interval"])
        recent = self._ago(part["seq_time_value"], part["seq_time_interval"])
        return bool(self._done(part, person, since)) and not self._done(part, person, recent)

    def _restarted_performing_event(self, part, person):
        since = self._ago(part["time_value"], part["time_interval"])
        recent = self._ago(part["seq_time_value"], part["seq_time_interval"])
        again = self._done(part, person, recent)
        meanwhile = [at for at in self._done(part, person, since) if at <= recent]
        first = self._performed_event_first_time(
            {**part, "time_value": part["seq_time_value"], "time_interval": part["seq_time_interval"]}, person
        )
        return bool(again) and not meanwhile and not first

    def _done(self, part, person, since):
        """When they did it, up to now."""
        own = [event for event in self.events if event.person == person and since <= event.timestamp <= self.now]
        return [event.timestamp for event in own if self._is_meant(part, event)]

    def _is_meant(self, part, event):
        person = self.persons.get(event.person, {})
        if not meets(part.get("event_filters") or [], event.properties, person, self.zone):
            return False
        if part["event_type"] == "actions":
            return is_action(self.actions[part["key"]], event, person, self.zone)
        return event.event == part["key"]

    def _ago(self, number, unit, of=None):
        local = of or self.now.astimezone(self.zone)
        if unit == "hour":
            return local.astimezone(UTC) - timedelta(hours=number)
        if unit == "month":
            month = local.year * 12 + local.month - 1 - number
            year, month = month // 12, month % 12 + 1
            return local.replace(year=year, month=month, day=min(local.day, monthrange(year, month)[1]))
        return local - timedelta(days=number * {"day": 1, "week": 7}[unit])


def _compare(part, number):
    value = part["operator_value"]
    return {
        "exact": number == value,
        "gte": number >= value,
        "lte": number <= value,
        "gt": number > value,
        "lt": number < value,
    }[part["operator"]]
