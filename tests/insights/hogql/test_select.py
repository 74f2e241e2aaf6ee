"""Whole queries over the few events of the conftest."""

import pytest

from tests.factories.definitions import PropertyDefinitionFactory
from tests.insights.hogql.conftest import at
from tests.insights.queries.reference.samples import SampleEvent

QUERIES = [
    ("SELECT event, count() FROM events GROUP BY event ORDER BY count() DESC", [["$pageview", 3], ["signed up", 2]]),
    ("SELECT event, count() FROM events GROUP BY ALL ORDER BY 2, 1", [["signed up", 2], ["$pageview", 3]]),
    ("SELECT event AS e, count() AS c FROM events GROUP BY e HAVING c > 2", [["$pageview", 3]]),
    ("SELECT count() AS a, a * 2 AS b, b + 1 FROM events", [[5, 10, 11]]),
    ("SELECT toDate(timestamp) AS timestamp FROM events WHERE timestamp > '2024-01-09'", [["2024-01-10"]]),
    ("SELECT DISTINCT event FROM events ORDER BY event DESC", [["signed up"], ["$pageview"]]),
    ("SELECT count() FROM events PREWHERE event = '$pageview' WHERE properties.price > 5", [[1]]),
    ("SELECT uniq(person_id), uniq(distinct_id), count(DISTINCT event) FROM events", [[3, 3, 2]]),
    ("SELECT countIf(event = '$pageview'), sumIf(1, properties.price > 5), avgIf(2, 1 = 2) FROM events",
     [[3, 2, None]]),
    ("SELECT count() FILTER (WHERE event = '$pageview') FROM events", [[3]]),
    ("SELECT sum(toFloat(properties.price)), min(event), max(event) FROM events", [[19.5, "$pageview", "signed up"]]),
    ("SELECT sum(1), count(), avg(1) FROM events WHERE 1 = 2", [[0, 0, None]]),
    ("SELECT median(toFloat(properties.price)), quantile(0.9)(properties.price) FROM events", [[7, 9.4]]),
    ("SELECT quantiles(0, 1)(properties.price) FROM events", [[[2.5, 10]]]),
    ("SELECT argMax(event, timestamp), argMin(distinct_id, timestamp), any(event) FROM events",
     [["signed up", "person-1", "$pageview"]]),
    ("SELECT groupArray(2)(event), groupUniqArray(event) FROM events",
     [[["$pageview"] * 2, ["$pageview", "signed up"]]]),
    ("SELECT groupArray(event ORDER BY event DESC)[1] FROM events", [["signed up"]]),
    ("SELECT arraySort(groupArray((timestamp, event)))[1].2 FROM events", [["$pageview"]]),
    ("SELECT properties.plan.name, properties['x y'] FROM events WHERE properties.plan.name = 'pro'", [["pro", None]]),
    ("SELECT properties.tags[1], properties.tags.2 FROM events WHERE properties.tags IS NOT NULL", [["a", "b"]]),
    ("SELECT count() FROM events WHERE properties.`x y` = 'z'", [[1]]),
    ("SELECT count() FROM events WHERE properties.$browser != 'Safari'", [[3]]),
    ("SELECT count() FROM events WHERE properties.$browser NOT IN ('Safari', 'Chrome')", [[2]]),
    ("SELECT count() FROM events WHERE properties.$browser NOT LIKE 'S%'", [[3]]),
    ("SELECT count() FROM events WHERE NOT (properties.$browser = 'Safari')", [[3]]),
    ("SELECT count() FROM events WHERE properties.$browser > 'D'", [[2]]),
    ("SELECT count() FROM events WHERE $session_id = 's2' AND events.event = 'signed up'", [[2]]),
    ("SELECT person.properties.email FROM events WHERE person.properties.age = 41 LIMIT 1", [["ann@example.com"]]),
    ("SELECT count() FROM events WHERE person_id IN (SELECT id FROM persons WHERE properties.email LIKE 'ann%')",
     [[2]]),
    ("SELECT count() FROM events WHERE person.id = events.person_id", [[5]]),
    ("SELECT pdi.person_id = person_id FROM events LIMIT 1", [[True]]),
    ("SELECT properties.email FROM persons ORDER BY properties.email",
     [["ann@example.com"], ["bob@example.com"], [None]]),
    ("SELECT p.properties.email, count() FROM events e JOIN persons p ON e.person_id = p.id"
     " GROUP BY 1 ORDER BY 2 DESC, 1",
     [["ann@example.com", 2], ["bob@example.com", 2], [None, 1]]),
    ("SELECT a.event, b.n FROM (SELECT DISTINCT event FROM events) a LEFT JOIN (SELECT 'signed up' AS event, 7 AS n) b"
     " ON a.event = b.event ORDER BY 1", [["$pageview", None], ["signed up", 7]]),
    ("SELECT x, y FROM (SELECT 1 AS x) a JOIN (SELECT 1 AS x2, 2 AS y) b ON a.x = b.x2", [[1, 2]]),
    ("SELECT a.k, b.v FROM (SELECT 1 AS k) a JOIN (SELECT 1 AS k, 2 AS v) b USING (k)", [[1, 2]]),
    ("SELECT count() FROM events CROSS JOIN numbers(2)", [[10]]),
    ("SELECT session_id, $session_duration, $pageview_count FROM sessions ORDER BY session_id",
     [["s1", 0, 1], ["s2", 118801, 0]]),
    ("SELECT session.$session_duration FROM events WHERE event = 'signed up' LIMIT 1", [[118801]]),
    ("WITH a AS (SELECT event, count() AS n FROM events GROUP BY event) SELECT sum(n) FROM a", [[5]]),
    ("WITH a AS (SELECT 1 AS x), b AS (SELECT x + 1 AS y FROM a) SELECT a.x, b.y FROM a CROSS JOIN b", [[1, 2]]),
    ("WITH (SELECT count() FROM events) AS total SELECT total + 1", [[6]]),
    ("WITH 3 AS three SELECT x FROM (SELECT three + 1 AS x)", [[4]]),
    ("SELECT event FROM events WHERE event IN (SELECT event FROM events WHERE 1 = 2)", []),
    ("SELECT sum(x) FROM (SELECT 1 AS x UNION ALL SELECT 2.5 UNION ALL SELECT NULL)", [[3.5]]),
    ("SELECT x FROM (SELECT 1 AS x UNION DISTINCT SELECT 1)", [[1]]),
    ("WITH a AS (SELECT 1 AS x) SELECT x FROM a UNION ALL SELECT x + 1 FROM a", [[1], [2]]),
    ("SELECT number FROM numbers(2, 3)", [[2], [3], [4]]),
    ("SELECT x FROM events ARRAY JOIN [1, 2] AS x WHERE properties.tags IS NOT NULL ORDER BY x", [[1], [2]]),
    ("SELECT arrayJoin([1, 2]) AS x, count() FROM events GROUP BY x ORDER BY x", [[1, 5], [2, 5]]),
    ("SELECT event, timestamp FROM events ORDER BY timestamp DESC LIMIT 1 BY event",
     [["signed up", "2024-01-10T09:00:00Z"], ["$pageview", "2024-01-08T11:00:00Z"]]),
    ("SELECT event FROM events QUALIFY row_number() OVER (PARTITION BY event ORDER BY timestamp) = 1 ORDER BY event",
     [["$pageview"], ["signed up"]]),
    ("SELECT row_number() OVER (PARTITION BY event ORDER BY timestamp) AS n FROM events ORDER BY timestamp",
     [[1], [2], [3], [1], [2]]),
    ("SELECT lag(event, 1, 'none') OVER (ORDER BY timestamp) FROM events ORDER BY timestamp LIMIT 2",
     [["none"], ["$pageview"]]),
    ("SELECT toDate(timestamp) AS d, sum(count()) OVER (ORDER BY d) FROM events GROUP BY d ORDER BY d",
     [["2024-01-03", 1], ["2024-01-08", 4], ["2024-01-10", 5]]),
    ("SELECT sum(1) OVER w FROM events WINDOW w AS (ORDER BY timestamp) ORDER BY timestamp LIMIT 2", [[1], [2]]),
    ("SELECT sum(1) OVER (ORDER BY timestamp ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS s FROM events"
     " ORDER BY s LIMIT 2",
     [[1], [2]]),
    ("SELECT 'x' -- a comment\n FROM events LIMIT 1", [["x"]]),
    ("SELECT event FROM events ORDER BY timestamp LIMIT 1 OFFSET 3", [["signed up"]]),
    ("SELECT true AS a, event IN (NULL) AS b, count() FROM events GROUP BY a, b, false ORDER BY a, b, true",
     [[True, False, 5]]),
    ("SELECT 1 AS a, NULL AS b, 'x' AS c, count() FROM events GROUP BY 1, 2, 3 ORDER BY 1, 2, 3", [[1, None, "x", 5]]),
    ("SELECT topK(1)(event), topKIf(1)(event, event != '$pageview') FROM events", [[["$pageview"], ["signed up"]]]),
    ("SELECT event, topK(event) FROM events GROUP BY event ORDER BY 1",
     [["$pageview", ["$pageview"]], ["signed up", ["signed up"]]]),
    ("SELECT e.properties.price AS p, `e`.`event`, \"event\" FROM events e WHERE p == '10'",
     [["10", "$pageview", "$pageview"]]),
    ("SELECT events.event, person_id == person.id, elements_chain, $group_0 FROM events WHERE properties.price = 10",
     [["$pageview", True, "", None]]),
    ("SELECT is_identified, pdi.distinct_id FROM persons LIMIT 1", [[False, None]]),
    ("SELECT count() FROM persons WHERE created_at <= now() + INTERVAL 100 YEAR", [[3]]),
    ("SELECT distinct_id, person_id FROM person_distinct_ids", []),
    ("SELECT index, key, properties.name, created_at FROM groups", []),
    ("SELECT a.x, b.y FROM (SELECT 1 AS x) a RIGHT JOIN (SELECT 2 AS y) b ON a.x = b.y", [[None, 2]]),
    ("SELECT a.x, b.y FROM (SELECT 1 AS x) a FULL JOIN (SELECT 2 AS y) b ON a.x = b.y ORDER BY 2",
     [[None, 2], [1, None]]),
    ("SELECT event FROM events WHERE properties.price BETWEEN 2 AND 8 AND properties.price IS NOT NULL ORDER BY event",
     [["$pageview"], ["signed up"]]),
    ("SELECT any(event), anyLast(person_id) IS NOT NULL FROM events", [["$pageview", True]]),
    ("SELECT $is_bounce, $num_uniq_urls, $urls, $end_hostname FROM sessions ORDER BY session_id",
     [[True, 0, [], None], [None, 0, [], None]]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), QUERIES, ids=[text for text, _ in QUERIES])
