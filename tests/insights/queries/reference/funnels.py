"""Funnels by trying every attempt of every person, event by event, as the contract tells it."""

import math
from datetime import timedelta
from statistics import median

from tests.insights.queries.reference.filters import meets, text_of
from tests.insights.queries.reference.ranges import bucket_number, buckets_between, resolved

SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 7 * 86400, "month": 30 * 86400}


class Funnel:
    def __init__(self, query, events, persons, *, zone, now, monday=False):
        self.query, self.persons, self.zone, self.monday = query, persons, zone, monday
        self.asked = query.get("funnelsFilter", {})
        self.order = self.asked.get("funnelOrderType", "ordered")
        self.all_events = events
        self.steps = range(len(query["series"]))
        interval = query.get("interval", "day")
        self.span = resolved(query.get("dateRange") or {}, interval, zone, now)
        self.interval = interval
        first, last = self.span[2], self.span[1]
        self.events = [one for one in events if first <= one.timestamp <= last]
        number, unit = self.asked.get("funnelWindowInterval", 14), self.asked.get("funnelWindowIntervalUnit", "day")
        self.window = timedelta(seconds=number * SECONDS[unit])
        self.key = (query.get("breakdownFilter") or {}).get("breakdown")
        self.attribution = self.asked.get("breakdownAttributionType", "first_touch")

    # Which steps an event is

    def is_step(self, step, event) -> bool:
        node = self.query["series"][step]
        if not self._is_meant(node, event):
            return False
        math_ = node.get("math", "total")
        if math_ == "total":
            return True
        same = [
            one
            for one in self.all_events
            if one.person == event.person
            and (self._is_meant(node, one) if math_.endswith("filters") else node.get("event") in (None, one.event))
        ]
        return event is min(same, key=lambda one: one.timestamp)

    def is_exclusion(self, exclusion, event) -> bool:
        return self._is_meant(exclusion, event)

    def _is_meant(self, node, event) -> bool:
        if node.get("event") is not None and node["event"] != event.event:
            return False
        person = self.persons.get(event.person, {})
        filters = [self.query.get("properties"), node.get("properties")]
        return all(meets(one, event.properties, person, self.zone) for one in filters)

    def steps_of(self, event):
        return [step for step in self.steps if self.is_step(step, event)]

    # Attempts

    def people(self):
        """(value, attempts) of each person; an attempt is (times taken, is spoiled)."""
        by_person = {}
        for event in self.events:
            value = self.value_of(event) if self.attribution == "all_events" and self.key else None
            whose = self.actor_of(event)
            if whose:
                by_person.setdefault((whose, value), []).append(event)
        for (_, value), events in by_person.items():
            events = sorted(events, key=self._place)
            attempts = [one for one in self._attempts(events) if not self._is_spoiled(one, events)]
            if attempts:
                yield value, events, attempts

    def actor_of(self, event):
        """Of an expression just `properties.…`, which may be a text that is missing or empty: nobody's."""
        text = self.asked.get("funnelAggregateByHogQL")
        return event.person if text is None else text_of(event.properties.get(text.removeprefix("properties.")))

    def _place(self, event):
        steps = self.steps_of(event)
        return event.timestamp, steps[0] if steps else 99, sum(1 << step for step in steps)

    def _attempts(self, events):
        for place, event in enumerate(events):
            can_begin = self.steps_of(event) if self.order == "unordered" else self.is_step(0, event)
            if can_begin:
                following = [one for one in events[place:] if one.timestamp <= event.timestamp + self.window]
                yield {"ordered": self._in_order, "strict": self._strictly, "unordered": self._in_any_order}[
                    self.order
                ](following)

    def _in_order(self, events):
        times = [events[0].timestamp]
        for event in events[1:]:
            if len(times) < len(self.steps) and self.is_step(len(times), event):
                times.append(event.timestamp)
        return times

    def _strictly(self, events):
        times = []
        for step, event in zip(self.steps, events, strict=False):
            if not self.is_step(step, event):
                break
            times.append(event.timestamp)
        return times

    def _in_any_order(self, events):
        times = []
        masks = []
        for event in events:
            masks.append(set(self.steps_of(event)))
            while len(times) < self._served(masks):
                times.append(event.timestamp)
        return times

    def _served(self, masks):
        """How many steps can each be given an event of their own: the largest matching, by augmenting paths."""
        owner = {}

        def give(event, seen):
            for step in masks[event] - seen:
                seen.add(step)
                if step not in owner or give(owner[step], seen):
                    owner[step] = event
                    return True
            return False

        return sum(give(event, set()) for event in range(len(masks)))

    def _is_spoiled(self, times, events):
        for exclusion in self.asked.get("exclusions", []):
            first, last = exclusion["funnelFromStep"], exclusion["funnelToStep"]
            if len(times) <= first:
                continue
            for event in events:
                if not self.is_exclusion(exclusion, event) or event.timestamp <= times[first]:
                    continue
                if event.timestamp < times[last] if len(times) > last else event.timestamp <= times[0] + self.window:
                    return True
        return False

    @staticmethod
    def best(attempts):
        furthest = max(len(one) for one in attempts)
        return min(
            (one for one in attempts if len(one) == furthest), key=lambda one: (one[-1], -one[0].timestamp(), one)
        )

    # Values

    def value_of(self, event):
        return text_of(event.properties.get(self.key)) or ""

    def value(self, value, events, attempt):
        if not self.key:
            return None
        if self.attribution == "all_events":
            return value
        said = [(event, self.value_of(event)) for event in events if self.steps_of(event)]
        if self.attribution == "step":
            step = self.asked.get("breakdownAttributionValue", 0)
            if len(attempt) <= step:
                return ""
            there = [
                one
                for event, one in said
                if event.timestamp == attempt[step] and (self.order == "unordered" or self.is_step(step, event))
            ]
            return min((one for one in there if one), default="")
        said = [(event.timestamp, one) for event, one in said if one]
        if not said:
            return ""
        moment = min(said)[0] if self.attribution == "first_touch" else max(said)[0]
        return min(one for at, one in said if at == moment)


