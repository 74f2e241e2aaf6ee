from datetime import UTC, datetime, timedelta

import pytest

from insights.models import Insight
from tagging.services import set_tags
from tests.factories.accounts import ProjectFactory
from tests.factories.dashboards import DashboardFactory, InsightTileFactory
from tests.factories.events import EventFactory, PersonFactory
from tests.factories.insights import (
    TRENDS,
    WRAPPED_SQL,
    WRAPPED_TRENDS,
    CachedResultFactory,
    InsightFactory,
    ViewLogFactory,
    trends_of,
)
from tests.insights.test_create import FULL_KEYS

BASIC_KEYS = {
    "id",
    "short_id",
    "name",
    "derived_name",
    "filters",
    "query",
    "dashboards",
    "dashboard_tiles",
    "description",
    "last_refresh",
    "refreshing",
    "saved",
    "tags",
    "updated_at",
    "created_by",
    "created_at",
    "last_modified_at",
    "favorited",
    "user_access_level",
    "last_viewed_at",
}


@pytest.fixture
def names(api, url):
    """`names(search="x")` are the names of the insights that a list with these parameters holds, in its order."""

    def ask(**parameters) -> list[str]:
        response = api("insight:read").get(url("insights/"), parameters)
        assert response.status_code == 200, response.json()
        return [insight["name"] for insight in response.json()["results"]]

    return ask


def test_a_page_holds_the_insights_with_what_is_stored_of_their_results(api, url, team):
    answered = InsightFactory(team=team, query=trends_of("a"))
    InsightFactory(team=team, query=trends_of("b"))
    CachedResultFactory(team=team, query=answered.query)

    page = api("insight:read").get(url("insights/")).json()

    assert (page["count"], page["next"], page["previous"]) == (2, None, None)
    assert set(page["results"][0]) == FULL_KEYS
    assert [insight["result"] for insight in page["results"]] == [[{"label": "stored"}], None]


def test_the_light_form_has_its_own_keys(api, url, team):
    InsightFactory(team=team)

    (insight,) = api().get(url("insights/?basic=true")).json()["results"]

    assert set(insight) == BASIC_KEYS


def test_deleted_ones_and_those_of_other_projects_are_not_listed(names, team):
    InsightFactory(team=team, name="mine")
    InsightFactory(team=team, deleted=True)
    InsightFactory(team=ProjectFactory().team)

    assert names() == ["mine"]


def test_pages_follow_limit_and_offset(api, url, team):
    InsightFactory.create_batch(3, team=team)

    page = api().get(url("insights/?limit=1&offset=1")).json()

    assert (page["count"], len(page["results"])) == (3, 1)
    assert "limit=1&offset=2" in page["next"]


def test_a_list_computes_what_it_is_asked_to_and_bad_ones_fail_alone(api, url, team):
    EventFactory(person=PersonFactory(team=team))
    InsightFactory(team=team, query=WRAPPED_TRENDS)
    InsightFactory(team=team, query=trends_of("x", trendsFilter={"formula": "A +"}))
    InsightFactory(team=team, query=None)

    good, bad, empty = api().get(url("insights/?refresh=blocking")).json()["results"]

    assert good["result"][0]["count"] == 1
    assert (bad["result"], bad["query_status"]["error"]) == (None, True)
    assert (empty["result"], empty["query_status"]) == (None, None)


def test_saved_means_saved_or_on_a_dashboard_that_is_listed(names, team):
    InsightFactory(team=team, name="saved", saved=True)
    InsightFactory(team=team, name="neither")
    shown = InsightFactory(team=team, name="shown")
    InsightTileFactory(insight=shown, dashboard=DashboardFactory(team=team))
    hidden = InsightFactory(team=team, name="on an unlisted one")
    InsightTileFactory(insight=hidden, dashboard=DashboardFactory(team=team, creation_mode="unlisted"))
    removed = InsightFactory(team=team, name="removed")
    InsightTileFactory(insight=removed, dashboard=DashboardFactory(team=team), deleted=True)

    assert names(saved="true") == ["saved", "shown"]
    assert names(saved="false") == ["neither", "shown", "on an unlisted one", "removed"]


@pytest.mark.parametrize("value", ["true", "false", ""])
def test_favorited_speaks_by_being_there(names, team, value):
    InsightFactory(team=team, name="star", favorited=True)
    InsightFactory(team=team)

    assert names(favorited=value) == ["star"]


def test_user_means_made_by_the_caller(names, team, alice, bob):
    InsightFactory(team=team, name="hers", created_by=alice)
    InsightFactory(team=team, name="his", created_by=bob)

    assert names(user="") == ["hers"]
    assert names(created_by=f"[{bob.pk}]") == ["his"]
    assert names(created_by=str(bob.pk)) == ["his"]
    assert names(created_by=f"[{alice.pk},{bob.pk}]") == ["hers", "his"]