def test_gives(stored, ask, text, expected):
    assert ask(text) == expected


def test_weeks_begin_on_the_projects_day(team, value):
    assert value("toStartOfWeek(now())") == "2024-01-07"

    team.week_start_day = 1

    assert value("toStartOfWeek(now())") == "2024-01-08"


def test_days_are_those_of_the_projects_zone(team, stored, ask):
    team.timezone = "America/New_York"

    rows = ask(
        "SELECT toDate(timestamp), toStartOfDay(timestamp), toHour(timestamp) FROM events ORDER BY timestamp LIMIT 1"
    )

    assert rows == [["2024-01-02", "2024-01-02T00:00:00-05:00", 19]]


def test_a_day_that_lost_an_hour_is_still_a_day(team, value):
    team.timezone = "America/New_York"

    assert value("addDays(toDateTime('2024-03-09 12:00:00'), 1)") == "2024-03-10T12:00:00-04:00"
    assert value("addHours(toDateTime('2024-03-09 12:00:00'), 24)") == "2024-03-10T13:00:00-04:00"


@pytest.mark.parametrize(
    ("kind", "stored_as", "expected"),
    [("Numeric", "7.5", 7.5), ("Boolean", "true", True), ("DateTime", "2024-01-31", "2024-01-31T00:00:00Z"),
     ("String", "7", "7"), ("Numeric", "nonsense", None)],
)  # fmt: skip
def test_properties_are_read_as_they_are_defined(team, store, ask, kind, stored_as, expected):
    PropertyDefinitionFactory(team=team, name="thing", property_type=kind)
    store([SampleEvent("x", at("2024-01-03 00:00:00"), 1, {"thing": stored_as})])

    [[cell]] = ask("SELECT properties.thing FROM events")

    assert cell == expected
