"""What SDKs of servers ask with a personal API key."""

import pytest
from django.test import Client

from events.models import GroupType
from tests.factories.accounts import PersonalAPIKeyFactory

PATHS = ["/flags/definitions", "/flags/definitions/", "/api/feature_flag/local_evaluation/"]


@pytest.fixture
def ask(team, alice):
    def get(path=PATHS[0], *, key=None, user=None, scopes=("feature_flag:read",), token=None, **headers):
        value = PersonalAPIKeyFactory(user=user or alice, scopes=list(scopes)).value if key is None else key
        headers["Authorization"] = f"Bearer {value}"
        return Client(headers=headers).get(path, {"token": token or team.api_token, "send_cohorts": ""})

    return get


@pytest.mark.parametrize("path", PATHS)
def test_there_are_no_flags_but_there_are_groups(ask, team, path):
    GroupType.objects.create(team=team, group_type="company", group_type_index=0)

    response = ask(path)

    assert response.status_code == 200
    assert response.json() == {"flags": [], "group_type_mapping": {"0": "company"}, "cohorts": {}}


def test_is_not_sent_twice(ask):
    again = ask(**{"If-None-Match": ask()["ETag"]})

    assert (again.status_code, again.content) == (304, b"")


def test_needs_a_key_that_may(ask, charlie):
    assert ask(key="phx_nonsense").status_code == 401
    assert ask(scopes=["insight:read"]).status_code == 403
    assert ask(user=charlie).status_code == 403
    assert ask(token="phc_unknown").status_code == 401
    assert set(ask(user=charlie).json()) == {"type", "code", "detail", "attr"}


def test_there_are_no_surveys(team):
    assert Client().get("/api/surveys/", {"token": team.api_token}).json()["surveys"] == []
    assert Client().get("/api/surveys/", {"token": "x"}).status_code == 401
    assert Client().get("/api/surveys").status_code == 401
