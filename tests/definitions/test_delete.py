"""DELETE event_definitions/:id/ and property_definitions/:id/"""

from datetime import UTC, datetime

from definitions.models import EventDefinition, PropertyDefinition
from definitions.services import record_seen
from tagging.models import Tag
from tests.factories.definitions import EventDefinitionFactory

NOW = datetime.now(UTC)


def test_forgets_the_definition(api, url, signup, refused):
    path = url(f"event_definitions/{signup.pk}/")

    response = api("event_definition:write").delete(path)

    assert (response.status_code, response.content) == (204, b"")
    assert not EventDefinition.objects.exists()
    refused(api().delete(path), 404, "not_found", None)


def test_takes_its_tags_along(api, url, signup, tag, commits):
    tag(signup, "growth")

    with commits():
        api().delete(url(f"event_definitions/{signup.pk}/"))

    assert not Tag.objects.exists()


def test_the_next_event_makes_it_anew(api, url, team):
    record_seen(team=team, events=[("paid", {"plan": "pro"})], seen_at=NOW)
    event = EventDefinition.objects.get()
    prop = PropertyDefinition.objects.get()

    assert api("event_definition:write").delete(url(f"event_definitions/{event.pk}/")).status_code == 204
    assert api("property_definition:write").delete(url(f"property_definitions/{prop.pk}/")).status_code == 204
    record_seen(team=team, events=[("paid", {"plan": "pro"})], seen_at=NOW)

    assert EventDefinition.objects.get().pk != event.pk
    assert PropertyDefinition.objects.get().pk != prop.pk


def test_a_foreign_one_is_not_found(api, url, charlie, refused):
    theirs = EventDefinitionFactory(team=charlie.current_team)

    refused(api().delete(url(f"event_definitions/{theirs.pk}/")), 404, "not_found", None)
    assert EventDefinition.objects.exists()
