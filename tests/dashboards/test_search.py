import pytest
from django.db import DatabaseError, connection, migrations

from tagging.services import set_tags
from tests.factories.dashboards import DashboardFactory


@pytest.fixture
def search(api, url):
    def ask(text):
        response = api("dashboard:read").get(url("dashboards/"), {"search": text})
        assert response.status_code == 200, response.content
        return [(row["name"], row["search_match_type"]) for row in response.json()["results"]]

    return ask


@pytest.fixture(autouse=True)
def dashboards(team):
    DashboardFactory(team=team, name="Weekly revenue")
    DashboardFactory(team=team, name="A revenew report", pinned=True)
    DashboardFactory(team=team, name="other", description="All about revenue")
    set_tags(DashboardFactory(team=team, name="tagged"), ["revenue"], team=team)
    set_tags(DashboardFactory(team=team, name="nearly tagged"), ["revenues"], team=team)
    DashboardFactory(team=team, name="Unrelated", pinned=True)
    DashboardFactory(team=team, name=None)


def test_what_holds_the_text_comes_before_what_is_like_it(search):
    assert search("Revenue") == [
        ("Weekly revenue", "exact"),
        ("nearly tagged", "exact"),
        ("other", "exact"),
        ("tagged", "exact"),
        ("A revenew report", "similar"),
    ]


@pytest.mark.parametrize("text", ["revnue", "reveneu", "revenuee"])
def test_a_slip_of_the_finger_still_finds_it(search, text):
    found = search(text)

    assert ("Weekly revenue", "similar") in found
    assert ("other", "similar") in found
    assert ("tagged", "similar") in found
    assert "Unrelated" not in dict(found)


@pytest.mark.parametrize("text", ["zzz", "%", "_", "\\", "'"])
def test_nothing_is_like_nothing(search, text):
    assert search(text) == []


def test_the_pages_count_what_is_similar(api, url):
    page = api().get(url("dashboards/?search=revnue&limit=1")).json()

    assert page["count"] >= 4
    assert len(page["results"]) == 1


def test_without_trigrams_only_exact_text_is_found(search, monkeypatch):
    monkeypatch.setattr("dashboards.querysets.dashboards.can_tell_similar", lambda: False)

    assert search("revnue") == []
    assert {kind for _, kind in search("revenue")} == {"exact"}


def test_the_migration_goes_on_where_it_may_not_install_them():
    from importlib import import_module

    module = import_module("dashboards.migrations.0004_search_by_trigrams")

    class Editor:
        def __init__(self):
            self.connection = connection

        def execute(self, sql):
            raise DatabaseError("permission denied to create extension")

    module.install(None, Editor())
    assert isinstance(module.Migration.operations[0], migrations.RunPython)
