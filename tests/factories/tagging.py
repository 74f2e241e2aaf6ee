import factory
from factory.django import DjangoModelFactory

from tagging.models import Tag
from tests.factories.accounts import ProjectFactory


class TagFactory(DjangoModelFactory):
    class Meta:
        model = Tag

    team = factory.LazyFunction(lambda: ProjectFactory().team)
    name = factory.Sequence(lambda n: f"tag {n:03}")
