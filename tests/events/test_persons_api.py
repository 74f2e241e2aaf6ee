"""persons/: who the events are about."""

import json
from datetime import UTC, datetime

import pytest
from uuid_utils.compat import uuid7

from activity.models import ActivityLog
from events.models import CohortPerson, Event, EventUuid, Person, PersonDistinctId
from tests.factories.events import CohortFactory, EventFactory, PersonFactory, any_of

ANONYMOUS = "0192f5a0-1111-7000-8000-00000000000a"


@pytest.fixture
def ann(team):
    return PersonFactory(
        team=team,
        distinct_ids=[ANONYMOUS, "ann", "ann@work"],
        properties={"email": "ann@hogflix.com", "plan": "paid", "tags": ["a", "b"]},
        created_at=datetime(2026, 3, 1, tzinfo=UTC),
    )


@pytest.fixture
def bob(team):
    return PersonFactory(
        team=team, distinct_ids=["bob"], properties={"name": "Bob"}, created_at=datetime(2026, 3, 2, tzinfo=UTC)
    )


@pytest.fixture
def nobody(team):
    return PersonFactory(team=team, distinct_ids=["nobody"], has_profile=False)


@pytest.fixture
def persons(api, url):
    def get(**query) -> dict:
        response = api("person:read").get(url("persons/"), query)
        assert response.status_code == 200, response.content
        return response.json()

    return get


@pytest.fixture
def write(api, url):
    def send(method: str, path: str, body=None):
        return getattr(api("person:write"), method)(url(f"persons/{path}"), body or {})

    return send


def names(page: dict) -> list[str]:
    return [person["name"] for person in page["results"]]


def events_of(person) -> int:
    person = Person.objects.get(distinct_ids__distinct_id=person) if isinstance(person, str) else person
    return Event.objects.filter(person_id=person.number).count()


def test_lists_those_with_a_profile_the_newest_first(persons, ann, bob, nobody):
    page = persons()

    assert (page["next"], page["previous"], "count" in page) == (None, None, False)
    assert page["results"][1] == {
        "id": str(ann.uuid),
        "uuid": str(ann.uuid),
        "name": "ann@hogflix.com",
        "distinct_ids": ["ann", "ann@work", ANONYMOUS],
        "properties": ann.properties,
        "created_at": "2026-03-01T00:00:00Z",
        "is_identified": False,
    }
    assert names(page) == ["Bob", "ann@hogflix.com"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"email": "ann@hogflix.com"}, ["ann@hogflix.com"]),
        ({"email": "ann"}, []),
        ({"distinct_id": "ann@work"}, ["ann@hogflix.com"]),
        ({"distinct_id": "nobody"}, []),
        ({"search": "HOGFLIX"}, ["ann@hogflix.com"]),
        ({"search": "ob"}, ["Bob"]),
        ({"search": "ann@work"}, ["ann@hogflix.com"]),
        ({"search": "%"}, []),
        ({"properties": '[{"key": "plan", "value": "paid"}]'}, ["ann@hogflix.com"]),
        ({"properties": '[{"key": "plan", "operator": "is_not_set", "type": "person"}]'}, ["Bob"]),
        ({"properties": "[]"}, ["Bob", "ann@hogflix.com"]),
        ({"limit": 1}, ["Bob"]),
        ({"limit": 1, "offset": 1}, ["ann@hogflix.com"]),
    ],
)  # fmt: skip
def test_is_narrowed(persons, ann, bob, nobody, query, expected):
    assert names(persons(**query)) == expected


def test_is_found_by_its_uuid(persons, ann, bob):
    assert names(persons(search=str(ann.uuid))) == ["ann@hogflix.com"]


def test_pages_lead_to_each_other(api, persons, ann, bob):
    first = persons(limit=1, include_total="1")
    second = api("person:read").get(first["next"]).json()

    assert (first["count"], names(first), names(second)) == (2, ["Bob"], ["ann@hogflix.com"])
    assert (first["previous"], second["next"]) == (None, None)
    assert second["previous"] is not None


@pytest.mark.parametrize(
    ("query", "attr"),
    [
        ({"properties": "{"}, "properties"),
        ({"properties": '[{"key": "a", "value": 1, "type": "event"}]'}, "properties"),
        ({"properties": '[{"key": "a", "value": "(", "operator": "regex"}]'}, "properties"),
    ],
)
def test_a_filter_that_makes_no_sense_is_refused(api, url, query, attr):
    response = api("person:read").get(url("persons/"), query)

    assert (response.status_code, response.json()["attr"]) == (400, attr)


