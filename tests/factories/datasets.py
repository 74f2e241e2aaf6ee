import factory
from factory.django import DjangoModelFactory

from datasets.models import Dataset, DatasetItem
from tests.factories.accounts import ProjectFactory


class DatasetFactory(DjangoModelFactory):
    class Meta:
        model = Dataset

    team = factory.LazyFunction(lambda: ProjectFactory().team)
    name = factory.Sequence(lambda n: f"Dataset {n}")


class DatasetItemFactory(DjangoModelFactory):
    """An item of a dataset of its own team."""

    class Meta:
        model = DatasetItem

    team = factory.LazyFunction(lambda: ProjectFactory().team)
    dataset = factory.SubFactory(DatasetFactory, team=factory.SelfAttribute("..team"))
    input = factory.Sequence(lambda n: {"question": f"How much is {n}?"})
