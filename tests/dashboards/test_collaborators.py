import pytest

from accounts.models import OrganizationMembership
from dashboards.models import Dashboard, DashboardCollaborator
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.factories.dashboards import DashboardFactory, InsightTileFactory
from tests.factories.insights import InsightFactory

ABSENT = "0192f5a0-0000-7000-8000-000000000000"


@pytest.fixture
def dashboard(team, alice):
    return DashboardFactory(team=team, name="Numbers", created_by=alice, restriction_level=37)


@pytest.fixture
def dora(organization, project):
    return MembershipFactory(organization=organization, user__email="dora@hogflix.com").user


@pytest.fixture
def add(api, path):
    client = api("dashboard:write")

    def call(user=None, **body):
        body = {"user_uuid": user.uuid, "level": 37, **body} if user else body
        return client.post(path("collaborators/"), body)

    return call


@pytest.fixture
def remove(api, path):
    client = api("dashboard:write")
    return lambda uuid: client.delete(path(f"collaborators/{uuid}/"))


def test_lists_those_who_were_invited(api, path, dashboard, bob, dora):
    DashboardCollaborator.objects.create(dashboard=dashboard, user=dora)
    gone = UserFactory(is_active=False)
    DashboardCollaborator.objects.create(dashboard=dashboard, user=gone)

    response = api("dashboard:read", user=bob).get(path("collaborators/"))

    assert response.status_code == 200
    (collaborator,) = response.json()
    assert set(collaborator) == {"id", "dashboard_id", "user", "level", "added_at", "updated_at"}
    assert (collaborator["dashboard_id"], collaborator["level"]) == (dashboard.pk, 37)
    assert (collaborator["user"]["uuid"], collaborator["user"]["email"]) == (str(dora.uuid), "dora@hogflix.com")


@pytest.mark.parametrize("count", [1, 30])
def test_a_list_costs_the_same_for_one_and_for_thirty(api, path, dashboard, count, django_assert_num_queries):
    for user in UserFactory.create_batch(count):
        DashboardCollaborator.objects.create(dashboard=dashboard, user=user)
    client = api("dashboard:read")
    client.get(path("collaborators/"))  # notes the first use of the key

    # key and user, project and membership, dashboard, collaborators
    with django_assert_num_queries(4):
        assert len(client.get(path("collaborators")).json()) == count


def test_whoever_is_invited_may_edit_until_removed(api, path, add, remove, dashboard, bob):
    assert api(user=bob).patch(path(), {"name": "x"}).status_code == 403

    response = add(bob)

    assert response.status_code == 201
    assert response.json()["user"]["uuid"] == str(bob.uuid)
    assert response.json()["id"] == str(dashboard.collaborators.get().pk)
    assert api(user=bob).patch(path(), {"name": "x"}).status_code == 200
    assert api(user=bob).get(path()).json()["effective_privilege_level"] == 37

    response = remove(bob.uuid)
    assert (response.status_code, response.content) == (204, b"")
    assert api(user=bob).patch(path(), {"name": "x"}).status_code == 403
    assert api(user=bob).get(path()).json()["effective_privilege_level"] == 21


def test_an_invitation_counts_in_every_roundabout_way(api, url, dashboard, add, team, bob):
    client = api(user=bob)
    insight = InsightFactory(team=team)
    shown = InsightTileFactory(dashboard=dashboard).insight
    of_insight, of_shown = url(f"insights/{insight.pk}/"), url(f"insights/{shown.pk}/")

    def attempts():
        return [
            client.post(url("insights/"), {"name": "x", "dashboards": [dashboard.pk]}).status_code,
            client.patch(of_insight, {"dashboards": [dashboard.pk]}).status_code,
            client.patch(of_shown, {"name": "x"}).status_code,
            client.patch(of_shown, {"dashboards": []}).status_code,
        ]

    assert attempts() == [403] * 4
    assert dashboard.tiles.count() == 1
    add(bob)
    assert attempts() == [201, 200, 200, 200]
    assert dashboard.tiles.count() == 2


@pytest.mark.parametrize("count", [1, 20])
def test_rights_cost_the_same_for_one_dashboard_and_for_twenty(
    api, url, path, dashboard, team, bob, count, django_assert_num_queries
):
    client = api(user=bob)
    insights = [InsightTileFactory(dashboard=dashboard).insight for _ in range(count)]
    restricted = DashboardFactory.create_batch(count, team=team, restriction_level=37)
    for one in restricted:
        InsightTileFactory(dashboard=one, insight=insights[0])
        DashboardCollaborator.objects.create(dashboard=one, user=bob)
    wanted = [one.pk for one in (dashboard, *restricted)]
    client.get(path())  # notes the first use of the key

    with django_assert_num_queries(9):  # as in retrieve, without texts, buttons and stored answers
        client.get(path())
    with django_assert_num_queries(6):  # key, project, dashboards; the savepoints of a deed that is refused
        assert client.post(url("insights/"), {"dashboards": wanted}).status_code == 403