@pytest.mark.parametrize("count", [1, 10])
def test_costs_the_same_for_one_and_for_ten(api, url, team, count, django_assert_num_queries):
    PersonFactory.create_batch(count, team=team)
    client = api("person:read")

    # key and user, its last use, project and membership, persons, distinct ids
    with django_assert_num_queries(5):
        response = client.get(url("persons/"))

    assert len(response.json()["results"]) == count


def test_comes_as_a_table(api, url, ann):
    response = api("person:read").get(url("persons/?format=csv"))

    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert "ann@hogflix.com" in response.content.decode()


@pytest.mark.parametrize("reference", ["pk", "uuid"])
def test_one_person_is_found_by_id_and_by_uuid(api, url, ann, reference):
    response = api("person:read").get(url(f"persons/{getattr(ann, reference)}/"))

    assert (response.status_code, response.json()["id"], response.json()["uuid"]) == (200, ann.pk, str(ann.uuid))


def test_who_has_no_name_is_called_by_an_id_somebody_chose_or_by_number(api, url, team):
    chosen = PersonFactory(team=team, distinct_ids=[ANONYMOUS, "hedgehog"])
    unknown = PersonFactory(team=team, distinct_ids=[str(uuid7())])
    client = api("person:read")

    assert client.get(url(f"persons/{chosen.pk}/")).json()["name"] == "hedgehog"
    assert client.get(url(f"persons/{unknown.pk}/")).json()["name"] == str(unknown.pk)


@pytest.mark.parametrize(("reference", "status"), [("999999", 404), ("ann", 400), ("9" * 30, 400), ("-1", 400)])
def test_a_reference_that_leads_nowhere(api, url, ann, reference, status):
    response = api("person:read").get(url(f"persons/{reference}/"))

    assert response.status_code == status
    if status == 400:
        assert response.json()["detail"].startswith("The ID provided does not look like a personID")


def test_persons_are_not_created(session, api, url):
    for client in (session(), api("person:write")):
        response = client.post(url("persons/"), {})

        assert response.status_code == 405
        assert response.json()["detail"].startswith("Creating persons via this API is not allowed")


@pytest.mark.parametrize("method", ["patch", "put"])
def test_properties_are_set_and_the_others_stay(write, ann, method):
    response = write(method, f"{ann.pk}/", {"properties": {"plan": "free", "n": {"a": None}}})

    assert response.status_code == 202
    expected = {**ann.properties, "plan": "free", "n": {"a": None}}
    assert response.json()["properties"] == expected
    ann.refresh_from_db()
    assert ann.properties == expected
    assert ActivityLog.objects.get().detail["changes"] == [
        {"type": "Person", "action": "changed", "field": "properties"}
    ]


def test_one_property_is_set_and_deleted(write, ann):
    assert write("post", f"{ann.pk}/update_property/", {"key": " plan ", "value": None}).status_code == 202
    assert write("post", f"{ann.pk}/delete_property/", {"$unset": "email"}).json() == {"success": True}

    ann.refresh_from_db()
    assert ann.properties == {"plan": "paid", " plan ": None, "tags": ["a", "b"]}


@pytest.mark.parametrize(
    ("method", "path", "body", "attr"),
    [
        ("patch", "", {}, "properties"),
        ("post", "update_property/", {"value": 1}, "key"),
        ("post", "update_property/", {"key": "a"}, "value"),
    ],
)
def test_what_is_missing_is_told_the_wrong_way_round(write, ann, method, path, body, attr):
    response = write(method, f"{ann.pk}/{path}", body)

    assert response.status_code == 400
    assert response.json() == {
        "type": "validation_error",
        "code": "This field is required.",
        "detail": "required",
        "attr": attr,
    }


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("", {"properties": []}),
        ("", {"properties": None}),
        ("", []),
        ("update_property/", {"key": [], "value": 1}),
        ("delete_property/", {}),
        ("delete_property/", {"$unset": {}}),
        ("split/", {"main_distinct_id": "bob"}),
        ("split/", {"main_distinct_id": []}),
    ],
)
def test_a_body_that_makes_no_sense_is_refused(write, ann, path, body):
    response = write("post" if path else "patch", f"{ann.pk}/{path}", body)

    assert response.status_code == 400, response.content
    assert set(response.json()) == {"type", "code", "detail", "attr"}


