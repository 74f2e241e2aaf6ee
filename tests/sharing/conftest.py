import pytest
from rest_framework.test import APIClient

from tests.factories.dashboards import ButtonTileTileFactory, DashboardFactory, InsightTileFactory, TextTileFactory
from tests.factories.insights import CachedResultFactory, InsightFactory
from tests.factories.sharing import InsightShareFactory, ShareFactory, SharePasswordFactory


@pytest.fixture(autouse=True)
def cheap_hashes(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def dashboard(team, alice):
    """With a text, a button, and an insight whose answer is stored."""
    dashboard = DashboardFactory(team=team, name="Board of signups", description="For the board", created_by=alice)
    TextTileFactory(dashboard=dashboard, text__body="Read me <b>first</b>", layouts={"sm": {"x": 0, "y": 0}})
    ButtonTileTileFactory(dashboard=dashboard, layouts={"sm": {"x": 0, "y": 1}})
    insight = InsightFactory(team=team, name="Signups", created_by=alice, saved=True)
    CachedResultFactory(team=team, query=insight.query, response=answer_of(1234))
    InsightTileFactory(dashboard=dashboard, insight=insight, layouts={"sm": {"x": 0, "y": 2}})
    return dashboard


@pytest.fixture
def insight(dashboard):
    return dashboard.tiles.get(insight__isnull=False).insight


@pytest.fixture
def share(dashboard):
    return ShareFactory(dashboard=dashboard)


@pytest.fixture
def locked(dashboard):
    """Opens with the password "correct horse"."""
    share = ShareFactory(dashboard=dashboard, password_required=True)
    SharePasswordFactory(share=share)
    return share


@pytest.fixture
def insight_share(insight):
    return InsightShareFactory(insight=insight)


@pytest.fixture
def visitor():
    return APIClient()


def answer_of(number: int) -> dict:
    series = {
        "action": {"id": "secret event", "properties": [{"key": "secret_key", "value": "secret value"}]},
        "filter": {"insight": "TRENDS"},
        "label": "Signups",
        "data": [number, 5],
        "days": ["2026-11-01", "2026-11-02"],
        "labels": ["1-Nov", "2-Nov"],
        "count": number + 5,
    }
    return {"results": [series], "hasMore": False, "timezone": "UTC"}


def unlock(visitor, share, password="correct horse", path="/shared/{}", **extra):
    return visitor.post(path.format(share.access_token), {"password": password}, format="json", **extra)
