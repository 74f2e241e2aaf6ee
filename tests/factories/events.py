from datetime import UTC, datetime

import factory
from factory.django import DjangoModelFactory
from uuid_utils.compat import uuid7

from events.models import Action, Cohort, Event, EventUuid, Group, GroupType, Person, PersonCounter, PersonDistinctId
from events.partitions import ensure_partitions, forget_partitions
from tests.factories.accounts import ProjectFactory


class PersonFactory(DjangoModelFactory):
    """`PersonFactory(team=team, distinct_ids=["ann", "ann@work"])`."""

    class Meta:
        model = Person
        skip_postgeneration_save = True

    team = factory.LazyFunction(lambda: ProjectFactory().team)
    number = factory.LazyAttribute(lambda person: PersonCounter.objects.reserve(team_id=person.team.pk, count=1)[0])
    created_at = factory.LazyFunction(lambda: datetime.now(UTC))

    @factory.post_generation
    def distinct_ids(person, create, extracted, **kwargs):
        for distinct_id in extracted or [f"person-{person.number}"]:
            PersonDistinctId.objects.create(team=person.team, person=person, distinct_id=distinct_id)


class EventFactory(DjangoModelFactory):
    """`EventFactory(person=ann, event="signed up", properties={"plan": "free"}, timestamp=…)`, the team is Ann's."""

    class Meta:
        model = Event

    class Params:
        person = factory.SubFactory(PersonFactory)

    team = factory.SelfAttribute("person.team")
    person_id = factory.SelfAttribute("person.number")
    distinct_id = factory.LazyAttribute(lambda event: event.person.distinct_ids.first().distinct_id)
    uuid = factory.LazyFunction(uuid7)
    event = "$pageview"
    timestamp = factory.LazyFunction(lambda: datetime.now(UTC))
    created_at = factory.LazyFunction(lambda: datetime.now(UTC))
    properties = factory.LazyFunction(dict)

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        # A test that was rolled back took the months it had made along.
        forget_partitions()
        ensure_partitions([kwargs["timestamp"]])
        EventUuid.objects.create(team=kwargs["team"], uuid=kwargs["uuid"], timestamp=kwargs["timestamp"])
        return super()._create(model_class, *args, **kwargs)


class GroupTypeFactory(DjangoModelFactory):
    class Meta:
        model = GroupType

    team = factory.LazyFunction(lambda: ProjectFactory().team)
    group_type = factory.Sequence(lambda n: f"type{n}")
    group_type_index = 0


class GroupFactory(DjangoModelFactory):
    class Meta:
        model = Group

    team = factory.LazyFunction(lambda: ProjectFactory().team)
    group_type_index = 0
    group_key = factory.Sequence(lambda n: f"group{n}")
    created_at = factory.LazyFunction(lambda: datetime.now(UTC))


class ActionFactory(DjangoModelFactory):
    """`ActionFactory(team=team, steps=[{"event": "$pageview", "url": "/pricing"}])`."""

    class Meta:
        model = Action

    team = factory.LazyFunction(lambda: ProjectFactory().team)
    name = factory.Sequence(lambda n: f"Action {n}")


class CohortFactory(DjangoModelFactory):
    """`CohortFactory(team=team, filters=any_of({"type": "person", "key": "plan", "value": "paid"}))`."""

    class Meta:
        model = Cohort

    team = factory.LazyFunction(lambda: ProjectFactory().team)
    name = factory.Sequence(lambda n: f"Cohort {n}")


def any_of(*criteria: dict) -> dict:
    return {"properties": {"type": "OR", "values": list(criteria)}}


def all_of(*criteria: dict) -> dict:
    return {"properties": {"type": "AND", "values": list(criteria)}}