def test_a_person_is_split_into_its_ids(write, ann, persons):
    for distinct_id in (ANONYMOUS, "ann", "ann@work", "ann@work"):
        EventFactory(person=ann, distinct_id=distinct_id)

    response = write("post", f"{ann.pk}/split/", {"main_distinct_id": "ann"})

    assert (response.status_code, response.json()) == (201, {"success": True})
    assert Person.objects.get(distinct_ids__distinct_id="ann") == ann
    assert [events_of(one) for one in ("ann", "ann@work", ANONYMOUS)] == [1, 2, 1]
    assert {name: len(persons(distinct_id=name)["results"]) for name in ("ann", "ann@work", ANONYMOUS)} == {
        "ann": 1,
        "ann@work": 1,
        ANONYMOUS: 1,
    }
    ann.refresh_from_db()
    assert ann.properties["plan"] == "paid"
    assert len(Person.objects.all()) == 3


def test_a_deleted_person_is_gone_and_its_events_are_nobodys(write, api, url, ann, persons):
    for distinct_id in (ANONYMOUS, "ann"):
        EventFactory(person=ann, distinct_id=distinct_id)

    first, second = write("delete", f"{ann.pk}/"), write("delete", f"{ann.pk}/")

    assert (first.status_code, first.content, second.status_code) == (202, b"", 404)
    assert persons()["results"] == []
    shown = api("query:read").get(url("events/")).json()["results"]
    assert [event["person"] for event in shown] == [None, None]
    assert [events_of(one) for one in ("ann", "ann@work", ANONYMOUS)] == [1, 0, 1]
    assert Person.objects.filter(has_profile=False, properties={}).count() == 3
    assert not Person.objects.filter(uuid=ann.uuid).exists()


def test_who_comes_back_is_somebody_new(write, capture, ann, persons):
    write("delete", f"{ann.pk}/")
    capture({"event": "a", "distinct_id": "ann", "$set": {"plan": "free"}})

    [back] = persons()["results"]

    assert back["distinct_ids"] == ["ann"]
    assert back["properties"]["plan"] == "free"
    assert back["uuid"] != str(ann.uuid)


def test_the_events_go_too_if_asked(write, ann, bob):
    EventFactory(person=ann), EventFactory(person=bob)

    assert write("delete", f"{ann.uuid}/?delete_events=true").status_code == 202
    assert list(Event.objects.values_list("distinct_id", flat=True)) == ["bob"]
    assert EventUuid.objects.count() == 1
    assert list(Person.objects.all()) == [bob]
    assert list(PersonDistinctId.objects.values_list("distinct_id", flat=True)) == ["bob"]


@pytest.mark.parametrize("named_by", ["ids", "distinct_ids"])
def test_many_are_deleted_at_once(write, ann, bob, team, named_by, charlie):
    theirs = PersonFactory(team=charlie.current_team, distinct_ids=["ann"])
    others = PersonFactory(team=team)
    body = {
        "ids": [str(ann.uuid), bob.pk, "nonsense", str(theirs.uuid)],
        "distinct_ids": ["ann", "ann@work", "bob", "unknown"],
    }[named_by]

    response = write("post", "bulk_delete/", {named_by: body})

    assert (response.status_code, response.json()["persons_deleted"]) == (202, 2)
    assert set(Person.objects.shown()) == {theirs, others}


@pytest.mark.parametrize("body", [{}, {"ids": []}, {"ids": ["a"] * 1001}, {"ids": "x"}, {"distinct_ids": [1, {}]}])
def test_a_deletion_of_nobody_in_particular_is_refused(write, body):
    assert write("post", "bulk_delete/", body).status_code == 400


def test_many_are_found_by_their_ids(api, url, ann, bob, nobody):
    response = api("person:read").post(
        url("persons/batch_by_distinct_ids/"), {"distinct_ids": ["ann", "ann@work", "bob", "nobody", "unknown"]}
    )

    found = response.json()["results"]
    assert {name: person["id"] for name, person in found.items()} == {"ann": ann.pk, "ann@work": ann.pk, "bob": bob.pk}


def test_many_are_found_by_their_uuids(api, url, ann, bob, nobody):
    client = api("person:read")
    asked = [str(one) for one in (ann.uuid, bob.uuid, nobody.uuid, uuid7())]

    found = client.post(url("persons/batch_by_uuids/"), {"uuids": asked}).json()["results"]

    assert {name: person["id"] for name, person in found.items()} == {str(ann.uuid): ann.pk, str(bob.uuid): bob.pk}
    assert client.post(url("persons/batch_by_uuids/"), {"uuids": ["x"]}).status_code == 400


