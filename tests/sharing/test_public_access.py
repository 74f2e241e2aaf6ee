"""Who gets to see a share: every state of it × every road to it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import jwt
import pytest
import time_machine
from rest_framework.test import APIClient

from sharing import unlock_tokens
from sharing.services.configurations import refresh_share
from sharing.unlock_tokens import Unlocking
from tests.factories.accounts import UserFactory
from tests.factories.sharing import InsightShareFactory, SharePasswordFactory
from tests.sharing.conftest import unlock

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ROADS = {
    "page": "/shared/{token}",
    "alias": "/shared_dashboard/{token}",
    "embed": "/embedded/{token}",
    "page json": "/shared/{token}.json",
    "embed json": "/embedded/{token}.json",
    "api": "/api/projects/{team}/insights/{insight}/?sharing_access_token={token}",
    "api list": "/api/projects/{team}/insights/?sharing_access_token={token}",
    "api themes": "/api/projects/{team}/data_color_themes/?sharing_access_token={token}",
}
PAGES = [road for road in ROADS if not road.startswith("api")]
CONTENT = "Signups"


class State:
    """A dashboard's share, to be brought into one state."""

    def __init__(self, share, clock) -> None:
        self.share, self.clock, self.token = share, clock, share.access_token
        self.client = APIClient()

    def change(self, **fields) -> None:
        type(self.share).objects.filter(pk=self.share.pk).update(**fields)
        self.share.refresh_from_db()

    def rotate(self, minutes: int) -> None:
        refresh_share(self.share.dashboard, user=UserFactory())
        self.clock.shift(timedelta(minutes=minutes))

    def protect(self) -> None:
        self.change(password_required=True)
        SharePasswordFactory(share=self.share)


def off(state: State) -> None:
    state.change(enabled=False)


def expired(state: State) -> None:
    state.change(expires_at=NOW - timedelta(seconds=1))


def not_yet_expired(state: State) -> None:
    state.change(expires_at=NOW + timedelta(seconds=1))


def barred_by_the_organization(state: State) -> None:
    organization = state.share.team.project.organization
    organization.allow_publicly_shared_resources = False
    organization.save()


def from_another_network(state: State) -> None:
    state.change(allowed_networks=["203.0.113.0/24"])


def from_an_allowed_network(state: State) -> None:
    state.change(allowed_networks=["203.0.113.0/24", "127.0.0.0/8"])


def rotated_in_grace(state: State) -> None:
    state.rotate(minutes=4)


def rotated_beyond_grace(state: State) -> None:
    state.rotate(minutes=6)


def rotated_and_expired(state: State) -> None:
    state.change(expires_at=NOW + timedelta(minutes=1))
    state.rotate(minutes=2)


def dashboard_deleted(state: State) -> None:
    state.share.dashboard.deleted = True
    state.share.dashboard.save()


def unknown(state: State) -> None:
    state.token = "no-such-token"


OPEN = [not_yet_expired, from_an_allowed_network, rotated_in_grace]
CLOSED = [
    off,
    expired,
    barred_by_the_organization,
    from_another_network,
    rotated_beyond_grace,
    rotated_and_expired,
    unknown,
]


@pytest.fixture
def state(share):
    with time_machine.travel(NOW, tick=False) as clock:
        yield State(share, clock)


@pytest.fixture
def visit(state, insight, team) -> Callable:
    def get(road: str, method: str = "get", **extra):
        path = ROADS[road].format(token=state.token, insight=insight.pk, team=team.pk)
        return getattr(state.client, method)(path, **extra)

    return get


@pytest.mark.parametrize("bring", [lambda state: None, *OPEN])
@pytest.mark.parametrize("road", [road for road in ROADS if road != "api themes"])
def test_an_open_share_is_seen(state, visit, road, bring):
    bring(state)

    response = visit(road)

    assert response.status_code == 200
    assert CONTENT in response.content.decode()


@pytest.mark.parametrize("bring", CLOSED)
@pytest.mark.parametrize("method", ["get", "head", "post"])
@pytest.mark.parametrize("road", PAGES)
def test_behind_a_closed_link_there_is_nothing(state, visit, road, method, bring):
    bring(state)

    response = visit(road, method)

    assert response.status_code == 404
    assert response["Content-Type"].startswith("text/html")
    assert CONTENT not in response.content.decode()


