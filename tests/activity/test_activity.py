"""`:id/activity/` and `activity/`, against a shelf of insights that stands at its own address."""

import pytest
from django.urls import include, path

from accounts.viewsets import ProjectScopedViewSet
from activity.mixins import ActivityViewMixin
from common.routers import OptionalSlashRouter
from insights.models import Insight
from posthog_lite.urls import urlpatterns as real_urlpatterns
from tests.factories.activity import ActivityLogFactory
from tests.factories.insights import InsightFactory

pytestmark = pytest.mark.urls(__name__)


class ShelfViewSet(ActivityViewMixin, ProjectScopedViewSet):
    queryset = Insight.objects.all()
    scope_object = "insight"
    activity_scope = "Insight"


router = OptionalSlashRouter()
router.register("shelf", ShelfViewSet, basename="shelf")
urlpatterns = [path("api/projects/<str:project_id>/", include(router.urls)), *real_urlpatterns]


@pytest.fixture
def reader(api):
    return api("activity_log:read", "insight:read")


def names(response):
    return [row["item_id"] for row in response.json()["results"]]


def test_shows_the_changes_to_one_row_newest_first(reader, url, team):
    insight, other = InsightFactory.create_batch(2, team=team)
    first, second = (ActivityLogFactory(team=team, scope="Insight", item_id=insight.pk) for _ in range(2))
    ActivityLogFactory(team=team, scope="Insight", item_id=other.pk)
    ActivityLogFactory(team=team, scope="Dashboard", item_id=insight.pk)

    response = reader.get(url(f"shelf/{insight.pk}/activity/"))

    assert response.status_code == 200
    assert set(response.json()) == {"count", "next", "previous", "results"}
    assert [row["id"] for row in response.json()["results"]] == [str(second.pk), str(first.pk)]


def test_shows_the_changes_to_all_rows_also_to_those_that_are_gone(reader, url, team, charlie):
    for item_id in ("1", "2", "999999"):
        ActivityLogFactory(team=team, scope="Insight", item_id=item_id)
    ActivityLogFactory(team=team, scope="Dashboard")
    ActivityLogFactory(team=charlie.current_team, scope="Insight")

    assert sorted(names(reader.get(url("shelf/activity/")))) == ["1", "2", "999999"]


def test_has_ten_on_a_page_counted_from_one(reader, url, team):
    for n in range(23):
        ActivityLogFactory(team=team, scope="Insight", item_id=str(n))
    path = url("shelf/activity/")

    pages = [reader.get(path, {"page": page}).json() for page in (1, 2, 3, 4)]

    assert [len(page["results"]) for page in pages] == [10, 10, 3, 0]
    assert {page["count"] for page in pages} == {23}
    assert pages[0]["previous"] is None
    assert pages[0]["next"].endswith("activity/?page=2")
    assert pages[1]["previous"].endswith("activity/")
    assert pages[2]["next"] is None


@pytest.mark.parametrize("query", ["page=0", "page=-1", "page=x", "page=", f"page={'9' * 30}", "limit=0", "limit=x"])
def test_a_bad_page_is_the_first(reader, url, team, query):
    ActivityLogFactory(team=team, scope="Insight", item_id="1")

    assert names(reader.get(url(f"shelf/activity/?{query}"))) == ["1"]


def test_the_size_of_a_page_can_be_chosen(reader, url, team):
    ActivityLogFactory.create_batch(3, team=team, scope="Insight")

    page = reader.get(url("shelf/activity/?limit=2")).json()

    assert (len(page["results"]), page["next"].split("?")[1]) == (2, "limit=2&page=2")


@pytest.mark.parametrize("reference", ["999999", "x", "9" * 30])
def test_a_row_that_is_not_there_has_none(reader, url, reference):
    assert reader.get(url(f"shelf/{reference}/activity/")).json()["detail"] == "Not found."


@pytest.mark.parametrize("path", ["shelf/activity/", "shelf/1/activity/"])
@pytest.mark.parametrize(
    ("held", "missing"), [("insight:read", "activity_log:read"), ("activity_log:read", "insight:read")]
)
def test_needs_both_scopes(api, url, path, held, missing):
    response = api(held).get(url(path))

    assert (response.status_code, response.json()["detail"]) == (403, f"API key missing required scope '{missing}'")


def test_a_session_needs_none(session, url):
    assert session().get(url("shelf/activity/")).status_code == 200


@pytest.mark.parametrize("entries", [1, 10])
def test_costs_the_same_for_one_entry_and_for_ten(reader, url, team, alice, entries, django_assert_num_queries):
    insight = InsightFactory(team=team)
    ActivityLogFactory.create_batch(entries, team=team, scope="Insight", item_id=insight.pk, user=alice)
    reader.get(url(f"shelf/{insight.pk}/activity/"))

    # key and user, project and membership, the row, count, entries with people
    with django_assert_num_queries(5):
        reader.get(url(f"shelf/{insight.pk}/activity/"))