def test_a_collaborator_invites_and_removes_others(api, path, dashboard, bob, dora):
    DashboardCollaborator.objects.create(dashboard=dashboard, user=bob)
    client = api(user=bob)

    assert client.post(path("collaborators/"), {"user_uuid": dora.uuid, "level": 37}).status_code == 201
    assert client.delete(path(f"collaborators/{dora.uuid}")).status_code == 204


@pytest.mark.parametrize(
    ("body", "code", "attr"),
    [
        ({}, "required", "user_uuid"),
        ({"user_uuid": "x", "level": 37}, "invalid_input", "user_uuid"),
        ({"user_uuid": ABSENT}, "required", "level"),
        ({"user_uuid": ABSENT, "level": 22}, "invalid_choice", "level"),
    ],
)
def test_the_body_is_checked_before_the_restriction(add, dashboard, error, body, code, attr):
    Dashboard.objects.update(restriction_level=21)

    assert error(add(**body)) == (400, code, attr)


def assert_refused(response, error, detail):
    assert error(response) == (400, "invalid_input", None)
    assert response.json()["detail"] == detail
    assert DashboardCollaborator.objects.count() <= 1


def test_an_open_dashboard_has_no_collaborators(add, remove, dashboard, bob, error):
    Dashboard.objects.update(restriction_level=21)
    of_open = "collaborators {} a dashboard on the lowest restriction level."

    assert_refused(add(bob, level=21), error, f"Cannot add {of_open.format('to')}")
    assert_refused(remove(bob.uuid), error, f"Cannot remove {of_open.format('from')}")


def test_only_editing_can_be_given(add, error):
    detail = "Only edit access can be explicitly specified currently."

    assert_refused(add(user_uuid=ABSENT, level=21), error, detail)


def test_nobody_that_does_not_exist(add, organization, error):
    gone = MembershipFactory(organization=organization, user__is_active=False).user

    assert_refused(add(user_uuid=ABSENT, level=37), error, "User does not exist.")
    assert_refused(add(gone), error, "User does not exist.")


def test_nobody_without_access_to_the_project(add, charlie, error):
    assert_refused(add(charlie), error, "Cannot add collaborators that have no access to the project.")


def test_nobody_who_may_anyway(add, dashboard, alice, bob, organization, error):
    detail = "Cannot add collaborators that already have inherent access (the dashboard owner or a project admins)."
    admin = MembershipFactory(organization=organization, level=OrganizationMembership.Level.ADMIN).user

    assert_refused(add(admin), error, detail)
    assert_refused(add(alice), error, detail)
    Dashboard.objects.update(created_by=bob)
    assert_refused(add(bob), error, detail)


def test_nobody_twice(add, bob, error):
    add(bob)

    assert_refused(add(bob), error, "User already is a collaborator.")


@pytest.mark.parametrize("uuid", [ABSENT, "x", "1"])
def test_who_was_not_invited_cannot_be_removed(remove, error, uuid):
    assert error(remove(uuid)) == (404, "not_found", None)


def test_needs_to_edit_the_dashboard(api, path, dashboard, bob, dora, error):
    client = api(user=bob)
    body = {"user_uuid": dora.uuid, "level": 37}

    for response in (
        client.post(path("collaborators/"), {}),
        client.post(path("collaborators/"), body),
        client.delete(path(f"collaborators/{dora.uuid}/")),
    ):
        assert error(response) == (403, "permission_denied", None)
        assert response.json()["detail"] == "You don't have edit permissions for this dashboard."
    assert error(api("dashboard:read").post(path("collaborators/"), body))[0] == 403
    assert error(api("dashboard:read").delete(path(f"collaborators/{dora.uuid}/")))[0] == 403


def test_a_dashboard_that_is_not_there(api, url, dashboard, charlie, error):
    foreign = DashboardFactory(team=charlie.current_team, restriction_level=37)
    Dashboard.objects.filter(pk=dashboard.pk).update(deleted=True)

    for pk in (foreign.pk, dashboard.pk, 999999, "x"):
        collaborators = url(f"dashboards/{pk}/collaborators/")
        for response in (
            api().get(collaborators),
            api().post(collaborators, {}),
            api().delete(f"{collaborators}{charlie.uuid}/"),
        ):
            assert error(response) == (404, "not_found", None)
            assert response.json()["detail"] == "Dashboard not found."


@pytest.mark.parametrize("method", ["get", "patch", "put"])
def test_a_single_collaborator_is_only_removed(api, session, path, bob, error, method):
    one = path(f"collaborators/{bob.uuid}/")

    assert error(getattr(session(), method)(one, {}))[0] == 405
    assert error(getattr(api(), method)(one, {}))[0] == 403


def test_strangers_are_told_apart(api, path, charlie, error):
    response = api(user=charlie).get(path("collaborators/"))

    assert error(response) == (403, "permission_denied", None)
    assert response.json()["detail"] == "You don't have access to the project."
