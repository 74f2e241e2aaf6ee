"""The pages of the admin: all open for staff, none for others, none dear, none telling secrets."""

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AccessControl, OrganizationMembership
from common.admin import LargeTableAdmin, ReadOnly
from dashboards.models import DashboardCollaborator
from events.models import PersonDistinctId
from tests.factories.accounts import (
    MembershipFactory,
    OrganizationFactory,
    PersonalAPIKeyFactory,
    ProjectFactory,
    UserFactory,
)
from tests.factories.activity import ActivityLogFactory
from tests.factories.dashboards import DashboardFactory, DashboardTemplateFactory, InsightTileFactory, TextTileFactory
from tests.factories.datasets import DatasetFactory, DatasetItemFactory
from tests.factories.definitions import EventDefinitionFactory, PropertyDefinitionFactory
from tests.factories.events import ActionFactory, CohortFactory, GroupFactory, GroupTypeFactory, PersonFactory
from tests.factories.insights import CachedResultFactory, InsightFactory, InsightVariableFactory, QueryJobFactory
from tests.factories.sharing import ShareFactory, SharePasswordFactory
from tests.factories.tagging import TagFactory
from tests.factories.themes import DataColorThemeFactory

pytestmark = pytest.mark.django_db
#: Session, user, the savepoint's neighbours, a few related rows of one page: what no number of rows adds to.
MOST_STATEMENTS = 16


def access_rule():
    membership = MembershipFactory()
    team = ProjectFactory(organization=membership.organization).team
    return AccessControl.objects.create(
        team=team, resource="dashboard", access_level="viewer", organization_member=membership
    )


def organization():
    made = OrganizationFactory()
    MembershipFactory.create_batch(3, organization=made)
    return made


def dashboard():
    made = DashboardFactory(created_by=UserFactory())
    InsightTileFactory.create_batch(2, dashboard=made)
    TextTileFactory.create_batch(2, dashboard=made)
    DashboardCollaborator.objects.create(dashboard=made, user=UserFactory())
    return made


def person():
    made = PersonFactory()
    for number in range(3):
        PersonDistinctId.objects.create(team=made.team, person=made, distinct_id=f"id-{made.pk}-{number}")
    return made


def cached_result():
    insight = InsightFactory()
    return CachedResultFactory(team=insight.team, query={**insight.query, "number": insight.pk})


def share():
    made = ShareFactory()
    SharePasswordFactory.create_batch(2, share=made)
    return made


MAKERS = {
    "accounts.accesscontrol": access_rule,
    "accounts.organization": organization,
    "accounts.personalapikey": PersonalAPIKeyFactory,
    "accounts.project": ProjectFactory,
    "accounts.team": lambda: ProjectFactory().team,
    "accounts.user": lambda: MembershipFactory().user,
    "activity.activitylog": lambda: ActivityLogFactory(user=UserFactory()),
    "dashboards.dashboard": dashboard,
    "dashboards.dashboardtemplate": DashboardTemplateFactory,
    "datasets.dataset": DatasetFactory,
    "datasets.datasetitem": DatasetItemFactory,
    "definitions.eventdefinition": EventDefinitionFactory,
    "definitions.propertydefinition": PropertyDefinitionFactory,
    "events.action": ActionFactory,
    "events.cohort": CohortFactory,
    "events.group": GroupFactory,
    "events.grouptype": GroupTypeFactory,
    "events.person": person,
    "insights.cachedresult": cached_result,
    "insights.insight": lambda: InsightFactory(created_by=UserFactory()),
    "insights.insightvariable": InsightVariableFactory,
    "insights.queryjob": QueryJobFactory,
    "sharing.sharingconfiguration": share,
    "tagging.tag": TagFactory,
    "themes.datacolortheme": DataColorThemeFactory,
}
MODELS = sorted(MAKERS)


