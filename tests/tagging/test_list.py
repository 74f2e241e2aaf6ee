import pytest

from tests.factories.tagging import TagFactory


def tag(team, *names):
    for name in names:
        TagFactory(team=team, name=name)


def test_is_a_bare_list_of_the_projects_names_sorted(api, url, team, charlie):
    tag(team, "growth", "alpha", "weekly")
    tag(charlie.current_team, "secret")

    response = api("project:read").get(url("tags/"))

    assert (response.status_code, response.json()) == (200, ["alpha", "growth", "weekly"])


def test_is_empty_at_first(api, url):
    assert api("project:read").get(url("tags/")).json() == []


def test_is_open_to_sessions_too(session, url, team):
    tag(team, "growth")

    assert session().get(url("tags/")).json() == ["growth"]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"search": "GRO"}, ["grow", "growth"]),
        ({"search": "%"}, ["100%"]),
        ({"search": "none"}, []),
        ({"limit": 2}, ["100%", "alpha"]),
        ({"limit": 2, "offset": 1}, ["alpha", "grow"]),
        ({"offset": 3}, ["growth"]),
        ({"offset": 99}, []),
        ({"offset": "9" * 30}, []),
        ({"limit": 0}, ["100%", "alpha", "grow", "growth"]),
        ({"limit": "x", "offset": "-1"}, ["100%", "alpha", "grow", "growth"]),
    ],
)
def test_can_be_searched_and_cut(api, url, team, query, names):
    tag(team, "growth", "grow", "alpha", "100%")

    assert api("project:read").get(url("tags/"), query).json() == names


def test_holds_more_than_a_hundred_since_it_cannot_say_that_there_are_more(api, url, team):
    TagFactory.create_batch(120, team=team)

    assert len(api("project:read").get(url("tags/")).json()) == 120


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_tags_are_made_by_tagging_and_not_here(session, url, method):
    assert getattr(session(), method)(url("tags/"), {"name": "x"}).status_code == 405


@pytest.mark.parametrize("tags", [1, 50])
def test_costs_the_same_for_one_and_for_many(api, url, team, tags, django_assert_num_queries):
    TagFactory.create_batch(tags, team=team)
    client = api("project:read")
    client.get(url("tags/"))

    # key and user, project and membership, count, tags
    with django_assert_num_queries(4):
        client.get(url("tags/"))
