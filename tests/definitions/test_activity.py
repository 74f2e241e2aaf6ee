"""What people do to definitions is written down; what events do is not."""

import pytest

from activity.models import ActivityLog
from tests.factories.definitions import EventDefinitionFactory, PropertyDefinitionFactory


@pytest.fixture
def written():
    def entries():
        return [
            (entry.scope, entry.activity, entry.item_id, [change["field"] for change in entry.detail["changes"]])
            for entry in ActivityLog.objects.order_by("created_at", "pk")
        ]

    return entries


def test_an_event_definition_from_first_to_last(api, url, written):
    client = api("event_definition:write")
    pk = client.post(url("event_definitions/"), {"name": "signed up", "tags": ["growth"]}).json()["id"]
    path = url(f"event_definitions/{pk}/")

    client.patch(path, {"description": "Somebody came", "verified": True, "tags": ["growth", "core"]})
    client.patch(path, {"description": "Somebody came"})
    client.delete(path)

    assert [entry[:3] for entry in written()] == [
        ("EventDefinition", activity, pk) for activity in ("created", "updated", "deleted")
    ]
    assert written()[1][3] == ["description", "verified", "tags"]


def test_a_property_definition(api, url, team, written):
    definition = PropertyDefinitionFactory(team=team, name="plan")

    api("property_definition:write").patch(url(f"property_definitions/{definition.pk}/"), {"property_type": "Boolean"})

    assert written() == [("PropertyDefinition", "updated", str(definition.pk), ["property_type"])]


def test_many_at_once(api, url, team, written):
    ids = [str(EventDefinitionFactory(team=team).pk) for _ in range(2)]
    client = api("event_definition:write")

    client.post(url("event_definitions/bulk_update_tags/"), {"ids": ids, "action": "add", "tags": ["core"]})
    client.post(url("event_definitions/bulk_update_verified/"), {"ids": ids, "verified": True})

    assert sorted((item, fields[0]) for _, _, item, fields in written()) == sorted(
        (pk, field) for pk in ids for field in ("tags", "verified")
    )
