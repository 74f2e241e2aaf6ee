from threading import Barrier, Thread

import pytest
from django.db import connection
from rest_framework.test import APIClient

from accounts.models import OrganizationMembership
from dashboards.models import Dashboard, DashboardCollaborator, DashboardTile
from insights.models import Insight
from tagging.models import Tag
from tests.factories.accounts import MembershipFactory, PersonalAPIKeyFactory, ProjectFactory, UserFactory
from tests.factories.dashboards import DashboardFactory, InsightTileFactory, TextTileFactory
from themes.models import DataColorTheme


@pytest.fixture
def patch(api, path):
    client = api("dashboard:write")
    return lambda **body: client.patch(path(), body)


def version(dashboard):
    return Dashboard.objects_including_soft_deleted.get(pk=dashboard.pk).version


def test_changes_what_is_named_and_nothing_else(patch, dashboard):
    Dashboard.objects.filter(pk=dashboard.pk).update(pinned=True, description="d", filters={"interval": "day"})

    response = patch(name="New")

    assert response.status_code == 200
    shown = response.json()
    assert (shown["name"], shown["pinned"], shown["description"]) == ("New", True, "d")
    assert shown["filters"] == {"interval": "day"}
    assert response.headers["ETag"] == f'"{dashboard.pk}-2"'


def test_put_is_patch(api, path, dashboard):
    Dashboard.objects.filter(pk=dashboard.pk).update(pinned=True)

    shown = api().put(path(), {"description": "d"}).json()

    assert (shown["name"], shown["pinned"], shown["description"]) == ("Numbers", True, "d")


@pytest.mark.parametrize("method", ["put", "patch"])
def test_a_form_does_not_unpin_by_silence(api, path, dashboard, method):
    Dashboard.objects.filter(pk=dashboard.pk).update(pinned=True)

    for kind in ("application/x-www-form-urlencoded", "multipart"):
        body = {"name": kind} if kind == "multipart" else f"name={kind}"
        options = {"format": kind} if kind == "multipart" else {"content_type": kind}
        shown = getattr(api(), method)(path(), body, **options).json()
        assert (shown["name"], shown["pinned"], shown["deleted"], shown["tags"]) == (kind, True, False, [])


def test_filters_replace_and_an_empty_object_clears(patch):
    assert patch(filters={"interval": "day", "date_from": "-7d"}).json()["filters"]["interval"] == "day"
    assert patch(filters={"date_from": "-1d"}).json()["filters"] == {"date_from": "-1d"}
    assert patch(filters=None).json()["filters"] == {"date_from": "-1d"}
    assert patch(filters={}).json()["persisted_filters"] is None


def test_variables_replace_and_an_empty_object_clears(patch):
    assert patch(variables={"a": {"code_name": "x"}}).json()["persisted_variables"] == {"a": {"code_name": "x"}}
    assert patch(variables={}).json()["persisted_variables"] is None


def test_tags_replace_and_orphans_go(patch, team, commits):
    assert patch(tags=["B", "a"]).json()["tags"] == ["a", "b"]
    assert patch(tags=None).json()["tags"] == ["a", "b"]
    with commits():
        assert patch(tags=["c"]).json()["tags"] == ["c"]
    assert list(Tag.objects.values_list("name", flat=True)) == ["c"]
    with commits():
        assert patch(tags=[]).json()["tags"] == []
    assert not Tag.objects.exists()


def test_every_write_is_one_version(patch, dashboard):
    patch(name="x", tags=["a"], filters={"interval": "day"}, tiles=[{"text": {"body": "x"}}])
    assert version(dashboard) == 2

    patch(tags=["b"])
    assert version(dashboard) == 3


def test_a_refused_write_is_none(patch, dashboard, error):
    assert error(patch(name="x", tags=["t"], tiles=[{"text": {"body": "x"}}, {"id": 999999}]))[0] == 400

    assert version(dashboard) == 1
    assert Dashboard.objects.get(pk=dashboard.pk).name == "Numbers"
    assert not Tag.objects.exists()
    assert not DashboardTile.objects.exists()


def test_writes_only_over_the_version_that_was_read(api, path, dashboard, error):
    etag = api().get(path()).headers["ETag"]

    first = api().patch(path(), {"name": "first"}, headers={"If-Match": etag})
    second = api().patch(path(), {"name": "second"}, headers={"If-Match": etag})

    assert first.status_code == 200
    assert error(second) == (412, "precondition_failed", None)
    assert Dashboard.objects.get(pk=dashboard.pk).name == "first"


