from datetime import UTC, datetime

import factory
from factory.django import DjangoModelFactory

from definitions.models import EventDefinition, EventProperty, PropertyDefinition
from tests.factories.accounts import ProjectFactory


class EventDefinitionFactory(DjangoModelFactory):
    class Meta:
        model = EventDefinition

    team = factory.LazyFunction(lambda: ProjectFactory().team)
    name = factory.Sequence(lambda n: f"event {n}")
    created_at = factory.LazyFunction(lambda: datetime.now(UTC))
    last_seen_at = factory.LazyFunction(lambda: datetime.now(UTC))


class PropertyDefinitionFactory(DjangoModelFactory):
    class Meta:
        model = PropertyDefinition

    team = factory.LazyFunction(lambda: ProjectFactory().team)
    name = factory.Sequence(lambda n: f"property_{n}")
    property_type = "String"


class EventPropertyFactory(DjangoModelFactory):
    class Meta:
        model = EventProperty

    team = factory.LazyFunction(lambda: ProjectFactory().team)
