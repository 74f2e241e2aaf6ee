"""Paths by walking through each person's events."""

import re
from datetime import timedelta


def evaluate(query, events, *, span):
    """(source, target, value, average milliseconds), all edges."""
    asked = query["pathsFilter"]
    waits = {}
    for person in {event.person for event in events}:
        own = sorted(
            (one for one in events if one.person == person and span[0] <= one.timestamp <= span[1]),
            key=lambda one: one.timestamp,
        )
        steps = [(one.timestamp, _name(asked, one)) for one in own if _is_included(asked, one)]
        steps = [(at, name) for at, name in steps if name not in (asked.get("excludeEvents") or [])]
        for session in _sessions(steps):
            shown = _shown(asked, _compact(session))
            for number, ((at, name), (then, following)) in enumerate(zip(shown, shown[1:], strict=False), 1):
                waits.setdefault((number, name, following), []).append((then - at).total_seconds() * 1000)
    return _reachable(_limited(asked, waits))


def _is_included(asked, event):
    kinds = [kind for kind in asked.get("includeEventTypes") or [] if kind != "hogql"]
    if not kinds:
        return True
    kind = event.event if event.event in ("$pageview", "$screen") else "custom_event"
    return kind in kinds and (kind != "custom_event" or not event.event.startswith("$"))


def _name(asked, event):
    kinds = asked.get("includeEventTypes") or ["$pageview", "$screen", "hogql"]
    expression = asked.get("pathsHogQLExpression") if "hogql" in kinds else None
    if event.event == "$pageview" and "$pageview" in kinds:
        url = event.properties.get("$current_url") or ""
        name = url[:-1] if len(url) > 1 and url.endswith("/") else url
    elif event.event == "$screen" and "$screen" in kinds:
        name = event.properties.get("$screen_name") or ""
    elif expression:
        name = event.properties.get(expression.removeprefix("properties.")) or ""
    else:
        name = event.event
    for rule in asked.get("localPathCleaningFilters") or []:
        name = re.sub(rule["regex"], lambda _, alias=rule["alias"]: alias, name)
    for glob in asked.get("pathGroupings") or []:
        if re.search(".*".join(map(re.escape, glob.split("*"))), name):
            return glob
    return name


def _sessions(steps):
    sessions, last = [], None
    for at, name in steps:
        if last is None or at - last >= timedelta(minutes=30):
            sessions.append([])
        sessions[-1].append((at, name))
        last = at
    return sessions


def _compact(session):
    return [step for number, step in enumerate(session) if number == 0 or session[number - 1][1] != step[1]]


def _shown(asked, path):
    names, limit = [name for _, name in path], asked.get("stepLimit") or 5
    start, end = asked.get("startPoint"), asked.get("endPoint")
    if start and end:
        return _between(path, names, start, end, limit)
    if start:
        return path[names.index(start) :][:limit] if start in names else []
    if end:
        return path[: names.index(end) + 1][-limit:] if end in names else []
    return path[:limit]


def _between(path, names, start, end, limit):
    if start not in names or end not in names[names.index(start) :]:
        return []
    first = names.index(start)
    path = path[first : names.index(end, first) + 1]
    half = limit // 2
    if len(path) <= limit:
        return path
    return [*path[:half], (path[half][0], "..."), *path[len(path) - half :]]


def _limited(asked, waits):
    least, most = asked.get("minEdgeWeight") or 0, asked.get("maxEdgeWeight")
    edges = [
        (step, name, following, len(each), sum(each) / len(each)) for (step, name, following), each in waits.items()
    ]
    edges = [one for one in edges if one[3] >= least and (most is None or one[3] <= most)]
    return sorted(edges, key=lambda one: (-one[3], one[0], one[1], one[2]))[: asked.get("edgeLimit") or 50]


def _reachable(edges):
    while True:
        nodes = {(step + 1, following) for step, _, following, *_ in edges}
        kept = [one for one in edges if one[0] == 1 or (one[0], one[1]) in nodes]
        if kept == edges:
            return {(f"{s}_{a}", f"{s + 1}_{b}", count): mean for s, a, b, count, mean in edges}
        edges = kept