@pytest.mark.parametrize("known", ["*", "{etag}", '"x", {etag}', "W/{etag}"])
def test_the_version_may_be_named_in_many_ways(api, path, dashboard, known):
    header = known.format(etag=dashboard.etag)

    assert api().patch(path(), {"name": "x"}, headers={"If-Match": header}).status_code == 200


@pytest.mark.parametrize("header", ["", "nonsense", '"', "1", '"0-0"', "\u00ff"])
def test_a_strange_if_match_matches_nothing(api, path, header, error):
    assert error(api().patch(path(), {"name": "x"}, headers={"If-Match": header}))[0] == 412


def test_what_was_read_can_be_sent_back(api, path, dashboard, team):
    InsightTileFactory(dashboard=dashboard, layouts={"sm": {"x": "0", "y": 1}}, color="red")
    TextTileFactory(dashboard=dashboard)
    api().patch(path(), {"tags": ["a"], "filters": {"interval": "day"}})
    read = api().get(path()).json()

    response = api().patch(path(), read)

    assert response.status_code == 200, response.content
    assert response.json() == {**api().get(path()).json(), "last_accessed_at": response.json()["last_accessed_at"],
                               "last_viewed_at": response.json()["last_viewed_at"]}  # fmt: skip
    assert response.json()["tiles"] == read["tiles"]


@pytest.mark.parametrize(
    ("body", "code", "attr"),
    [
        ({"filters": [1]}, "invalid_input", None),
        ({"variables": "x"}, "invalid_input", None),
        ({"name": "x" * 401}, "max_length", "name"),
        ({"deleted": "perhaps"}, "invalid_input", "deleted"),
        ({"deleted": None}, "null", "deleted"),
        ({"restriction_level": 22}, "invalid_choice", "restriction_level"),
        ({"data_color_theme_id": -1}, "does_not_exist", "data_color_theme_id"),
        ({"duplicate_tiles": True}, "not_a_list", "duplicate_tiles"),
        ({"duplicate_tiles": [{"id": 5}]}, "invalid_input", "duplicate_tiles__0__id"),
        ({"duplicate_tiles": [{}]}, "required", "duplicate_tiles__0__id"),
    ],
)
def test_refuses(patch, error, body, code, attr):
    assert error(patch(**body)) == (400, code, attr)


def test_templates_and_modes_are_only_for_creation(patch):
    shown = patch(use_template="X", use_dashboard=5, creation_mode="template", name="x").json()

    assert (shown["name"], shown["creation_mode"], shown["tiles"]) == ("x", "default", [])


def test_duplicates_tiles_with_what_they_show(patch, dashboard):
    insight = InsightTileFactory(dashboard=dashboard, layouts={"sm": {"x": 0, "y": 0, "w": 6, "h": 5}}, color="red")
    text = TextTileFactory(dashboard=dashboard, text__body="Words")
    wanted = [{"id": insight.pk}, {"id": text.pk, "layouts": {"sm": {"x": 0, "y": 50}}}]

    tiles = patch(duplicate_tiles=wanted).json()["tiles"]

    assert len(tiles) == 4
    copied = [tile for tile in tiles if tile["id"] not in (insight.pk, text.pk)]
    assert copied[0]["insight"]["name"] == "An insight (Copy)"
    assert copied[0]["color"] == "red"
    assert copied[0]["layouts"]["sm"] == {"x": 6, "y": 0, "w": 6, "h": 5}
    assert copied[1]["text"]["body"] == "Words"
    assert copied[1]["layouts"] == {"sm": {"x": 0, "y": 50}}
    assert Insight.objects.count() == 2