def test_search_finds_names_descriptions_and_tags_once_and_equal_names_first(names, team):
    InsightFactory(team=team, name="Weekly signups")
    InsightFactory(team=team, name="b", derived_name="SIGNUPS by week")
    InsightFactory(team=team, name="c", description="about signups")
    tagged = InsightFactory(team=team, name="d")
    set_tags(tagged, ["signups", "more signups"], team=team)
    InsightFactory(team=team, name="signups")
    InsightFactory(team=team, name="other", description="100%")

    assert names(search="Signups") == ["signups", "Weekly signups", "b", "c", "d"]
    assert names(search="%") == ["other"]


def test_a_search_says_how_it_matched(api, url, team):
    InsightFactory(team=team, name="x")

    (found,) = api().get(url("insights/?search=x")).json()["results"]

    assert found["search_match_type"] == "exact"


def test_what_is_similar_comes_after_what_is_exact(api, url, team):
    InsightFactory(team=team, name="Weekly signupz")
    InsightFactory(team=team, name="Revenue")
    set_tags(InsightFactory(team=team, name="By tag"), ["sign-ups"], team=team)
    InsightFactory(team=team, name="All signups")

    found = api().get(url("insights/?search=signups")).json()["results"]

    assert [(row["name"], row["search_match_type"]) for row in found] == [
        ("All signups", "exact"),
        ("Weekly signupz", "similar"),
        ("By tag", "similar"),
    ]


def test_a_server_without_trigrams_finds_what_is_exact(names, team, monkeypatch):
    monkeypatch.setattr("insights.querysets.insights.can_tell_similar", lambda: False)
    InsightFactory(team=team, name="Weekly signupz")
    InsightFactory(team=team, name="All signups")

    assert names(search="signups") == ["All signups"]


def test_short_id_is_exact(names, team):
    insight = InsightFactory(team=team, name="this")
    InsightFactory(team=team)

    assert names(short_id=insight.short_id) == ["this"]
    assert names(short_id="nosuch") == []


def test_kinds_are_told_apart(names, team):
    InsightFactory(team=team, name="trends")
    InsightFactory(team=team, name="legacy", query=None, filters={"insight": "TRENDS"})
    InsightFactory(team=team, name="sql", query=WRAPPED_SQL)
    InsightFactory(team=team, name="bare", query=TRENDS)
    events = {"kind": "DataTableNode", "source": {"kind": "EventsQuery", "select": ["*"]}}
    InsightFactory(team=team, name="table", query=events)

    assert names(insight="TRENDS") == ["trends", "legacy"]
    assert names(insight="FUNNELS") == []
    assert names(insight="SQL") == ["sql"]
    assert names(insight="JSON") == ["bare", "table"]


def test_dates_are_strict_and_may_be_relative(names, team):
    now = datetime.now(UTC)
    InsightFactory(team=team, name="new")
    old = InsightFactory(team=team, name="old", last_modified_at=now - timedelta(days=10))
    Insight.objects.filter(pk=old.pk).update(created_at=now - timedelta(days=20))

    assert names(date_from="-5d") == ["new"]
    assert names(date_to="-5d") == ["old"]
    assert names(created_date_from="-15d") == ["new"]
    assert names(created_date_to="-15d") == ["old"]
    assert names(date_from="2020-01-01", date_to="2020-01-02") == []


def test_views_are_the_caller_s(names, team, alice, bob):
    seen, other = InsightFactory(team=team, name="seen"), InsightFactory(team=team, name="other")
    long_ago = datetime.now(UTC) - timedelta(days=9)
    ViewLogFactory(user=alice, ref=seen.pk)
    ViewLogFactory(user=bob, ref=other.pk)
    ViewLogFactory(user=alice, ref=InsightFactory(team=team, name="long ago").pk, viewed_at=long_ago)

    assert names(last_viewed_date_from="-5d") == ["seen"]
    assert names(last_viewed_date_to="-5d") == ["long ago"]
    assert names(order="-last_viewed_at") == ["seen", "long ago", "other"]
    assert names(order="last_viewed_at") == ["other", "long ago", "seen"]


def test_dashboards_are_all_meant(names, team):
    first, second = DashboardFactory(team=team), DashboardFactory(team=team)
    both, one = InsightFactory(team=team, name="both"), InsightFactory(team=team, name="one")
    for dashboard in (first, second):
        InsightTileFactory(dashboard=dashboard, insight=both)
    InsightTileFactory(dashboard=first, insight=one)

    assert names(dashboards=f"[{first.pk}]") == ["both", "one"]
    assert names(dashboards=f"[{first.pk},{second.pk}]") == ["both"]


def test_one_of_the_tags_is_enough(names, team):
    for name in ("a", "b", "c"):
        set_tags(InsightFactory(team=team, name=name), [name, "all"], team=team)

    assert names(tags='["a","B"]') == ["a", "b"]
    assert names(tags='["all","a"]') == ["a", "b", "c"]