@pytest.mark.parametrize("bring", CLOSED)
@pytest.mark.parametrize("road", ["api", "api list", "api themes"])
def test_the_token_of_a_closed_link_is_none(state, visit, road, bring):
    bring(state)

    response = visit(road)

    assert response.status_code == 403
    assert (response.json()["code"], response.json()["detail"]) == (
        "authentication_failed",
        "Sharing access token is invalid.",
    )


def test_all_closed_links_look_the_same(share, visitor):
    bodies = set()
    for fields in ({"enabled": False}, {"expires_at": NOW}, {"allowed_networks": ["203.0.113.1"]}):
        type(share).objects.filter(pk=share.pk).update(**{"enabled": True, "expires_at": None, **fields})
        bodies.add(visitor.get(f"/shared/{share.access_token}").content)

    assert bodies == {visitor.get("/shared/no-such-token").content}


@pytest.mark.parametrize("road", PAGES)
def test_a_deleted_dashboard_is_gone(state, visit, road):
    dashboard_deleted(state)

    response = visit(road)

    assert response.status_code == 404
    if road.endswith("json"):
        assert response.json()["detail"] == "No resource found"


def test_a_deleted_dashboard_covers_no_insight(state, visit):
    dashboard_deleted(state)

    assert visit("api").status_code == 404
    assert visit("api list").json()["count"] == 0


@pytest.mark.parametrize("road", PAGES)
def test_a_deleted_insight_is_gone(insight_share, visitor, road):
    insight_share.insight.deleted = True
    insight_share.insight.save()

    path = ROADS[road].format(token=insight_share.access_token)

    assert visitor.get(path).status_code == 404


# With a password.


@pytest.mark.parametrize("road", PAGES)
def test_a_protected_share_shows_nothing_before_it_is_unlocked(state, visit, road):
    state.protect()
    state.change(settings={"whitelabel": True, "theme": "dark", "legend": True})

    response = visit(road)

    assert response.status_code == 200
    assert CONTENT not in response.content.decode()
    assert state.token not in response.content.decode()
    if road.endswith("json"):
        assert response.json() == {"type": "unlock", "whitelabel": True, "theme": "dark"}


@pytest.mark.parametrize("road", ["api", "api list", "api themes"])
def test_its_plain_token_says_nothing_at_the_api(state, visit, road):
    state.protect()

    response = visit(road)

    assert (response.status_code, response.json()["code"]) == (403, "not_authenticated")


@pytest.mark.parametrize("road", [road for road in PAGES if not road.endswith("json")])
def test_the_right_password_opens_it_for_this_browser(state, visit, road):
    state.protect()

    answer = visit(road, "post", data={"password": "correct horse"}, format="json")
    page = visit(road)
    data = visit(road, HTTP_ACCEPT="application/json").json()

    assert (answer.status_code, set(answer.json())) == (200, {"shareToken"})
    assert CONTENT in page.content.decode()
    assert data["shareToken"] == answer.json()["shareToken"]


def test_the_cookie_is_kept_from_everything_but_this_share(locked):
    cookie = unlock(APIClient(), locked, path="/shared/{}.json").cookies["posthog_sharing_token"]

    assert cookie["path"] == f"/shared/{locked.access_token}"
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"], cookie["secure"]) == (True, "Lax", 86400, "")


def test_the_cookie_of_an_embedded_page_is_kept_within_foreign_pages(locked):
    cookie = unlock(APIClient(), locked, path="/embedded/{}", secure=True).cookies["posthog_sharing_token"]

    assert (cookie["samesite"], cookie["secure"]) == ("None", True)


@pytest.mark.parametrize("road", ["page", "embed json", "api", "api list", "api themes"])
def test_its_token_opens_it_as_bearer(state, visit, road):
    state.protect()
    token = unlock(APIClient(), state.share).json()["shareToken"]

    if road.startswith("api"):
        state.token = ""
    response = visit(road, HTTP_AUTHORIZATION=f"Bearer {token}")

    assert response.status_code == 200
    assert CONTENT in response.content.decode() or road == "api themes"


