"""actions/: names for events that mean one thing."""

import pytest

from activity.models import ActivityLog
from events.models import Action
from tests.factories.events import ActionFactory

STEP = {
    "event": "$autocapture",
    "properties": [{"key": "$browser", "type": "event", "value": ["Chrome"], "operator": "exact"}],
    "selector": "a.btn",
    "tag_name": "a",
    "text": "Pay",
    "text_matching": "contains",
    "href": "/pay",
    "href_matching": None,
    "url": "pricing",
    "url_matching": "regex",
}
EMPTY_STEP = dict.fromkeys(STEP)


@pytest.fixture
def create(api, url):
    def send(**body):
        return api("action:write").post(url("actions/"), body)

    return send


@pytest.fixture
def change(api, url):
    def send(action, **body):
        return api("action:write").patch(url(f"actions/{action.pk}/"), body)

    return send


@pytest.fixture
def run_trend(api, url):
    def send(action_id):
        query = {"kind": "TrendsQuery", "series": [{"kind": "ActionsNode", "id": action_id}]}
        return api("query:read").post(url("query/"), {"query": query})

    return send


def test_is_made_and_comes_back_as_sent(create, alice, team):
    response = create(name="Paid", description="Money", steps=[STEP, {"event": "paid"}], tags=["Money", "b"])

    made = response.json()
    assert response.status_code == 201, made
    assert made["steps"] == [STEP, {**EMPTY_STEP, "event": "paid"}]
    assert made["created_by"]["email"] == alice.email
    assert {name: made[name] for name in made if name not in ("id", "steps", "created_by")} == {
        "name": "Paid",
        "description": "Money",
        "tags": ["b", "money"],
        "post_to_slack": False,
        "slack_message_format": "",
        "created_at": made["created_at"],
        "deleted": False,
        "is_calculating": False,
        "last_calculated_at": made["last_calculated_at"],
        "team_id": team.pk,
        "is_action": True,
        "bytecode_error": None,
        "pinned_at": None,
        "creation_context": None,
        "user_access_level": "manager",
    }


def test_a_name_is_taken_once(create, change, team):
    taken = ActionFactory(team=team, name="Paid")
    ActionFactory(team=team, name="Gone", deleted=True)

    refusal = create(name="Paid").json()

    assert refusal == {
        "type": "validation_error",
        "code": "unique",
        "detail": f"This project already has an action with this name, ID {taken.pk}",
        "attr": "name",
    }
    assert create(name="Gone").status_code == 201
    assert change(taken, name="Paid", description="x").status_code == 200
    assert change(taken, name="Gone").json()["code"] == "unique"


def test_a_deleted_action_comes_back_unless_its_name_is_taken(create, change, team):
    gone = ActionFactory(team=team, name="Paid", deleted=True)
    other = ActionFactory(team=team, name="Paid")

    assert change(gone, deleted=False).status_code == 400
    assert change(other, deleted=True).json()["deleted"] is True
    assert change(gone, deleted=False).json()["deleted"] is False


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ({"properties": [{"key": "a", "value": "(", "operator": "regex"}]}, "regular expression"),
        ({"properties": [{"key": "a", "value": "1", "operator": "semver_gt"}]}, "the operator semver_gt"),
        ({"properties": [{"type": "cohort", "key": "id", "value": 999999}]}, "Cohort 999999 does not exist."),
        ({"text": "(", "text_matching": "regex"}, "regular expression"),
        ({"selector": "a:has(b)"}, "a:has(b)"),
        ({"text_matching": "nearly"}, "nearly"),
        ({"event": 7, "properties": "x"}, "list"),
    ],
)
def test_a_step_that_means_nothing_is_refused(create, step, words):
    response = create(name="x", steps=[step])

    assert response.status_code == 400
    assert words in response.json()["detail"]
    assert response.json()["attr"].startswith("steps")


def test_expressions_and_sessions_are_judged_by_those_who_ask(create, run_trend):
    steps = [
        {"event": "a", "properties": [{"type": "hogql", "key": "toFloat(properties.price) > 5"}]},
        {"event": "a", "properties": [{"type": "session", "key": "$session_duration", "operator": "gt", "value": 60}]},
    ]
    stored = create(name="x", steps=steps)
    broken = create(name="y", steps=[{"properties": [{"type": "hogql", "key": "nonsense"}]}])

    assert (stored.status_code, broken.status_code) == (201, 201)
    assert run_trend(stored.json()["id"]).status_code == 200
    refused = run_trend(broken.json()["id"])
    assert (refused.status_code, refused.json()["code"]) == (400, "unresolved_field")
    assert refused.json()["detail"].startswith("steps.0.properties.0: Unable to resolve field: nonsense")


def test_only_what_is_named_changes(change, team):
    action = ActionFactory(team=team, name="Paid", steps=[STEP])

    changed = change(action, description="Money", tags=["x"]).json()

    assert (changed["description"], changed["tags"], changed["steps"]) == ("Money", ["x"], [STEP])
    assert change(action, steps=[]).json()["steps"] == []


def test_deletion_hides_it_and_delete_is_not_allowed(api, url, change, team):
    action = ActionFactory(team=team)
    client = api("action:write")

    refused = client.delete(url(f"actions/{action.pk}/"))
    deleted = change(action, deleted=True)

    assert (refused.status_code, refused.content) == (405, b"")
    assert (deleted.status_code, deleted.json()["deleted"]) == (200, True)
    assert client.get(url(f"actions/{action.pk}/")).status_code == 404
    assert client.get(url("actions/")).json()["results"] == []


def test_who_changed_what_is_kept(create, change):
    action = Action.objects.get(pk=create(name="Paid").json()["id"])
    change(action, name="Payed")
    change(action, deleted=True)

    entries = ActivityLog.objects.filter(scope="Action", item_id=str(action.pk)).order_by("pk")
    assert [entry.activity for entry in entries] == ["created", "updated", "deleted"]


@pytest.mark.parametrize("count", [1, 10])
def test_costs_the_same_for_one_and_for_ten(api, url, team, count, django_assert_num_queries):
    ActionFactory.create_batch(count, team=team, steps=[STEP])
    client = api("action:read")

    # key and user, its last use, project and membership, count, actions, tags
    with django_assert_num_queries(6):
        page = client.get(url("actions/")).json()

    assert (page["count"], len(page["results"])) == (count, count)