class TestCohorts:
    """persons/cohorts/: what somebody is in."""

    @pytest.fixture
    def cohorts_of(self, api, url):
        def get(reference) -> list[str]:
            response = api("person:read", "cohort:read").get(url("persons/cohorts/"), {"person_id": reference})
            assert response.status_code == 200, response.content
            return [cohort["name"] for cohort in response.json()["results"]]

        return get

    def test_by_criteria_and_by_list(self, cohorts_of, team, ann, bob):
        paid = {"type": "person", "key": "plan", "value": "paid"}
        CohortFactory(team=team, name="Paying", filters=any_of(paid))
        CohortFactory(team=team, name="Others", filters=any_of({**paid, "negation": True}))
        CohortFactory(team=team, name="Gone", filters=any_of(paid), deleted=True)
        CohortPerson.objects.enlist(CohortFactory(team=team, name="Listed", is_static=True), uuids=[ann.uuid])
        CohortFactory(team=team, name="Unreadable", filters=any_of({"type": "person"}))
        CohortFactory(name="Of another project", filters=any_of(paid))

        assert cohorts_of(ann.pk) == ["Listed", "Paying"]
        assert cohorts_of(str(bob.uuid)) == ["Others"]

    def test_where_there_are_none(self, cohorts_of, ann):
        assert cohorts_of(ann.pk) == []

    def test_somebody_has_to_be_named(self, api, url, ann, nobody):
        def answer(**query):
            return api("person:read", "cohort:read").get(url("persons/cohorts/"), query)

        assert (answer().status_code, answer().json()["attr"]) == (400, "person_id")
        assert answer(person_id="no id").status_code == 400
        assert answer(person_id=nobody.pk).status_code == 404
        assert api("person:read").get(url("persons/cohorts/"), {"person_id": ann.pk}).status_code == 403

    @pytest.mark.parametrize("count", [1, 10])
    def test_costs_the_same_for_one_and_for_ten(self, api, url, team, ann, count, django_assert_max_num_queries):
        CohortFactory.create_batch(count, team=team, filters=any_of({"type": "person", "key": "plan", "value": "paid"}))

        with django_assert_max_num_queries(13):
            api("person:read", "cohort:read").get(url("persons/cohorts/"), {"person_id": ann.pk})


def test_values_are_counted(api, url, ann, bob, team, nobody):
    PersonFactory(team=team, properties={"plan": "free", "tags": "b"})
    PersonFactory(team=team, properties={"plan": "free"})
    client = api("person:read")

    assert client.get(url("persons/values/?key=plan")).json() == [
        {"name": "free", "count": 2},
        {"name": "paid", "count": 1},
    ]
    assert client.get(url("persons/values/?key=plan&value=AI")).json() == [{"name": "paid", "count": 1}]
    assert client.get(url("persons/values/?key=tags")).json()[0] == {"name": "b", "count": 2}
    assert client.get(url("persons/values/")).status_code == 400


def test_writes_are_seen_in_the_activity(api, write, url, ann):
    write("patch", f"{ann.pk}/", {"properties": {"secret": "x"}})

    log = api().get(url(f"persons/{ann.pk}/activity/")).json()

    assert [entry["activity"] for entry in log["results"]] == ["updated"]
    assert "secret" not in json.dumps(log)


@pytest.mark.django_db(transaction=True)
def test_numbers_stay_true_while_events_keep_coming(write, capture, team, ann):
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connection

    def send(number: int) -> int:
        try:
            if number == 10:
                return write("post", f"{ann.pk}/split/").status_code
            if number == 20:
                return write("delete", f"{ann.pk}/").status_code
            name = ["ann", "ann@work", ANONYMOUS][number % 3]
            return capture({"event": "a", "distinct_id": name, "$set": {"n": number}}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        statuses = list(pool.map(send, range(40)))

    assert {status for number, status in enumerate(statuses) if number not in (10, 20)} == {200}
    assert statuses[10] in (201, 404, 409)
    assert statuses[20] in (202, 404, 409)
    owners = dict(PersonDistinctId.objects.values_list("distinct_id", "person__number"))
    assert Event.objects.count() == 38
    assert all(owners[event.distinct_id] == event.person_id for event in Event.objects.all())