class FunnelWithOptions(Funnel):
    """Its attempts say of each step that they took when that was."""

    def __init__(self, query, events, persons, **where):
        super().__init__(query, events, persons, **where)
        self.optional = {step for step in self.steps if query["series"][step].get("optionalInFunnel")}
        self.required = [step for step in self.steps if step not in self.optional]

    def _next_required(self, step):
        return next((one for one in self.required if one > step), None)

    def _in_order(self, events):
        """Required steps go their way; an optional one counts that comes before whatever comes after it."""
        places = {0: 0}
        for place, event in enumerate(events):
            wanted = self._next_required(max(places))
            if place and wanted is not None and self.is_step(wanted, event):
                places[wanted] = place
        times = {step: events[place].timestamp for step, place in places.items()}
        for step in sorted(self.optional, reverse=True):
            before = max(one for one in self.required if one < step)
            if before in places:
                met = [one.timestamp for one in events[places[before] + 1 :] if self.is_step(step, one)]
                following = self._next_required(step)
                later = [one for one in times if one > step and (following is None or one <= following)]
                if met and all(self._comes_before(step, met[0], one, times[one]) for one in later):
                    times[step] = met[0]
        return times

    def _comes_before(self, step, at, other, other_at):
        """Of simultaneous events the earlier step comes first, unless one event may be both."""
        names = [self.query["series"][one]["event"] for one in (step, other)]
        return at < other_at or (at == other_at and None not in names and names[0] != names[1])

    def _strictly(self, events):
        times, here = {0: events[0].timestamp}, 0
        for event in events[1:]:
            following = self._next_required(here)
            last = max(self.steps) if following is None else following
            here = next((step for step in range(here + 1, last + 1) if self.is_step(step, event)), None)
            if here is None:
                break
            times[here] = event.timestamp
            if here == max(self.steps):
                break
        return times

    def _is_spoiled(self, times, events):
        furthest = max(times)
        for exclusion in self.asked.get("exclusions", []):
            first, last = exclusion["funnelFromStep"], exclusion["funnelToStep"]
            spoiling = [one.timestamp for one in events if self.is_exclusion(exclusion, one)]
            if furthest < first:
                continue
            limit = times[last] if furthest >= last else None
            for at in spoiling:
                if at > times[first] and (at < limit if limit else at <= times[0] + self.window):
                    return True
        return False

    @staticmethod
    def best(attempts):
        def rank(one):
            furthest = max(one)
            return -furthest, one[furthest], -sum(1 << step for step in one), -one[0].timestamp()

        return min(attempts, key=rank)


