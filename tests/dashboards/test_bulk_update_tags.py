import pytest

from activity.models import ActivityLog
from dashboards.models import Dashboard
from tagging.models import Tag
from tagging.services import set_tags
from tests.factories.dashboards import DashboardFactory


@pytest.fixture
def bulk(api, url):
    def post(client=None, **body):
        return (client or api("dashboard:write")).post(url("dashboards/bulk_update_tags/"), body)

    return post


@pytest.fixture
def three(team, alice):
    return [DashboardFactory(team=team, name=name, created_by=alice, pinned=name == "c") for name in "abc"]


def test_tags_many_in_the_order_of_the_list(bulk, three):
    a, b, c = three

    response = bulk(ids=[a.pk, b.pk, c.pk, a.pk], action="add", tags=[" Q1 ", "q1", "Sales"])

    assert response.status_code == 200
    assert response.json() == {
        "updated": [{"id": one.pk, "tags": ["q1", "sales"]} for one in (c, a, b)],
        "skipped": [],
    }


def test_each_one_that_changes_gets_a_version_and_an_entry(bulk, three, team, alice):
    a, b, _ = three
    set_tags(a, ["x"], team=team)

    bulk(ids=[a.pk, b.pk], action="set", tags=["x"])

    assert list(Dashboard.objects.order_by("name").values_list("version", flat=True)) == [1, 2, 1]
    entry = ActivityLog.objects.get()
    assert (entry.scope, entry.item_id, entry.activity, entry.user) == ("Dashboard", str(b.pk), "updated", alice)
    assert entry.detail["name"] == "b"
    assert entry.detail["changes"] == [
        {"type": "Dashboard", "action": "changed", "field": "tags", "before": [], "after": ["x"]}
    ]


def test_removing_and_clearing(bulk, three, team, commits):
    for dashboard in three:
        set_tags(dashboard, ["x", "y"], team=team)
    ids = [dashboard.pk for dashboard in three]

    with commits():
        bulk(ids=ids, action="remove", tags=["x", "absent"])
    assert set(Tag.objects.values_list("name", flat=True)) == {"y"}

    with commits():
        bulk(ids=ids, action="set", tags=[])
    assert not Tag.objects.exists()


def test_what_is_not_there_or_not_editable_is_skipped(bulk, api, three, team, alice, bob, charlie):
    removed = DashboardFactory(team=team, deleted=True)
    foreign = DashboardFactory(team=charlie.current_team)
    restricted = DashboardFactory(team=team, created_by=alice, restriction_level=37)
    ids = [removed.pk, foreign.pk, restricted.pk, 999999]

    answer = bulk(api(user=bob), ids=[*ids, three[0].pk], action="add", tags=["x"]).json()

    assert answer == {
        "updated": [{"id": three[0].pk, "tags": ["x"]}],
        "skipped": [{"id": pk, "reason": "Not found or no edit access"} for pk in ids],
    }
    assert bulk(ids=[restricted.pk], action="add", tags=["x"]).json()["skipped"] == []


@pytest.mark.parametrize(
    ("body", "attr"),
    [
        ({"ids": [], "action": "add", "tags": ["x"]}, "ids"),
        ({"ids": ["x"], "action": "add", "tags": ["x"]}, "ids__0"),
        ({"ids": [1] * 501, "action": "add", "tags": ["x"]}, "ids"),
        ({"ids": [1], "action": "replace", "tags": ["x"]}, "action"),
        ({"ids": [1], "action": "add", "tags": []}, "tags"),
        ({"ids": [1], "action": "add"}, "tags"),
    ],
)
def test_refuses(bulk, error, body, attr):
    response = bulk(**body)

    assert error(response)[::2] == (400, attr)


def test_needs_the_scope(bulk, api, error):
    assert error(bulk(api("dashboard:read"), ids=[1], action="add", tags=["x"]))[0] == 403


@pytest.mark.parametrize("count", [1, 40])
def test_costs_the_same_for_one_and_for_forty(bulk, api, team, count, django_assert_num_queries):
    client = api("dashboard:write")
    ids = [dashboard.pk for dashboard in DashboardFactory.create_batch(count, team=team)]
    bulk(client, ids=ids, action="add", tags=["seen"])

    # key and user, project and membership; begin (2), lock, tags worn, tags, wearings, commit, versions, names, log,
    # commit
    with django_assert_num_queries(13):
        bulk(client, ids=ids, action="add", tags=["x", "y"])