@pytest.fixture(autouse=True)
def cheap_hashes(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def staff(client):
    user = UserFactory(is_staff=True, is_superuser=True)
    client.force_login(user)
    return client


def path_of(name, page="changelist", *args):
    return reverse(f"admin:{name.replace('.', '_')}_{page}", args=args)


def registered():
    return {model._meta.label_lower: one for model, one in admin.site._registry.items()}


def statements(client, path):
    with CaptureQueriesContext(connection) as captured:
        response = client.get(path)
    assert response.status_code == 200
    return [query["sql"] for query in captured]


def test_every_registered_model_is_tried_here():
    assert sorted(registered()) == MODELS


@pytest.mark.parametrize("name", MODELS)
def test_a_list_costs_the_same_for_one_row_and_for_many(staff, name):
    MAKERS[name]()
    few = statements(staff, path_of(name))
    for _ in range(4):
        MAKERS[name]()

    many = statements(staff, path_of(name))

    assert len(many) <= max(len(few), 1)
    assert len(many) <= MOST_STATEMENTS


@pytest.mark.parametrize("name", MODELS)
def test_a_row_opens_and_costs_little(staff, name):
    row = MAKERS[name]()

    assert len(statements(staff, path_of(name, "change", row.pk))) <= MOST_STATEMENTS


@pytest.mark.parametrize("name", MODELS)
def test_a_list_can_be_searched(staff, name):
    MAKERS[name]()

    assert registered()[name].search_fields
    assert statements(staff, path_of(name) + "?q=growth")


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("is_known", [True, False])
def test_nobody_else_gets_in(client, name, is_known):
    row = MAKERS[name]()
    if is_known:
        client.force_login(UserFactory())

    for path in (path_of(name), path_of(name, "change", row.pk)):
        assert client.get(path)["Location"].startswith("/admin/login/")


@pytest.mark.parametrize("name", [name for name in MODELS if isinstance(registered()[name], ReadOnly)])
def test_what_belongs_to_a_project_is_only_looked_at(staff, name):
    row = MAKERS[name]()
    before = type(row)._base_manager.filter(pk=row.pk).values().get()

    assert staff.get(path_of(name, "add")).status_code == 403
    assert staff.post(path_of(name, "change", row.pk), {"name": "Mine"}).status_code == 403
    assert type(row)._base_manager.filter(pk=row.pk).values().get() == before


@pytest.mark.parametrize("name", [name for name in MODELS if isinstance(registered()[name], LargeTableAdmin)])
def test_no_large_table_is_read_whole(staff, name, monkeypatch):
    monkeypatch.setattr(registered()[name], "list_per_page", 1)
    monkeypatch.setattr(registered()[name], "list_max_show_all", 1)
    for _ in range(2):
        MAKERS[name]()
    table = registered()[name].model._meta.db_table

    read = [sql for sql in statements(staff, path_of(name)) if f'FROM "{table}"' in sql]

    assert len(read) == 2
    assert [sql for sql in read if "LIMIT" not in sql] == []


@pytest.mark.parametrize("name", ["accounts.organization", "accounts.team", "accounts.user"])
def test_what_much_hangs_on_is_not_deleted_here(staff, name):
    row = MAKERS[name]()

    assert staff.post(path_of(name, "delete", row.pk), {"post": "yes"}).status_code == 403
    assert type(row)._base_manager.filter(pk=row.pk).exists()


# Secrets.


def test_a_hash_of_a_key_is_never_shown(staff):
    key = PersonalAPIKeyFactory()

    for path in (path_of("accounts.personalapikey"), path_of("accounts.personalapikey", "change", key.pk)):
        assert key.secure_value not in staff.get(path).content.decode()


def test_nothing_of_a_password_is_shown(staff):
    user = UserFactory()
    user.set_password("correct horse battery")
    user.save()

    page = staff.get(path_of("accounts.user", "change", user.pk)).content.decode()

    assert "../password/" in page
    assert not any(part in page for part in user.password.split("$")[1:])
    assert "algorithm" not in page


def test_links_and_their_passwords_are_not_shown(staff):
    made = ShareFactory(locked_filters={"secret": "a secret of at least thirty-two letters"})
    password = SharePasswordFactory(share=made)

    for path in (path_of("sharing.sharingconfiguration"), path_of("sharing.sharingconfiguration", "change", made.pk)):
        page = staff.get(path).content.decode()
        assert made.access_token not in page
        assert password.password_hash not in page
        assert "thirty-two letters" not in page


# What may be done here.


def test_a_link_is_closed_here(staff):
    made = ShareFactory()
    form = {"settings": "null", "allowed_networks": "null", "share_passwords-TOTAL_FORMS": 0}
    form |= {f"{prefix}-INITIAL_FORMS": 0 for prefix in ("passwords", "share_passwords")} | {"passwords-TOTAL_FORMS": 0}

    response = staff.post(path_of("sharing.sharingconfiguration", "change", made.pk), form)

    made.refresh_from_db()
    assert (response.status_code, made.enabled) == (302, False)


def test_a_key_is_taken_back_here(staff):
    key = PersonalAPIKeyFactory()

    staff.post(path_of("accounts.personalapikey", "delete", key.pk), {"post": "yes"})

    assert not type(key).objects.filter(pk=key.pk).exists()


def test_a_member_is_let_in_here(staff):
    somewhere, user = OrganizationFactory(), UserFactory()
    form = {
        "name": somewhere.name,
        "memberships-TOTAL_FORMS": 1,
        "memberships-INITIAL_FORMS": 0,
        "memberships-0-user": user.pk,
        "memberships-0-level": OrganizationMembership.Level.MEMBER,
    }

    response = staff.post(path_of("accounts.organization", "change", somewhere.pk), form)

    assert response.status_code == 302
    assert OrganizationMembership.objects.filter(organization=somewhere, user=user).exists()


def test_a_deleted_dashboard_is_still_seen(staff):
    gone = DashboardFactory(name="Gone for now", deleted=True)

    assert "Gone for now" in staff.get(path_of("dashboards.dashboard")).content.decode()
    assert staff.get(path_of("dashboards.dashboard", "change", gone.pk)).status_code == 200


def test_the_front_page_names_all(staff):
    page = staff.get(reverse("admin:index")).content.decode()

    assert "posthog-lite" in page
    assert all(path_of(name) in page for name in MODELS)
