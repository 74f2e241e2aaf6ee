import pytest

from accounts.models import PersonalAPIKey
from tests.factories.accounts import PersonalAPIKeyFactory

KEYS = "/api/personal_api_keys/"
BODY = {"label": "Reports", "scopes": ["dashboard:read"], "scoped_teams": [], "scoped_organizations": []}


def test_creates_a_key_that_works(session, client):
    made = session().post(KEYS, BODY)

    assert made.status_code == 201
    key = made.json()
    assert key["value"].startswith("phx_")
    assert key["mask_value"] == f"phx_...{key['value'][-4:]}"
    assert key["scopes"] == ["dashboard:read"]
    me = client.get(f"{KEYS}@current/", HTTP_AUTHORIZATION=f"Bearer {key['value']}")
    assert me.json()["id"] == key["id"]


def test_keeps_only_the_hash(session):
    value = session().post(KEYS, BODY).json()["value"]

    stored = PersonalAPIKey.objects.get(label="Reports")
    assert stored.secure_value.startswith("sha256$")
    assert value not in str(stored.__dict__)


def test_shows_the_value_never_again(session):
    client = session()
    key = client.post(KEYS, BODY).json()

    assert client.get(KEYS).json()[0]["value"] is None
    assert client.get(f"{KEYS}{key['id']}/").json()["value"] is None


def test_lists_own_keys_newest_first_without_pages(session, bob):
    client = session()
    for label in ("first", "second"):
        client.post(KEYS, {**BODY, "label": label})
    PersonalAPIKeyFactory(user=bob, label="Bob's")

    assert [key["label"] for key in client.get(KEYS).json()] == ["second", "first"]


@pytest.mark.parametrize(
    ("change", "attr", "code"),
    [
        ({"label": ""}, "label", "blank"),
        ({"label": "x" * 41}, "label", "max_length"),
        ({"scopes": []}, "scopes", "empty"),
        ({"scopes": ["dashboard"]}, "scopes", "invalid_input"),
        ({"scopes": ["dashboard:delete"]}, "scopes", "invalid_input"),
        ({"scopes": ["nonsense:read"]}, "scopes", "invalid_input"),
        ({"scoped_teams": [999999]}, "scoped_teams", "invalid_input"),
        ({"scoped_organizations": ["not-a-uuid"]}, "scoped_organizations", "invalid_input"),
        ({"scoped_organizations": ["01890a5d-ac96-774b-bcce-b302099a8057"]}, "scoped_organizations", "invalid_input"),
    ],
)
def test_refuses(session, change, attr, code):
    response = session().post(KEYS, {**BODY, **change})

    assert response.status_code == 400
    assert (response.json()["attr"], response.json()["code"]) == (attr, code)


@pytest.mark.parametrize("field", ["label", "scopes", "scoped_teams", "scoped_organizations"])
def test_requires(session, field):
    body = {name: value for name, value in BODY.items() if name != field}

    response = session().post(KEYS, body)

    assert (response.status_code, response.json()["code"], response.json()["attr"]) == (400, "required", field)


def test_refuses_the_eleventh(session):
    client = session()
    for _ in range(10):
        assert client.post(KEYS, BODY).status_code == 201

    eleventh = client.post(KEYS, BODY)

    assert eleventh.status_code == 400
    assert eleventh.json()["attr"] is None
    assert eleventh.json()["detail"].startswith("You can only have 10 personal API keys.")


def test_an_operators_keys_do_not_count(session, alice):
    PersonalAPIKeyFactory.create_batch(10, user=alice, is_counted=False)

    assert session().post(KEYS, BODY).status_code == 201


def test_updates_a_key(session):
    client = session()
    key = client.post(KEYS, BODY).json()

    changed = client.patch(f"{KEYS}{key['id']}/", {"scopes": ["*"], "description": ""}).json()

    assert (changed["scopes"], changed["description"], changed["label"]) == (["*"], None, "Reports")


def test_rolls_a_key(session, client):
    owner = session()
    old = owner.post(KEYS, BODY).json()

    new = owner.post(f"{KEYS}{old['id']}/roll/").json()

    assert new["value"] != old["value"]
    assert new["last_rolled_at"] is not None
    assert (new["id"], new["label"], new["created_at"]) == (old["id"], old["label"], old["created_at"])
    assert client.get(f"{KEYS}@current/", HTTP_AUTHORIZATION=f"Bearer {old['value']}").status_code == 401
    assert client.get(f"{KEYS}@current/", HTTP_AUTHORIZATION=f"Bearer {new['value']}").status_code == 200


def test_deletes_a_key(session, client):
    owner = session()
    key = owner.post(KEYS, BODY).json()

    assert owner.delete(f"{KEYS}{key['id']}/").status_code == 204
    assert client.get(f"{KEYS}@current/", HTTP_AUTHORIZATION=f"Bearer {key['value']}").status_code == 401


def test_somebody_elses_key_is_not_there(session, bob):
    assert session().get(f"{KEYS}{PersonalAPIKeyFactory(user=bob).pk}/").status_code == 404


def test_a_key_may_only_read_itself(api, alice):
    client = api("dashboard:read")
    itself = client.get(f"{KEYS}@current/").json()

    assert itself["scopes"] == ["dashboard:read"]
    assert itself["scoped_teams"] == itself["scoped_organizations"] == []
    assert client.get(f"{KEYS}{itself['id']}/").status_code == 200
    refused = [
        client.get(KEYS),
        client.post(KEYS, BODY),
        client.get(f"{KEYS}{PersonalAPIKeyFactory(user=alice).pk}/"),
        client.post(f"{KEYS}{itself['id']}/roll/"),
        client.post(f"{KEYS}{itself['id']}/"),
        client.delete(f"{KEYS}@current/"),
    ]
    assert [response.status_code for response in refused] == [403] * 6
    assert refused[0].json()["detail"] == "This action does not support Personal API Key access"