def counts_with_options(query, events, persons, **where):
    """Per step (persons, average, median seconds from the required step before, of required ones)."""
    funnel = FunnelWithOptions(query, events, persons, **where)
    best = [funnel.best(attempts) for _, _, attempts in funnel.people()]
    found = []
    for step in funnel.steps:
        there = [one for one in best if step in one]
        before = max((one for one in funnel.required if one < step), default=None)
        if step in funnel.optional or before is None or not there:
            found.append((len(there), None, None))
            continue
        seconds = [(one[step] - one[before]).total_seconds() for one in there]
        found.append((len(there), sum(seconds) / len(seconds), median(seconds)))
    return found


def counts(query, events, persons, **where):
    """value → per step (persons, average, median seconds from the step before)."""
    funnel = Funnel(query, events, persons, **where)
    found = {}
    for value, own, attempts in funnel.people():
        best = funnel.best(attempts)
        found.setdefault(funnel.value(value, own, best), []).append(best)
    return {value: [_step(step, attempts) for step in funnel.steps] for value, attempts in found.items()}


def _step(step, attempts):
    there = [one for one in attempts if len(one) > step]
    if step == 0 or not there:
        return len(there), None, None
    seconds = [(one[step] - one[step - 1]).total_seconds() for one in there]
    return len(there), sum(seconds) / len(seconds), median(seconds)


def trend(query, events, persons, **where):
    funnel = Funnel(query, events, persons, **where)
    first, last = funnel.asked.get("funnelFromStep", 0), funnel.asked.get("funnelToStep", len(funnel.steps) - 1)
    buckets = buckets_between(funnel.span, funnel.interval, funnel.zone, funnel.monday)
    furthest = {}
    for number, (_, _, attempts) in enumerate(funnel.people()):
        for attempt in attempts:
            entrance = number, bucket_number(attempt[0], buckets)
            furthest[entrance] = max(furthest.get(entrance, 0), len(attempt))
    data = []
    for bucket in range(len(buckets)):
        reached = [steps for (_, entrance), steps in furthest.items() if entrance == bucket]
        entered, arrived = (sum(steps > one for steps in reached) for one in (first, last))
        data.append(round(arrived / entered * 100, 2) if entered else 0)
    return data


def times_to_convert(query, events, persons, **where):
    funnel = Funnel(query, events, persons, **where)
    first, last = funnel.asked.get("funnelFromStep", 0), funnel.asked.get("funnelToStep", len(funnel.steps) - 1)
    best = [funnel.best(attempts) for _, _, attempts in funnel.people()]
    seconds = [(one[last] - one[first]).total_seconds() for one in best if len(one) > last]
    if not seconds:
        return [], None
    bins = funnel.asked.get("binCount") or next(n for n in range(1, 91) if n**3 >= len(seconds) or n == 90)
    low = math.floor(min(seconds))
    width = math.ceil((math.ceil(max(seconds)) - low) / bins) or 60
    starts = [low + number * width for number in range(bins + 1)]
    return [[at, sum(at <= one < at + width for one in seconds)] for at in starts], sum(seconds) / len(seconds)
