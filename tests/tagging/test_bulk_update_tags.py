"""Against a shelf of insights that stands at its own address: who mixes the action in tests only what it adds."""

import pytest
from django.urls import include, path

from accounts.viewsets import ProjectScopedViewSet
from common.routers import OptionalSlashRouter
from insights.models import Insight
from posthog_lite.urls import urlpatterns as real_urlpatterns
from tagging.mixins import BulkTagsViewMixin
from tagging.models import Tag
from tagging.services import Tagged, bulk_update_tags, set_tags
from tests.factories.insights import InsightFactory

pytestmark = pytest.mark.urls(__name__)
SKIPPED = "Not found or no edit access"


class ShelfViewSet(BulkTagsViewMixin, ProjectScopedViewSet):
    queryset = Insight.objects.order_by("name")
    scope_object = "insight"
    scope_object_write_actions = ("bulk_update_tags",)
    changed: list[Tagged] = []

    def editable(self, queryset):
        return queryset.exclude(name="locked")

    def after_bulk_tags(self, changed):
        type(self).changed = changed


class ClosedShelfViewSet(BulkTagsViewMixin, ProjectScopedViewSet):
    queryset = Insight.objects.all()
    scope_object = "insight"


router = OptionalSlashRouter()
router.register("shelf", ShelfViewSet, basename="shelf")
router.register("closed_shelf", ClosedShelfViewSet, basename="closed_shelf")
urlpatterns = [path("api/projects/<str:project_id>/", include(router.urls)), *real_urlpatterns]


@pytest.fixture
def insight(team):
    def make(name, *tags, **fields):
        insight = InsightFactory(team=team, name=name, **fields)
        set_tags(insight, tags, team=insight.team)
        return insight

    return make


@pytest.fixture
def bulk(api, url):
    def call(insights, action, tags):
        body = {"ids": [getattr(insight, "pk", insight) for insight in insights], "action": action, "tags": tags}
        return api("insight:write").post(url("shelf/bulk_update_tags/"), body)

    return call


@pytest.mark.parametrize(
    ("action", "tags", "first", "second"),
    [
        ("add", [" Growth", "growth", "new"], ["growth", "new", "old"], ["growth", "new"]),
        ("remove", ["OLD", "unknown"], [], []),
        ("set", ["new", "old"], ["new", "old"], ["new", "old"]),
        ("set", [], [], []),
    ],
)
def test_changes_the_tags_of_many_and_answers_all_they_wear(bulk, insight, action, tags, first, second):
    a, b = insight("a", "old"), insight("b")

    response = bulk([b, a, b], action, tags)

    assert response.status_code == 200
    assert response.json() == {
        "updated": [{"id": a.pk, "tags": first}, {"id": b.pk, "tags": second}],
        "skipped": [],
    }
    assert sorted(a.tags.values_list("name", flat=True)) == first


def test_skips_what_is_missing_foreign_deleted_or_not_to_be_edited_without_telling_which(bulk, insight, charlie):
    ours = insight("ours")
    foreign = InsightFactory(team=charlie.current_team)
    others = [insight("locked"), insight("gone", deleted=True), foreign, 0, -1, 2**63 - 1]

    result = bulk([*others, ours, *others], "add", ["x"]).json()

    assert result["updated"] == [{"id": ours.pk, "tags": ["x"]}]
    assert result["skipped"] == [{"id": getattr(row, "pk", row), "reason": SKIPPED} for row in others]
    assert not foreign.tags.exists()


def test_a_tag_goes_with_its_last_use_and_not_before(bulk, insight, team, commits):
    a, b = insight("a", "shared", "lonely"), insight("b", "shared")

    with commits():
        bulk([a], "set", [])

    assert list(Tag.objects.for_project(team.project).values_list("name", flat=True)) == ["shared"]
    with commits():
        bulk([b], "remove", ["shared"])
    assert not Tag.objects.filter(team=team).exists()


def test_leaves_the_tags_of_other_projects_alone(bulk, insight, charlie):
    theirs = InsightFactory(team=charlie.current_team)
    set_tags(theirs, ["same"], team=theirs.team)
    ours = insight("ours", "same")

    bulk([ours], "remove", ["same"])

    assert [tag.name for tag in theirs.tags.all()] == ["same"]


def test_tells_the_view_what_became_different(bulk, insight):
    a, b = insight("a", "old"), insight("b", "new")

    bulk([a, b], "add", ["new"])

    assert ShelfViewSet.changed == [Tagged(a.pk, frozenset({"old"}), frozenset({"new", "old"}))]