def expire_unlocking(state: State) -> None:
    state.clock.shift(timedelta(hours=24, seconds=1))


def delete_password(state: State) -> None:
    state.share.passwords.update(is_active=False)


def switch_to_another_token(state: State) -> None:
    state.change(access_token="another-token")
    state.token = "another-token"


@pytest.mark.parametrize("spoil", [expire_unlocking, delete_password, switch_to_another_token])
def test_an_unlocked_share_is_locked_again(state, visit, spoil):
    state.protect()
    token = unlock(state.client, state.share).json()["shareToken"]
    spoil(state)

    page = visit("page json", HTTP_AUTHORIZATION=f"Bearer {token}")
    state.client.cookies.clear()
    api = APIClient().get(f"/api/projects/{state.share.team_id}/insights/", HTTP_AUTHORIZATION=f"Bearer {token}")

    assert page.json() == {"type": "unlock"}
    assert (api.status_code, api.json()["detail"]) == (403, "Token invalid.")


def test_a_token_of_one_share_opens_no_other(locked, insight, team, visitor):
    other = InsightShareFactory(insight=insight, password_required=True)
    forged = unlock_tokens.issue(
        Unlocking(share_password_id=locked.passwords.get().pk, team_id=team.pk, access_token=other.access_token)
    )
    token = unlock(APIClient(), locked).json()["shareToken"]

    for bearer in (token, forged):
        shown = visitor.get(f"/shared/{other.access_token}.json", HTTP_AUTHORIZATION=f"Bearer {bearer}").json()
        assert shown == {"type": "unlock"}


def test_a_token_signed_by_others_opens_nothing(locked, visitor):
    claims = {"share_password_id": locked.passwords.get().pk, "team_id": locked.team_id}
    claims |= {"access_token": locked.access_token, "aud": unlock_tokens.AUDIENCE, "exp": 4_000_000_000}
    forgeries = [jwt.encode(claims, "x" * 64, algorithm="HS256"), jwt.encode(claims, None, algorithm="none")]

    for forged in (*forgeries, "a.b.c", "..", "x" * 5000):
        visitor.cookies["posthog_sharing_token"] = forged
        assert visitor.get(f"/shared/{locked.access_token}", HTTP_ACCEPT="application/json").json() == {
            "type": "unlock"
        }


def test_without_protection_the_passwords_stay_and_the_share_is_open(state, visit):
    state.protect()
    state.change(password_required=False)

    assert CONTENT in visit("page").content.decode()
    assert visit("page", "post").status_code == 200
    assert state.share.passwords.active().exists()


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
def test_no_other_method_gets_anything(share, visitor, method):
    response = getattr(visitor, method)(f"/shared/{share.access_token}")

    assert response.status_code == 405
    assert CONTENT not in response.content.decode()


@pytest.mark.parametrize("tail", [".html", ".json.json", ".png.png", "/", ".json/", "/x", "%2e", "%20", "."])
def test_no_other_spelling_of_a_link_leads_anywhere(share, visitor, tail):
    assert visitor.get(f"/shared/{share.access_token}{tail}").status_code == 404


@pytest.mark.parametrize("road", ["shared", "shared_dashboard", "embedded"])
def test_a_picture_is_for_ever_about_to_be_made(share, visitor, road):
    response = visitor.get(f"/{road}/{share.access_token}.png")

    assert (response.status_code, response["Location"]) == (302, "/static/blank-dashboard-hog.png")
    assert response["Cache-Control"] == "no-store"
    assert visitor.get(response["Location"])["Content-Type"] == "image/png"


def test_a_picture_shows_no_way_around_the_gate(locked, visitor):
    assert "Location" not in visitor.get(f"/shared/{locked.access_token}.png")
    assert visitor.get("/shared/nothing.png").status_code == 404


@pytest.mark.parametrize("path", ["/shared/%00", "/shared/a%00b", "/shared/x?password=%00"])
def test_a_nul_is_no_mistake_of_ours(db, visitor, path):
    assert visitor.get(path).status_code in {400, 404}


def test_keys_and_sessions_count_for_nothing(api, session, locked):
    for client in (api(), session()):
        assert client.get(f"/shared/{locked.access_token}.json").json() == {"type": "unlock"}
