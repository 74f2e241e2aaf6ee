import pytest

from events.models import Event, Group, GroupType


@pytest.fixture
def identify(capture):
    def send(group_type: str, key, **properties):
        return capture(
            {
                "event": "$groupidentify",
                "distinct_id": f"${group_type}_{key}",
                "properties": {"$group_type": group_type, "$group_key": key, "$group_set": properties},
            }
        )

    return send


def test_a_group_is_made_and_changed(identify, api, url):
    identify("company", "hogflix", name="Hogflix", seats=3)
    identify("company", "hogflix", seats=4)

    [group] = api("group:read").get(url("groups/")).json()["results"]

    assert group.pop("created_at")
    assert group == {
        "group_type_index": 0,
        "group_key": "hogflix",
        "group_properties": {"name": "Hogflix", "seats": 4},
    }


def test_events_carry_the_keys_of_their_groups(capture, identify):
    identify("company", "hogflix")
    capture({"event": "a", "distinct_id": "ann", "properties": {"$groups": {"company": "hogflix", "team": 7, "": "x"}}})

    event = Event.objects.get(event="a")
    assert (event.group_0, event.group_1, event.group_2) == ("hogflix", "7", None)


def test_there_are_five_types_and_no_more(capture, api, url):
    groups = {f"type{n}": str(n) for n in range(7)}
    capture({"event": "a", "distinct_id": "ann", "properties": {"$groups": groups}})

    types = api("group:read").get(url("groups_types/")).json()

    assert [(one["group_type"], one["group_type_index"]) for one in types] == [(f"type{n}", n) for n in range(5)]
    assert "$group_4" in Event.objects.get().properties
    assert "$group_5" not in Event.objects.get().properties


def test_a_group_is_found_by_type_and_key(identify, api, url):
    identify("company", "hogflix", name="Hogflix")
    client = api("group:read")

    def find(**query):
        return client.get(url("groups/find/"), query)

    assert find(group_type_index=0, group_key="hogflix").json()["group_properties"] == {"name": "Hogflix"}
    assert find(group_type_index=0, group_key="other").status_code == 404
    assert find(group_type_index="x", group_key="other").status_code == 400
    assert find(group_type_index=0).json()["attr"] == "group_key"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"group_type_index": 0}, {"hogflix", "acme"}),
        ({"group_type_index": 1}, {"red"}),
        ({"search": "HOG"}, {"hogflix"}),
        ({"search": "corp"}, {"acme"}),
        ({"limit": 1}, {"red"}),
    ],
)
def test_the_list_is_narrowed(identify, api, url, query, expected):
    identify("company", "hogflix")
    identify("company", "acme", name="Acme Corp")
    identify("team", "red")

    results = api("group:read").get(url("groups/"), query).json()["results"]

    assert {group["group_key"] for group in results} == expected


@pytest.mark.parametrize(
    "properties",
    [
        {"$groups": []},
        {"$groups": {"company": None}},
        {"$groups": {"x" * 500: "a"}},
        {"$groups": {"company": {"a": 1}}},
        {"$group_type": None, "$group_key": 1},
        {"$group_type": "company", "$group_key": None},
        {"$group_type": ["company"], "$group_key": "x" * 500, "$group_set": [1]},
    ],
)
def test_strange_groups_do_no_harm(capture, properties):
    assert capture({"event": "$groupidentify", "distinct_id": "ann", "properties": properties}).status_code == 200
    assert Event.objects.count() == 1
    assert GroupType.objects.count() <= 1
    assert Group.objects.count() <= 1


def test_a_batch_of_many_groups_costs_few_statements(capture, team, django_assert_max_num_queries):
    def events(n: int) -> list[dict]:
        return [
            {
                "event": "$groupidentify",
                "distinct_id": "ann",
                "properties": {"$group_type": "company", "$group_key": str(i), "$group_set": {"n": n}},
            }
            for i in range(50)
        ]

    capture(*events(1))
    with django_assert_max_num_queries(14):
        capture(*events(2))
    assert Group.objects.filter(group_properties={"n": 2}).count() == 50