def test_is_undone_when_the_view_refuses_afterwards(bulk, insight, monkeypatch):
    from common.exceptions import Refusal

    def refuse(self, changed):
        raise Refusal("No.")

    monkeypatch.setattr(ShelfViewSet, "after_bulk_tags", refuse)
    a = insight("a", "old")

    assert bulk([a], "set", ["new"]).status_code == 400
    assert [tag.name for tag in a.tags.all()] == ["old"]


@pytest.mark.parametrize(
    ("body", "code", "attr", "detail"),
    [
        ({"ids": []}, "empty", "ids", "This list may not be empty."),
        ({"ids": None}, "null", "ids", None),
        ({"ids": 7}, "not_a_list", "ids", None),
        ({"ids": list(range(501))}, "max_length", "ids", "Ensure this field has no more than 500 elements."),
        ({"ids": ["x"]}, "invalid_input", "ids__0", "A valid integer is required."),
        ({"ids": [1, True]}, "invalid_input", "ids__1", None),
        ({"ids": ["9" * 30]}, "max_value", "ids__0", None),
        ({"action": None}, "null", "action", None),
        ({"action": ""}, "invalid_choice", "action", None),
        ({"action": "replace"}, "invalid_choice", "action", None),
        ({"tags": None}, "null", "tags", None),
        ({"tags": "x"}, "not_a_list", "tags", 'Expected a list of items but got type "str".'),
        ({"tags": ["x" * 256]}, "max_length", "tags__0", None),
        ({"tags": [str(n) for n in range(101)]}, "max_length", "tags", None),
        ({"tags": []}, "invalid_input", "tags", "tags must not be empty for action 'add'."),
        ({"tags": [], "action": "remove"}, "invalid_input", "tags", "tags must not be empty for action 'remove'."),
        (
            {"ids": list(range(500)), "tags": [str(n) for n in range(21)]},
            "invalid_input",
            "tags",
            "ids times tags must not be more than 10000.",
        ),
    ],
)
def test_refuses_what_makes_no_sense(api, url, body, code, attr, detail):
    response = api().post(url("shelf/bulk_update_tags/"), {"ids": [1], "action": "add", "tags": ["x"]} | body)

    assert response.status_code == 400
    refused = response.json()
    assert (refused["type"], refused["code"], refused["attr"]) == ("validation_error", code, attr)
    assert detail in {None, refused["detail"]}


@pytest.mark.parametrize("missing", ["ids", "action", "tags"])
def test_needs_all_three(api, url, missing):
    body = {"ids": [1], "action": "set", "tags": []}
    del body[missing]

    response = api().post(url("shelf/bulk_update_tags/"), body)

    assert (response.json()["code"], response.json()["attr"]) == ("required", missing)


def test_counts_each_id_and_each_name_once(bulk):
    assert bulk(list(range(250)) * 2, "add", ["x"] * 40 + ["X "] * 20).status_code == 200


def test_is_closed_to_keys_until_the_view_opens_it(api, session, url):
    body = {"ids": [1], "action": "set", "tags": []}

    by_key = api().post(url("closed_shelf/bulk_update_tags/"), body)
    by_session = session().post(url("closed_shelf/bulk_update_tags/"), body)
    by_reader = api("insight:read").post(url("shelf/bulk_update_tags/"), body)

    assert by_key.json()["detail"] == "This action does not support personal API key access"
    assert by_session.status_code == 200
    assert by_reader.json()["detail"] == "API key missing required scope 'insight:write'"


@pytest.mark.parametrize(("rows", "tags"), [(1, 1), (50, 40)])
@pytest.mark.parametrize(
    ("action", "statements"),
    [
        # a savepoint's two; lock, rows with names, tags, on
        ("add", 6),
        # a savepoint's two; lock, rows with names, off; another savepoint's two for orphans locked, orphans gone
        ("remove", 9),
        # both
        ("set", 11),
    ],
)
def test_costs_the_same_for_one_and_for_many(
    insight, team, rows, tags, action, statements, commits, django_assert_num_queries
):
    old, new = ([f"{age} {n}" for n in range(tags)] for age in ("old", "new"))
    ids = [insight(f"{n:03}", *old).pk for n in range(rows)]
    names = old if action == "remove" else new

    with django_assert_num_queries(statements), commits():
        bulk_update_tags(Insight.objects.all(), ids=ids, action=action, tags=names, team=team)


def test_changing_nothing_costs_two_statements(insight, team, django_assert_num_queries):
    ids = [insight("a", "x").pk, insight("b", "x").pk]

    # a savepoint's two; lock, rows with names
    with django_assert_num_queries(4):
        bulk_update_tags(Insight.objects.all(), ids=ids, action="add", tags=["x"], team=team)
