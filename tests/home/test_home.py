"""The pages for those who sign in."""

import re

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import PersonalAPIKey
from tests.factories.accounts import PersonalAPIKeyFactory
from tests.factories.dashboards import DashboardFactory, InsightTileFactory
from tests.factories.insights import CachedResultFactory, InsightFactory
from tests.factories.sharing import ShareFactory

pytestmark = pytest.mark.django_db
PASSWORD = "a long password"


@pytest.fixture(autouse=True)
def cheap_hashes(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def at_home(client, alice):
    client.force_login(alice)
    return client


@pytest.fixture
def known(alice):
    alice.set_password(PASSWORD)
    alice.save()
    return {"email": alice.email, "password": PASSWORD}


def read(client, path="/"):
    return client.get(path).content.decode()


def test_a_stranger_is_asked_to_sign_in(client):
    response = client.get("/")

    assert response.status_code == 200
    assert '<input id="password"' in response.content.decode()
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert (response["Cache-Control"], response["X-Frame-Options"]) == ("no-store", "DENY")


@pytest.mark.parametrize(
    ("goal", "place"),
    [
        ("", "/"),
        ("/dashboards/5", "/dashboards/5"),
        ("https://evil.example/", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("home", "/"),
    ],
)
def test_signing_in_leads_on(client, known, goal, place):
    response = client.post("/", {**known, "next": goal})

    assert (response.status_code, response["Location"]) == (302, place)
    assert "_auth_user_id" in client.session


@pytest.mark.parametrize("wrong", [{"password": "x"}, {"email": "nobody@x.y"}, {"email": ""}, {"password": "a\0b"}])
def test_who_is_not_known_stays_outside(client, known, wrong):
    response = client.post("/", {**known, **wrong})

    assert response.status_code == 401
    assert "Invalid email or password." in response.content.decode()
    assert "_auth_user_id" not in client.session


def test_guesses_are_counted(client, known):
    statuses = [client.post("/", {**known, "password": str(n)}).status_code for n in range(11)]

    assert statuses == [401] * 10 + [429]


@pytest.mark.parametrize("path", ["/", "/sign-out", "/keys", "/keys/x/delete"])
def test_another_site_cannot_send_its_visitors_forms(known, alice, path):
    client = Client(enforce_csrf_checks=True)
    if path != "/":
        client.force_login(alice)

    assert client.post(path, known).status_code == 403


def test_home_shows_what_is_mine(at_home, project, alice):
    shown = DashboardFactory(team=project.team, name="Board of signups", pinned=True)
    share = ShareFactory(dashboard=shown)
    DashboardFactory(name="Somebody else's")
    DashboardFactory(team=project.team, name="Gone", deleted=True)
    PersonalAPIKeyFactory(user=alice, label="laptop")

    html = read(at_home)

    assert f'href="/dashboards/{shown.pk}"' in html
    assert f'href="/shared/{share.access_token}"' in html
    assert project.team.api_token in html
    assert "laptop" in html
    assert "Somebody else" not in html
    assert "Gone" not in html
    assert "/admin/" not in html


@pytest.mark.parametrize("change", [{"enabled": False}, {"expires_at": "2020-01-01T00:00:00Z"}])
def test_links_that_open_nothing_are_not_named(at_home, team, change):
    share = ShareFactory(dashboard=DashboardFactory(team=team), **change)

    assert share.access_token not in read(at_home)


def test_staff_find_the_way_to_the_admin(at_home, alice):
    type(alice).objects.update(is_staff=True)

    assert "/admin/" in read(at_home)


@pytest.mark.parametrize(
    ("access", "scopes"), [("everything", ["*"]), ("reading", "read"), ("nonsense", "read"), (None, "read")]
)
def test_a_new_key_is_shown_once(at_home, alice, access, scopes):
    answer = at_home.post("/keys", {"label": " laptop ", "access": access or ""}).content.decode()

    key = PersonalAPIKey.objects.get(user=alice, label="laptop")
    value = answer.partition("<p><code>")[2].partition("<")[0]
    assert PersonalAPIKey.objects.for_value(value) == key
    assert value not in read(at_home)
    assert key.mask_value in read(at_home)
    assert key.scopes == scopes if scopes == ["*"] else all(scope.endswith(":read") for scope in key.scopes)


def test_a_key_needs_a_name_and_there_are_ten(at_home, alice):
    nameless = at_home.post("/keys", {"label": " ", "access": "everything"})
    PersonalAPIKeyFactory.create_batch(10, user=alice)
    eleventh = at_home.post("/keys", {"label": "laptop", "access": "everything"})

    assert (nameless.status_code, eleventh.status_code) == (400, 400)
    assert "10 personal API keys" in eleventh.content.decode()
    assert not PersonalAPIKey.objects.filter(label="laptop").exists()


def test_only_own_keys_are_deleted(at_home, alice, bob):
    mine, his = PersonalAPIKeyFactory(user=alice), PersonalAPIKeyFactory(user=bob)

    for key in (mine, his):
        assert at_home.post(f"/keys/{key.pk}/delete").status_code == 302

    assert list(PersonalAPIKey.objects.all()) == [his]


@pytest.mark.parametrize("path", ["/keys", "/keys/x/delete", "/sign-out"])
def test_strangers_do_nothing_here(client, db, path):
    assert client.post(path, {"label": "x"})["Location"] == "/"
    assert client.get(path)["Location"].startswith("/?next=")
    assert not PersonalAPIKey.objects.exists()


def test_signing_out_ends_the_session(at_home):
    at_home.post("/sign-out")

    assert "_auth_user_id" not in at_home.session


def test_models_are_told_what_this_is(client):
    response = client.get("/llms.txt")

    assert (response.status_code, response["Content-Type"]) == (200, "text/plain; charset=utf-8")
    assert response.content.decode() == (settings.BASE_DIR / "llms.txt").read_text()


@pytest.mark.parametrize("path", re.findall(r"\]\((/[^)]+)\)", (settings.BASE_DIR / "llms.txt").read_text()))
def test_what_models_are_sent_to_is_there(client, db, path):
    assert client.get(path).status_code == 200


# Dashboards.


def test_a_member_sees_a_dashboard_as_it_is_shared(at_home, team):
    insight = InsightFactory(team=team, name="Per day")
    CachedResultFactory(team=team, query=insight.query)
    tile = InsightTileFactory(dashboard=DashboardFactory(team=team, name="Signups"), insight=insight)

    html = read(at_home, f"/dashboards/{tile.dashboard_id}")

    assert "<h1>Signups</h1>" in html
    assert "Per day" in html
    assert "posthog-exported-data" not in html


def test_a_stranger_comes_back_after_signing_in(client, db):
    assert client.get("/dashboards/5")["Location"] == "/?next=/dashboards/5"


@pytest.mark.parametrize("reference", ["0", "999999", "9" * 30])
def test_what_is_not_there_is_missing(at_home, reference):
    response = at_home.get(f"/dashboards/{reference}")

    assert response.status_code == 404
    assert "There is no such dashboard" in response.content.decode()


def test_what_is_not_mine_is_missing(client, charlie, team):
    theirs, gone = DashboardFactory(team=team), DashboardFactory(team=charlie.current_team, deleted=True)
    client.force_login(charlie)

    assert [client.get(f"/dashboards/{one.pk}").status_code for one in (theirs, gone)] == [404, 404]
