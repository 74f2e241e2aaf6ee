"""Everybody at every door: who gets past authentication and permission, for every route there is."""

import pytest
from rest_framework.test import APIClient

from accounts.models import OrganizationMembership
from tests.contracts.routes import Route, viewset_routes
from tests.factories.accounts import PersonalAPIKeyFactory, ProjectFactory
from tests.factories.dashboards import DashboardFactory
from tests.factories.sharing import ShareFactory

OF_PROJECT = [route for route in viewset_routes() if route.is_of_project]
ABSENT = "999999999"


def knock(client, route: Route, project, query: str = ""):
    path = route.path(project_id=project.pk, pk=ABSENT, id=ABSENT)
    return client.generic(route.method.upper(), path + query, b"{}", content_type="application/json")


@pytest.fixture
def share_token(team):
    return ShareFactory(dashboard=DashboardFactory(team=team)).access_token


@pytest.mark.parametrize("route", OF_PROJECT, ids=str)
class TestEveryRoute:
    def test_is_closed_to_nobody_in_particular(self, project, route):
        expected = 403 if route.viewset.sharing_enabled_actions else 401

        assert knock(APIClient(), route, project).status_code == expected

    def test_is_closed_to_a_project_token(self, project, team, route):
        client = APIClient(headers={"authorization": f"Bearer {team.api_token}"})

        assert knock(client, route, project).status_code in {401, 403}

    def test_is_closed_to_a_key_of_another_project(self, api, organization, project, route):
        elsewhere = ProjectFactory(organization=organization)

        response = knock(api("*", scoped_teams=[elsewhere.pk]), route, project)

        assert response.status_code == 403
        assert response.json()["detail"].endswith(f"the requested project: ID {project.pk}.")

    def test_is_closed_to_the_key_of_somebody_who_left(self, api, bob, project, route):
        client = api(user=bob)
        OrganizationMembership.objects.filter(user=bob).delete()

        assert knock(client, route, project).json()["detail"] == "You don't have access to the project."

    def test_is_closed_to_a_share_token_unless_it_says_otherwise(self, project, share_token, route):
        response = knock(APIClient(), route, project, f"?sharing_access_token={share_token}")

        if route.method == "get" and route.action in route.viewset.sharing_enabled_actions:
            assert response.status_code in {200, 404}
        else:
            assert response.status_code in {401, 403}

    def test_a_bad_header_is_not_rescued_by_a_session(self, session, project, route):
        client = session()
        client.credentials(HTTP_AUTHORIZATION="Bearer phx_wrong")

        assert knock(client, route, project).status_code in {401, 403}

    @pytest.mark.parametrize("level", OrganizationMembership.Level.values)
    def test_lets_every_member_in_who_reads(self, session, bob, project, route, level):
        if route.method != "get" or route.scopes == ["INTERNAL"]:
            return
        OrganizationMembership.objects.filter(user=bob).update(level=level)

        assert knock(session(bob), route, project).status_code not in {401, 403, 500}

    def test_never_fails_for_a_write_of_nothing(self, project, alice, route):
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {PersonalAPIKeyFactory(user=alice).value}")

        assert knock(client, route, project).status_code < 500
