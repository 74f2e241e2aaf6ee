"""Reading by a plan says what Django REST framework says."""

import pytest
import time_machine
from rest_framework import serializers

from accounts.models import AccessControl
from common.reading import ReadsByPlan
from dashboards.models import Dashboard
from insights.models import Insight
from tagging.services import set_tags
from tests.factories.accounts import UserFactory
from tests.factories.dashboards import ButtonTileTileFactory, DashboardFactory, InsightTileFactory, TextTileFactory

TRENDS = {"kind": "InsightVizNode", "source": {"kind": "TrendsQuery", "series": [{"kind": "EventsNode", "event": "a"}]}}
SQL = {"kind": "DataVisualizationNode", "source": {"kind": "HogQLQuery", "query": "SELECT 1"}}
BROKEN = {"kind": "InsightVizNode", "source": {"kind": "NoSuchQuery"}}


@pytest.fixture
def crowded(team, alice, bob):
    """A dashboard with something of everything."""
    dashboard = DashboardFactory(team=team, created_by=alice, filters={"interval": "week"})
    elsewhere = DashboardFactory(team=team, created_by=bob, restriction_level=37)
    author = UserFactory(hedgehog_config={"color": "red", "secret": 1}, role_at_organization="data")
    for number, query in enumerate((TRENDS, SQL, BROKEN, None)):
        insight = Insight.objects.create(
            team=team, query=query, name=f"No. {number}", created_by=author, last_modified_by=bob, order=number
        )
        set_tags(insight, ["b", "a"], team=team)
        InsightTileFactory(dashboard=dashboard, insight=insight)
    InsightTileFactory(dashboard=elsewhere, insight=insight)
    closed = InsightTileFactory(dashboard=dashboard).insight
    AccessControl.objects.create(team=team, resource="insight", resource_id=str(closed.pk), access_level="none")
    text = TextTileFactory(dashboard=dashboard, text__created_by=author, text__last_modified_by=bob).text
    TextTileFactory(dashboard=elsewhere, text=text)
    ButtonTileTileFactory(dashboard=dashboard)
    set_tags(dashboard, ["seen", "read"], team=team)
    return dashboard


@pytest.mark.parametrize(
    "path",
    [
        "dashboards/{pk}/?refresh=blocking",
        "dashboards/",
        "dashboards/?search=dash",
        "insights/?refresh=blocking",
        "insights/?basic=true",
        "insights/{insight}/?from_dashboard={pk}",
        "insights/my_last_viewed/",
        "insights/trending/",
    ],
)
def test_both_give_the_same_bytes(api, url, crowded, bob, team, path, monkeypatch):
    insight = Insight.objects.filter(team=team).first()
    client = api(user=bob)
    client.post(url("insights/viewed/"), {"insight_ids": [insight.pk]}, format="json")
    path = url(path.format(pk=crowded.pk, insight=insight.pk))
    with time_machine.travel("2026-05-01T12:00:00Z", tick=False):
        client.get(path)  # computes, and notes the view
        planned = client.get(path)
        by_drf = serializers.Serializer.to_representation
        monkeypatch.setattr(ReadsByPlan, "to_representation", lambda self, row: by_drf(self, row))
        plain = client.get(path)

    assert planned.status_code == 200
    assert planned.content == plain.content


@pytest.mark.parametrize("path", ["dashboards/", "insights/"])
def test_what_is_created_is_answered_as_it_is_read(api, url, path):
    created = api().post(url(path), {"name": "New", "tags": ["b", "a"], "query": TRENDS}, format="json")
    read = api().get(url(f"{path}{created.json()['id']}/"))

    viewed = {"last_viewed_at": None, "last_accessed_at": None}
    assert created.status_code == 201
    assert created.json() | viewed == read.json() | viewed
    assert created.headers.get("ETag") == read.headers.get("ETag")


class Row:
    name, nothing, count = "x", None, 3

    def shout(self):
        return "X!"


def shapes(base, **kwargs):
    """One serializer with the ways in which a field can be read."""

    class Inner(base, serializers.Serializer):
        name = serializers.CharField()

    class Outer(base, serializers.Serializer):
        name = serializers.CharField()
        nothing = serializers.IntegerField()
        shout = serializers.CharField()
        absent = serializers.CharField(required=False)
        nullable = serializers.CharField(source="nothing.name", allow_null=True)
        default = serializers.CharField(default="?")
        key = serializers.CharField(source="inside.items")
        itself = Inner(source="*")
        many = Inner(many=True, source="rows")
        told = serializers.SerializerMethodField()
        hidden = serializers.CharField(write_only=True)

        def get_told(self, row):
            return self.context["word"]

    return Outer(context={"word": "told"}, **kwargs)


class Plain(serializers.BaseSerializer):
    pass


def test_every_way_to_read_a_field_is_that_of_drf():
    row = Row()
    row.inside, row.rows = {"items": "of a key"}, [Row(), Row()]

    planned, plain = shapes(ReadsByPlan, instance=row).data, shapes(Plain, instance=row).data

    assert planned == plain
    assert planned["key"] == "of a key"
    assert (planned["told"], planned["shout"], planned["default"]) == ("told", "X!", "?")
    assert "absent" not in planned
    assert "hidden" not in planned


def test_a_missing_source_is_an_error_as_ever():
    with pytest.raises(AttributeError, match="named incorrectly"):
        _ = shapes(ReadsByPlan, instance=Row()).data


def test_a_dashboard_that_is_gone_is_missing(api, url, crowded):
    Dashboard.objects.filter(pk=crowded.pk).update(deleted=True)

    assert api().get(url(f"dashboards/{crowded.pk}/")).status_code == 404
