"""cohorts/: sets of persons, by criteria or by name."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from activity.models import ActivityLog
from events.models import Cohort
from tests.factories.events import ActionFactory, CohortFactory, PersonFactory, all_of, any_of

PAID = {"type": "person", "key": "plan", "value": ["paid"], "operator": "exact", "negation": False}


def did(what, **more) -> dict:
    return {
        "type": "behavioral",
        "value": "performed_event",
        "key": what,
        "time_value": 1,
        "time_interval": "day",
        **more,
    }


def regularly(**more) -> dict:
    return did("paid", value="performed_event_regularly", operator_value=1, **more)


@pytest.fixture
def ann(team):
    return PersonFactory(team=team, distinct_ids=["ann"], properties={"plan": "paid", "email": "ann@hogflix.com"})


@pytest.fixture
def ben(team):
    return PersonFactory(team=team, distinct_ids=["ben", "ben2"], properties={"plan": "free"})


@pytest.fixture
def create(api, url):
    def send(**body):
        return api("cohort:write").post(url("cohorts/"), body)

    return send


@pytest.fixture
def change(api, url):
    def send(cohort, path="", **body):
        return api("cohort:write").patch(url(f"cohorts/{cohort.pk}/{path}"), body)

    return send


@pytest.fixture
def members(api, url):
    def names(cohort) -> list[str]:
        page = api("cohort:read", "person:read").get(url(f"cohorts/{cohort.pk}/persons/")).json()
        return sorted(person["distinct_ids"][0] for person in page["results"])

    return names


def upload(api, url, content: str, *, path="cohorts/", method="post", **fields):
    table = SimpleUploadedFile("persons.csv", content.encode(), content_type="text/csv")
    client = api("cohort:write")
    return getattr(client, method)(url(path), {"csv": table, **fields}, format="multipart")


def test_is_made_counted_and_comes_back_as_sent(create, alice, ann, ben):
    response = create(name="Paying", description="Money", filters=any_of(PAID))

    made = response.json()
    assert response.status_code == 201, made
    assert made.pop("created_by")["email"] == alice.email
    assert made.pop("last_calculation") is not None
    assert {name: made[name] for name in made if name not in ("id", "created_at")} == {
        "name": "Paying",
        "description": "Money",
        "groups": [],
        "deleted": False,
        "filters": any_of(PAID),
        "query": None,
        "is_calculating": False,
        "errors_calculating": 0,
        "count": 1,
        "is_static": False,
        "cohort_type": "person_property",
        "experiment_set": [],
    }


def test_the_older_groups_are_understood(create, members, ann, ben):
    made = create(name="Paying", groups=[{"properties": [{"key": "plan", "value": "paid", "type": "person"}]}]).json()

    assert (made["count"], made["groups"]) == (
        1,
        [{"properties": [{"key": "plan", "value": "paid", "type": "person"}]}],
    )
    assert made["filters"]["properties"]["type"] == "OR"
    assert create(name="Paying", groups=[{"properties": {"plan": "free"}}]).json()["count"] == 1
    assert create(name="Acting", groups=[{"action_id": 1, "days": 3}]).status_code == 400


def test_a_cohort_without_criteria_is_empty(create, ann):
    assert create(name="Nobody").json()["count"] == 0


@pytest.mark.parametrize(
    ("filters", "words"),
    [
        ({"x": 1}, "'properties' key"),
        ([], "properties"),
        ("x", "'properties' key"),
        (any_of({"type": "person", "key": "plan"}), "values.0.value: is missing."),
        (any_of({"type": "person", "value": 1}), "Field required"),
        (any_of({"type": "group", "key": "plan", "value": 1}), "person"),
        (any_of({"type": "cohort", "key": "id", "value": 999999}), "Cohort 999999 does not exist."),
        (any_of(did("paid", time_value=None)), "time_value: is missing."),
        (any_of(did("paid", value="loved_event")), "the behaviour loved_event is not supported"),
        (any_of(did(3, event_type="actions")), "values.0.key: Action ID 3 does not exist!"),
        (any_of(did("x", event_type="actions")), "values.0.key: must be the id of an action"),
        (any_of(did("paid", value="performed_event_multiple")), "operator_value: is missing"),
        (any_of(did("paid", value="performed_event_sequence")), "seq_event: is missing"),
        (any_of(did("paid", value="performed_event_sequence", seq_event="x")), "seq_time_value: is missing"),
        (any_of(did("paid", value="stopped_performing_event")), "seq_time_value: is missing"),
        (any_of(did("paid", value="restarted_performing_event")), "seq_time_value: is missing"),
        (any_of(did("paid", value="performed_event_regularly", total_periods=1)), "min_periods: is missing"),
        (any_of(regularly(min_periods=3, total_periods=2)), "min_periods: cannot be greater than total_periods"),
        (any_of(regularly(min_periods=1, total_periods=1001)), "total_periods: at most 1000"),
        (any_of(regularly(min_periods=1, total_periods=1000, time_value=10**6)), "too far away"),
        (any_of({"type": "person", "key": "plan", "value": "(", "operator": "regex"}), "regular expression"),
    ],
)
def test_criteria_that_mean_nothing_are_refused(create, filters, words):
    response = create(name="x", filters=filters)

    if filters == []:
        assert response.status_code == 201
        return
    assert (response.status_code, response.json()["attr"]) == (400, "filters")
    assert words in response.json()["detail"]


def test_a_cohort_by_query_is_refused(create):
    assert create(name="x", query={"kind": "HogQLQuery"}).json()["attr"] == "query"
    assert create(name="x", query=None).status_code == 201


def test_cohorts_do_not_lead_back_to_themselves(change, team):
    one = CohortFactory(team=team, filters=any_of(PAID))
    two = CohortFactory(team=team, filters=any_of({"type": "cohort", "key": "id", "value": one.pk}))

    for target in (one, two):
        response = change(one, filters=all_of({"type": "cohort", "key": "id", "value": target.pk}))

        assert response.status_code == 400
        assert response.json()["detail"] == "Cohorts cannot reference other cohorts in a loop."


def test_nor_by_way_of_what_somebody_did(change, team):
    cohort = CohortFactory(team=team, filters=any_of(PAID))
    inside = [{"type": "cohort", "key": "id", "value": cohort.pk}]
    action = ActionFactory(team=team, steps=[{"event": "paid", "properties": inside}])

    for criterion in (did("paid", event_filters=inside), did(action.pk, event_type="actions")):
        response = change(cohort, filters=all_of(criterion))

        assert response.status_code == 400
        assert response.json()["detail"] == "Cohorts cannot reference other cohorts in a loop."


def test_a_loop_that_is_stored_all_the_same_ends(api, url, team):
    one = CohortFactory(team=team)
    one.filters = any_of({"type": "cohort", "key": "id", "value": one.pk})
    one.save()

    shown = api("cohort:read").get(url(f"cohorts/{one.pk}/"))

    assert (shown.status_code, shown.json()["errors_calculating"], shown.json()["count"]) == (200, 1, None)


def test_is_found(api, url, team, alice, bob):
    CohortFactory(team=team, name="Paying", created_by=alice)
    CohortFactory(team=team, name="Listed", is_static=True, created_by=bob)
    CohortFactory(team=team, name="Gone", deleted=True)

    def names(**query):
        return [row["name"] for row in api("cohort:read").get(url("cohorts/"), query).json()["results"]]

    assert names() == ["Listed", "Paying"]
    assert names(search="pay") == ["Paying"]
    assert names(is_static="true") == ["Listed"]
    assert names(created_by_id=bob.pk) == ["Listed"]


def test_deletion_hides_it_and_delete_is_not_allowed(api, url, change, team):
    cohort = CohortFactory(team=team)
    client = api("cohort:write")

    assert client.delete(url(f"cohorts/{cohort.pk}/")).status_code == 405
    assert change(cohort, deleted=True).status_code == 200
    assert client.get(url(f"cohorts/{cohort.pk}/")).status_code == 404
    assert change(cohort, deleted=False).json()["deleted"] is False
    assert [entry.activity for entry in ActivityLog.objects.filter(scope="Cohort").order_by("pk")] == [
        "deleted",
        "restored",
    ]


def test_an_old_count_is_made_anew(api, url, team, ann):
    cohort = CohortFactory(team=team, filters=any_of(PAID), count=7, last_calculation=timezone.now())
    client = api("cohort:read")

    assert client.get(url(f"cohorts/{cohort.pk}/")).json()["count"] == 7
    Cohort.objects.update(last_calculation=timezone.now() - timedelta(minutes=6))
    assert client.get(url(f"cohorts/{cohort.pk}/")).json()["count"] == 1


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("ann\nben2\nnobody\nann\n", ["ann", "ben"]),
        ("name,distinct_id\nx,ann\n", ["ann"]),
        ("email\nann@hogflix.com\n", ["ann"]),
    ],
)
def test_persons_are_listed_in_a_file(api, url, members, ann, ben, content, expected):
    response = upload(api, url, content, name="Listed", is_static="true")

    assert response.status_code == 201, response.content
    assert (response.json()["count"], response.json()["cohort_type"]) == (len(expected), "static")
    assert members(Cohort.objects.get()) == expected


def test_a_file_adds_to_those_who_are_there(api, url, members, team, ann, ben):
    cohort = Cohort.objects.get(pk=upload(api, url, "ann\n", name="Listed", is_static="true").json()["id"])

    changed = upload(api, url, "ben\n", path=f"cohorts/{cohort.pk}/", method="patch")

    assert (changed.status_code, changed.json()["count"], changed.json()["name"]) == (200, 2, "Listed")


@pytest.mark.parametrize("content", ["", "\n\n", "person_id\nx\n", "\udcff"])
def test_a_file_that_lists_nobody_is_refused(api, url, content):
    table = SimpleUploadedFile("persons.csv", content.encode("utf-8", "surrogateescape") or b"\n")
    response = api("cohort:write").post(
        url("cohorts/"), {"csv": table, "name": "x", "is_static": "true"}, format="multipart"
    )

    assert (response.status_code, response.json()["attr"]) == (400, "csv")


def test_persons_come_and_go_by_uuid(create, change, members, ann, ben):
    cohort = Cohort.objects.get(
        pk=create(name="Listed", is_static=True, _create_static_person_ids=[str(ann.uuid)]).json()["id"]
    )

    added = change(cohort, "add_persons_to_static_cohort/", person_ids=[str(ann.uuid), str(ben.uuid)])
    assert (added.status_code, added.json(), members(cohort)) == (200, {"success": True}, ["ann", "ben"])

    removed = change(cohort, "remove_person_from_static_cohort/", person_id=str(ann.uuid))
    assert (removed.status_code, members(cohort)) == (200, ["ben"])
    again = change(cohort, "remove_person_from_static_cohort/", person_id=str(ann.uuid))
    assert again.status_code == 404

    cohort.refresh_from_db()
    assert cohort.count == 1


def test_nobody_is_put_into_a_cohort_by_criteria(create, change, team, ann):
    cohort = CohortFactory(team=team, filters=any_of(PAID))

    response = change(cohort, "add_persons_to_static_cohort/", person_ids=[str(ann.uuid)])

    assert (response.status_code, response.json()["detail"]) == (400, "Can only add users to static cohorts")
    assert change(cohort, is_static=True).json()["attr"] == "is_static"


def test_persons_of_other_projects_are_not_listed(create, change, team):
    cohort = CohortFactory(team=team, is_static=True)
    stranger = PersonFactory(distinct_ids=["stranger"])

    response = change(cohort, "add_persons_to_static_cohort/", person_ids=[str(stranger.uuid)])

    assert (response.status_code, response.json()["detail"]) == (400, "No valid users to add to cohort")


@pytest.mark.parametrize("count", [1, 10])
def test_costs_the_same_for_one_and_for_ten(api, url, team, count, django_assert_num_queries):
    CohortFactory.create_batch(count, team=team, filters=any_of(PAID))
    client = api("cohort:read")

    # key and user, its last use, project and membership, count, cohorts
    with django_assert_num_queries(5):
        page = client.get(url("cohorts/")).json()

    assert len(page["results"]) == count
