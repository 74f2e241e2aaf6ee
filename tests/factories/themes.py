import factory
from factory.django import DjangoModelFactory

from tests.factories.accounts import ProjectFactory
from themes.models import DataColorTheme


class DataColorThemeFactory(DjangoModelFactory):
    """`DataColorThemeFactory(team=None)` is a global one."""

    class Meta:
        model = DataColorTheme

    team = factory.LazyFunction(lambda: ProjectFactory().team)
    name = factory.Sequence(lambda n: f"Theme {n}")
    colors = factory.LazyFunction(lambda: ["#1d4aff", "#621da6"])
