import factory
from factory.django import DjangoModelFactory

from dashboards.models import ButtonTile, Dashboard, DashboardTemplate, DashboardTile, Text
from insights.models import Insight
from tests.factories.accounts import ProjectFactory


class DashboardFactory(DjangoModelFactory):
    class Meta:
        model = Dashboard

    team = factory.LazyFunction(lambda: ProjectFactory().team)
    name = factory.Sequence(lambda n: f"Dashboard {n}")


class TextFactory(DjangoModelFactory):
    class Meta:
        model = Text

    team = factory.LazyFunction(lambda: ProjectFactory().team)
    body = factory.Sequence(lambda n: f"Text {n}")


class ButtonTileFactory(DjangoModelFactory):
    class Meta:
        model = ButtonTile

    team = factory.LazyFunction(lambda: ProjectFactory().team)
    url = "https://example.com"
    text = factory.Sequence(lambda n: f"Button {n}")


class InsightTileFactory(DjangoModelFactory):
    """A tile with an insight of the dashboard's own team."""

    class Meta:
        model = DashboardTile

    dashboard = factory.SubFactory(DashboardFactory)
    insight = factory.LazyAttribute(
        lambda tile: Insight.objects.create(team=tile.dashboard.team, name="An insight", saved=True)
    )
    layouts = factory.Dict({})


class TextTileFactory(DjangoModelFactory):
    class Meta:
        model = DashboardTile

    dashboard = factory.SubFactory(DashboardFactory)
    text = factory.SubFactory(TextFactory, team=factory.SelfAttribute("..dashboard.team"))
    layouts = factory.Dict({})


class ButtonTileTileFactory(DjangoModelFactory):
    class Meta:
        model = DashboardTile

    dashboard = factory.SubFactory(DashboardFactory)
    button_tile = factory.SubFactory(ButtonTileFactory, team=factory.SelfAttribute("..dashboard.team"))
    layouts = factory.Dict({})


class DashboardTemplateFactory(DjangoModelFactory):
    class Meta:
        model = DashboardTemplate

    team = factory.LazyFunction(lambda: ProjectFactory().team)
    template_name = factory.Sequence(lambda n: f"Template {n}")
    tiles = factory.List([{"type": "TEXT", "body": "Hello"}])