class TestRestriction:
    @pytest.fixture
    def restricted(self, dashboard, alice):
        Dashboard.objects.filter(pk=dashboard.pk).update(restriction_level=37)
        return dashboard

    @pytest.fixture
    def as_bob(self, api, path, bob):
        return lambda **body: api(user=bob).patch(path(), body)

    def test_others_may_not_edit(self, as_bob, restricted, error, path, api, bob):
        response = as_bob(name="x")

        assert error(response) == (403, "permission_denied", None)
        assert response.json()["detail"] == "You don't have edit permissions for this dashboard."
        assert api(user=bob).post(path("tiles/"), {"text": {"body": "x"}}).status_code == 403

    def test_collaborators_may_edit_but_not_restrict(self, as_bob, restricted, bob, error):
        DashboardCollaborator.objects.create(dashboard=restricted, user=bob)

        assert as_bob(name="x", restriction_level=37).status_code == 200
        response = as_bob(restriction_level=21)
        assert error(response) == (403, "permission_denied", None)
        assert response.json()["detail"].startswith("Only the dashboard owner and project admins have the restriction")

    def test_anybody_may_edit_an_open_one_but_only_its_owner_restricts(self, as_bob, dashboard, error):
        assert as_bob(name="x", restriction_level=21).status_code == 200
        assert error(as_bob(name="y", restriction_level=37))[0] == 403
        assert Dashboard.objects.get().name == "x"

    def test_its_creator_restricts(self, as_bob, dashboard, bob):
        Dashboard.objects.update(created_by=bob)

        assert as_bob(restriction_level=37).json()["effective_privilege_level"] == 37

    def test_admins_may_all(self, api, path, restricted, organization, project):
        admin = UserFactory()
        MembershipFactory(organization=organization, user=admin, level=OrganizationMembership.Level.ADMIN)

        assert api(user=admin).patch(path(), {"restriction_level": 21}).status_code == 200

    def test_many_at_once(self, restricted, team, alice, bob, project):
        project.membership_level = OrganizationMembership.Level.MEMBER
        mine = DashboardFactory(team=team, created_by=bob, restriction_level=37)
        invited = DashboardFactory(team=team, created_by=alice, restriction_level=37)
        DashboardCollaborator.objects.create(dashboard=invited, user=bob)
        anybodys = DashboardFactory(team=team)

        assert set(Dashboard.objects.editable_by(bob, project)) == {mine, invited, anybodys}
        project.membership_level = OrganizationMembership.Level.OWNER
        assert Dashboard.objects.editable_by(alice, project).count() == 4


def test_a_theme_that_went_away_leaves_none(patch, team):
    theme = DataColorTheme.objects.create(team=team, name="Ours", colors=[])
    assert patch(data_color_theme_id=theme.pk).json()["data_color_theme_id"] == theme.pk
    assert patch(data_color_theme_id=None).json()["data_color_theme_id"] is None


def test_anothers_dashboard_is_not_found_and_a_key_that_reads_may_not_write(api, url, path, charlie, error):
    foreign = DashboardFactory(team=charlie.current_team)

    assert error(api().patch(url(f"dashboards/{foreign.pk}/"), {"name": "x"}))[0] == 404
    assert error(api("dashboard:read").patch(path(), {"name": "x"}))[0] == 403


@pytest.mark.django_db(transaction=True)
def test_writers_of_different_tiles_lose_nothing():
    project = ProjectFactory()
    user = UserFactory()
    MembershipFactory(organization=project.organization, user=user, level=15)
    key = PersonalAPIKeyFactory(user=user)
    dashboard = DashboardFactory(team=project.team)
    tiles = TextTileFactory.create_batch(4, dashboard=dashboard)
    start, rounds, statuses = Barrier(len(tiles)), 6, []

    def write(tile):
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {key.value}")
        start.wait()
        for number in range(rounds):
            element = {"id": tile.pk, "color": f"{number}", "text": {"body": f"{tile.pk}: {number}"}}
            new = {"text": {"body": f"new {tile.pk} {number}"}}
            body = {"tiles": [element, new]}
            statuses.append(client.patch(f"/api/projects/{project.pk}/dashboards/{dashboard.pk}/", body).status_code)
        connection.close()

    threads = [Thread(target=write, args=[tile]) for tile in tiles]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert set(statuses) == {200}
    for tile in DashboardTile.objects.filter(pk__in=[tile.pk for tile in tiles]).select_related("text"):
        assert (tile.color, tile.text.body) == (f"{rounds - 1}", f"{tile.pk}: {rounds - 1}")
    fresh = DashboardTile.objects.exclude(pk__in=[tile.pk for tile in tiles])
    assert fresh.count() == len(tiles) * rounds
    assert len({(tile.layouts["sm"]["x"], tile.layouts["sm"]["y"]) for tile in fresh}) == len(tiles) * rounds
    assert version(dashboard) == 1 + len(tiles) * rounds
