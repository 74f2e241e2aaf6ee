import factory
from django.contrib.auth.hashers import make_password
from factory.django import DjangoModelFactory

from sharing.models import SharePassword, SharingConfiguration
from tests.factories.dashboards import DashboardFactory
from tests.factories.insights import InsightFactory


class ShareFactory(DjangoModelFactory):
    """An open share of a dashboard."""

    class Meta:
        model = SharingConfiguration

    dashboard = factory.SubFactory(DashboardFactory)
    team = factory.SelfAttribute("dashboard.team")
    enabled = True


class InsightShareFactory(ShareFactory):
    dashboard = None
    insight = factory.SubFactory(InsightFactory)
    team = factory.SelfAttribute("insight.team")


class SharePasswordFactory(DjangoModelFactory):
    """`SharePasswordFactory(share=share, text="correct horse")` opens it with that text."""

    class Meta:
        model = SharePassword

    class Params:
        text = "correct horse"

    share = factory.SubFactory(ShareFactory, password_required=True)
    password_hash = factory.LazyAttribute(lambda password: make_password(password.text))
