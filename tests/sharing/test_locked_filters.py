"""Filters signed into the link by the owner."""

import hmac
import json
import time
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
import time_machine

from insights.results import answers
from sharing import signed_filters
from tests.factories.dashboards import InsightTileFactory
from tests.factories.insights import InsightFactory
from tests.sharing.conftest import answer_of

pytestmark = pytest.mark.django_db
SECRET = "a secret of the owner, long enough"
ACME = {"properties": [{"key": "customer", "value": "acme", "type": "event"}]}


@pytest.fixture
def asked(monkeypatch):
    asked: list = []

    def run(query, **kwargs):
        asked.append(query)
        return answer_of(1)

    monkeypatch.setattr(answers.queries, "run", run)
    return asked


@pytest.fixture
def signed(share):
    """`signed(filters, **what_to_spoil)` is a link."""
    share.locked_filters = {"secret": SECRET}
    share.save()

    def link(filters=ACME, *, tail=".json", secret=SECRET, token=share.access_token, expires=None, **spoiled) -> str:
        expires = int(time.time()) + 60 if expires is None else expires
        parameters = signed_filters.sign(filters, secret=secret, access_token=token, expires=expires)
        return f"/shared/{share.access_token}{tail}?{urlencode({**parameters, **spoiled})}"

    return link


def test_a_signed_link_shows_what_its_filters_leave(visitor, signed, asked):
    response = visitor.get(signed())

    assert response.status_code == 200
    assert asked[0]["source"]["properties"] == ACME["properties"]
    assert visitor.get(signed(tail="")).status_code == 200


def test_neither_dashboard_nor_tile_can_take_them_away(visitor, signed, asked, dashboard):
    type(dashboard).objects.update(filters={"properties": [{"key": "plan", "value": "free", "type": "event"}]})
    other = {"properties": [{"key": "customer", "value": "emca", "type": "event"}], "date_from": "-3d"}
    dashboard.tiles.filter(insight__isnull=False).update(filters_overrides=other)

    visitor.get(signed())

    both = asked[0]["source"]["properties"]
    assert both["type"] == "AND"
    assert [group["values"] for group in both["values"]] == [other["properties"], ACME["properties"]]


def test_what_cannot_be_filtered_is_not_shown(visitor, signed, asked, dashboard, team):
    sql = {"kind": "DataVisualizationNode", "source": {"kind": "HogQLQuery", "query": "select 1"}}
    InsightTileFactory(dashboard=dashboard, insight=InsightFactory(team=team, query=sql, name="SQL"))

    tiles = visitor.get(signed()).json()["dashboard"]["tiles"]

    [shown] = [tile["insight"] for tile in tiles if tile["insight"] and tile["insight"]["name"] == "SQL"]
    assert (shown["result"], len(asked)) == (None, 1)


@pytest.mark.parametrize(
    "spoil",
    [
        {"secret": "another secret of somebody, long enough"},
        {"token": "another-share"},
        {"expires": 1},
        {"exp": "4000000000"},
        {"exp": "٤٠٠٠٠٠٠٠٠٠"},
        {"exp": "-1"},
        {"exp": "9" * 400},
        {"filters": "e30"},
        {"filters": "!"},
        {"filters": "ü"},
        {"signature": ""},
        {"signature": "ü" * 64},
        {"filters": {"propertys": []}},
        {"filters": {"properties": "all"}},
        {"filters": []},
    ],
    ids=str,
)
def test_any_other_link_stays_closed(visitor, signed, asked, spoil):
    is_of_wrong_shape = isinstance(spoil.get("filters"), dict | list)

    response = visitor.get(signed(spoil["filters"]) if is_of_wrong_shape else signed(**spoil))

    assert response.status_code == 403
    assert "Signups" not in response.content.decode()
    assert asked == []


def test_an_unsigned_link_says_so_on_a_page(visitor, signed, share):
    for path in (f"/shared/{share.access_token}", f"/shared/{share.access_token}.json"):
        response = visitor.get(path)
        assert (response.status_code, "not signed" in response.content.decode()) == (403, True)


def test_a_signed_link_runs_out(visitor, signed, asked):
    with time_machine.travel(datetime(2026, 11, 20, tzinfo=UTC), tick=False) as clock:
        path = signed()
        assert visitor.get(path).status_code == 200
        clock.shift(timedelta(seconds=60))
        assert visitor.get(path).status_code == 403


def test_the_password_comes_first(visitor, signed, share):
    type(share).objects.update(password_required=True)

    assert visitor.get(f"/shared/{share.access_token}.json").json() == {"type": "unlock"}
    assert visitor.get(signed()).json() == {"type": "unlock"}


def test_the_token_is_of_no_use_at_the_api(visitor, signed, share, team):
    response = visitor.get(f"/api/projects/{team.pk}/insights/?sharing_access_token={share.access_token}")

    assert (response.status_code, response.json()["detail"]) == (403, "Sharing access token is invalid.")


def test_the_recipe_in_the_docstring_is_true(visitor, signed, share, asked):
    token, expires = share.access_token, str(int(time.time()) + 60)
    filters = urlsafe_b64encode(json.dumps(ACME).encode()).decode().rstrip("=")
    signature = hmac.new(SECRET.encode(), f"{token}.{expires}.{filters}".encode(), "sha256").hexdigest()

    response = visitor.get(f"/shared/{token}.json?filters={filters}&exp={expires}&signature={signature}")

    assert response.status_code == 200
