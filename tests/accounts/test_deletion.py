"""DELETE of a project and of an organization: all that is in them, where it lies."""

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Organization, Project, Team
from tests.contracts.test_tenancy import ROWS
from tests.factories.accounts import MembershipFactory, ProjectFactory
from tests.factories.dashboards import ButtonTileTileFactory, InsightTileFactory, TextTileFactory
from tests.factories.events import CohortFactory, PersonFactory
from tests.factories.sharing import ShareFactory, SharePasswordFactory

OF_TEAMS = [
    model for model in apps.get_models() if any(field.related_model is Team for field in model._meta.concrete_fields)
]


@pytest.fixture
def fill(alice):
    """`fill(project)` puts one of everything into it."""

    def put(project):
        team = project.team
        for make in ROWS.values():
            make(team=team)
        tile = InsightTileFactory(dashboard__team=team, insight__team=team, insight__created_by=alice)
        TextTileFactory(dashboard=tile.dashboard)
        ButtonTileTileFactory(dashboard=tile.dashboard)
        SharePasswordFactory(share=ShareFactory(dashboard=tile.dashboard))
        tile.insight.tags.create(team=team, name="a tag")
        team.primary_dashboard = tile.dashboard
        team.save()

    return put


def rows_of(project) -> dict[str, int]:
    found = {}
    for model in OF_TEAMS:
        name = next(field.name for field in model._meta.concrete_fields if field.related_model is Team)
        found[model.__name__] = model._base_manager.filter(**{name: project.pk}).count()
    return {name: count for name, count in found.items() if count and name != "User"}


def test_a_project_goes_with_everything_in_it(api, organization, alice, fill):
    doomed, kept = ProjectFactory.create_batch(2, organization=organization)
    fill(doomed)
    fill(kept)
    before = rows_of(kept)
    assert len(before) > 20
    alice.current_team = doomed.team
    alice.save()

    assert api().delete(f"/api/projects/{doomed.pk}/").status_code == 204

    assert rows_of(doomed) == {}
    assert rows_of(kept) == before
    assert not Project.objects.filter(pk=doomed.pk).exists()
    alice.refresh_from_db()
    assert alice.current_team is None


def test_an_organization_goes_with_its_projects_and_not_with_its_people(api, alice, charlie, fill):
    doomed = ProjectFactory()
    MembershipFactory(organization=doomed.organization, user=alice, level=15)
    fill(doomed)

    assert api().delete(f"/api/organizations/{doomed.organization_id}/").status_code == 204

    assert rows_of(doomed) == {}
    assert not Organization.objects.filter(pk=doomed.organization_id).exists()
    alice.refresh_from_db()
    assert Project.objects.filter(pk=charlie.current_team_id).exists()


def test_costs_the_same_for_one_person_and_for_many(api, organization):
    small, large = ProjectFactory.create_batch(2, organization=organization)
    client = api()
    client.get("/api/projects/")
    for project, people in ((small, 1), (large, 30)):
        for person in PersonFactory.create_batch(people, team=project.team):
            CohortFactory(team=person.team)

    statements = []
    for project in (small, large):
        with CaptureQueriesContext(connection) as captured:
            assert client.delete(f"/api/projects/{project.pk}/").status_code == 204
        statements.append(len(captured))

    assert statements[0] == statements[1]
