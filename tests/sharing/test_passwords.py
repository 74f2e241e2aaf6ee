"""POST passwords/ and DELETE passwords/:password_id/."""

import pytest

from sharing.models import SharePassword
from tests.factories.sharing import InsightShareFactory, ShareFactory, SharePasswordFactory
from tests.sharing.conftest import unlock

pytestmark = pytest.mark.django_db


@pytest.fixture
def path(url, dashboard):
    return url(f"dashboards/{dashboard.pk}/sharing/passwords/")


@pytest.fixture
def protected(dashboard):
    return ShareFactory(dashboard=dashboard, password_required=True)


def test_adds_a_password_and_shows_its_text_once(api, url, path, protected, dashboard):
    response = api("sharing_configuration:write").post(path, {"raw_password": "correct horse", "note": "board"})

    shown = response.json()
    assert response.status_code == 200
    assert set(shown) == {"id", "password", "note", "created_at", "created_by_email"}
    assert (shown["password"], shown["note"], shown["created_by_email"]) == (
        "correct horse",
        "board",
        "alice@hogflix.com",
    )
    assert "correct horse" not in api().get(url(f"dashboards/{dashboard.pk}/sharing/")).content.decode()
    assert "correct horse" not in SharePassword.objects.get().password_hash


@pytest.mark.parametrize("body", [{}, {"raw_password": ""}, {"raw_password": None}])
def test_makes_one_up_where_none_is_given(api, path, protected, visitor, body):
    shown = api().post(path, body, format="json").json()

    assert len(shown["password"]) >= 21
    assert shown["note"] == ""
    assert unlock(visitor, protected, shown["password"]).status_code == 200


@pytest.mark.parametrize(
    ("body", "attr", "code", "detail"),
    [
        ({"raw_password": "seven77"}, "raw_password", "invalid_input", "Password must be at least 8 characters long."),
        ({"raw_password": "x" * 129}, "raw_password", "max_length", None),
        ({"note": "x" * 101}, "note", "max_length", None),
        ({"raw_password": ["list"]}, "raw_password", "invalid_input", None),
    ],
)
def test_refuses_bad_bodies(api, path, protected, body, attr, code, detail):
    response = api().post(path, body, format="json")

    assert (response.status_code, response.json()["attr"], response.json()["code"]) == (400, attr, code)
    assert detail is None or response.json()["detail"] == detail


@pytest.mark.parametrize("stored", [True, False])
def test_protection_comes_first_whatever_the_body(api, path, dashboard, stored):
    if stored:
        ShareFactory(dashboard=dashboard)

    response = api().post(path, {"raw_password": "x"})

    assert response.status_code == 400
    assert response.json()["error"] == "Password protection must be enabled before creating passwords"
    assert set(response.json()) == {"type", "code", "detail", "attr", "error"}


def test_there_are_at_most_ten(api, path, protected):
    SharePasswordFactory.create_batch(9, share=protected)
    SharePasswordFactory(share=protected, is_active=False)

    assert api().post(path, {}).status_code == 200
    assert api().post(path, {}).status_code == 400
    assert protected.passwords.active().count() == 10


def test_deletes_a_password_and_what_it_had_opened(api, path, locked, visitor):
    password = locked.passwords.get()
    unlock(visitor, locked)

    response = api("sharing_configuration:write").delete(f"{path}{password.pk}/")

    assert (response.status_code, response.content) == (204, b"")
    assert visitor.get(f"/shared/{locked.access_token}", HTTP_ACCEPT="application/json").json() == {"type": "unlock"}
    assert unlock(visitor, locked).status_code == 401


def test_a_password_that_is_not_there_is_missing(api, path, locked, team):
    gone = SharePasswordFactory(share=locked, is_active=False)
    foreign = SharePasswordFactory(share=InsightShareFactory())
    client = api()

    answers = [client.delete(f"{path}{pk}/") for pk in (gone.pk, foreign.pk, 999999, "abc", "9" * 30)]

    assert {(answer.status_code, answer.json()["detail"]) for answer in answers} == {(404, "Password not found")}
    foreign.refresh_from_db()
    assert foreign.is_active
