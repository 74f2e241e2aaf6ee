import factory
from factory.django import DjangoModelFactory

from activity.models import ActivityLog
from tests.factories.accounts import ProjectFactory


class ActivityLogFactory(DjangoModelFactory):
    class Meta:
        model = ActivityLog

    team = factory.LazyFunction(lambda: ProjectFactory().team)
    activity = "updated"
    scope = "Dashboard"
    item_id = factory.Sequence(str)
    detail = factory.LazyFunction(
        lambda: {"name": "A dashboard", "short_id": None, "type": None, "trigger": None, "changes": []}
    )