def test_events_are_all_meant(names, team):
    series = [{"kind": "EventsNode", "event": "x"}, {"kind": "EventsNode", "event": "y"}]
    InsightFactory(team=team, name="both", query={"kind": "TrendsQuery", "series": series})
    InsightFactory(team=team, name="x", query=trends_of("x"))
    InsightFactory(team=team, name="legacy", query=None, filters={"events": [{"id": "x", "math": "dau"}]})

    assert names(events='["x"]') == ["both", "x", "legacy"]
    assert names(events='["x","y"]') == ["both"]


def test_a_folder_is_exact_and_empty_is_the_root(names, team):
    InsightFactory(team=team, name="filed", folder="Growth")
    InsightFactory(team=team, name="loose")

    assert names(folder="Growth") == ["filed"]
    assert names(folder="") == ["loose"]


@pytest.mark.parametrize("field", ["name", "created_at", "last_modified_at", "created_by", "order", "favorited", "id"])
def test_order_goes_both_ways(names, team, field):
    InsightFactory.create_batch(2, team=team)

    assert len(names(order=field)) == len(names(order=f"-{field}")) == 2


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("created_by", "alice"),
        ("created_by", '["alice"]'),
        ("created_by", "[true]"),
        ("created_by", "[1.5]"),
        ("created_by", "[99999999999999999999]"),
        ("dashboards", "{"),
        ("dashboards", "[null]"),
        ("dashboards", str([1] * 101)),
        ("tags", "web"),
        ("tags", "[1]"),
        ("tags", '["\\u0000"]'),
        ("events", "[[]]"),
        ("insight", "PIE"),
        ("order", "password"),
        ("order", "--name"),
        ("order", "created_by__password"),
        ("search", "x" * 201),
        ("date_from", "2024-13-45"),
        ("date_to", "?"),
        ("created_date_from", "2024-99"),
        ("created_date_to", "?"),
        ("last_viewed_date_from", "?"),
        ("last_viewed_date_to", "-9999999999d"),
    ],
)
def test_a_parameter_that_cannot_be_read_is_refused_by_name(api, url, team, name, value):
    response = api().get(url("insights/"), {name: value})

    assert (response.status_code, response.json()["attr"]) == (400, name), response.json()


@pytest.mark.parametrize("basic", [True, False])
@pytest.mark.parametrize("rows", [1, 20])
def test_costs_the_same_for_one_insight_and_for_twenty(api, url, team, bob, rows, basic, django_assert_num_queries):
    for number in range(rows):
        insight = InsightFactory(team=team, created_by=bob, query=trends_of(f"event {number}"))
        CachedResultFactory(team=team, query=insight.query)
        InsightTileFactory(insight=insight, dashboard=DashboardFactory(team=team, restriction_level=37))
        set_tags(insight, [f"tag {number}"], team=team)
    client = api("insight:read", user=bob)
    client.get(url("insights/"))

    # key with user, project with membership, count, insights with views and tags, tiles, their dashboards;
    # and the stored answers, or in the light form their ages
    with django_assert_num_queries(7):
        page = client.get(url("insights/"), {"basic": basic}).json()

    assert len(page["results"]) == rows


def test_a_stranger_lists_nothing(api, url, charlie):
    assert api(user=charlie).get(url("insights/")).status_code == 403


def test_environments_lead_to_the_same_insights(api, url, team):
    InsightFactory(team=team)

    assert api().get(url("insights", prefix="environments")).json() == api().get(url("insights/")).json()


@pytest.mark.parametrize(
    "query",
    [
        trends_of("x", breakdownFilter={"breakdown": "$feature/beta"}),
        trends_of("x", properties=[{"type": "event", "key": "$feature_flag", "value": "beta"}]),
        trends_of("x", properties=[{"type": "event", "key": "$feature_flag", "value": ["alpha", "beta"]}]),
    ],
    ids=["breakdown", "filter", "list"],
)
def test_a_flag_narrows_to_what_is_about_it(names, team, query):
    InsightFactory(team=team, name="about", query=query)
    InsightFactory(team=team, name="legacy", query=None, filters={"breakdown": "$feature/beta"})
    InsightFactory(team=team, name="other", query=trends_of("beta", breakdownFilter={"breakdown": "$feature/beta2"}))

    assert names(feature_flag="beta") == ["about", "legacy"]
    assert names(feature_flag='b" || true') == []


def test_what_counts_the_calls_of_flags_may_be_hidden(names, team):
    InsightFactory(team=team, name="calls", query=trends_of("$feature_flag_called"))
    InsightFactory(team=team, name="legacy calls", query=None, filters={"events": [{"id": "$feature_flag_called"}]})
    InsightFactory(team=team, name="other")
    InsightFactory(team=team, name="empty", query=None)

    assert names(hide_feature_flag_insights="true") == ["other", "empty"]
    assert len(names(hide_feature_flag_insights="false")) == 4
