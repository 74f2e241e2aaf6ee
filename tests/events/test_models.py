import pytest
from django.db import IntegrityError

from events.models import Event, EventUuid, Person, PersonCounter, PersonDistinctId
from tests.factories.events import EventFactory, PersonFactory


def test_a_deleted_project_takes_its_events_and_people_along(project, capture):
    capture({"event": "a", "distinct_id": "ann"})
    elsewhere = EventFactory()

    project.delete()

    assert list(Event.objects.all()) == [elsewhere]
    assert [model.objects.count() for model in (EventUuid, Person, PersonDistinctId, PersonCounter)] == [1, 1, 1, 1]


def test_a_distinct_id_belongs_to_one_person_of_a_project(team):
    PersonFactory(team=team, distinct_ids=["ann"])
    PersonFactory(distinct_ids=["ann"])

    with pytest.raises(IntegrityError, match="one_person_per_distinct_id"):
        PersonFactory(team=team, distinct_ids=["ann"])


def test_a_number_belongs_to_one_person_of_a_project(team):
    PersonFactory(team=team, number=7)

    with pytest.raises(IntegrityError, match="one_person_per_number"):
        PersonFactory(team=team, number=7)
