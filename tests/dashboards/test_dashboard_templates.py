import pytest

from dashboards.models import DashboardTemplate
from tests.dashboards.templates import template
from tests.factories.accounts import UserFactory
from tests.factories.dashboards import DashboardTemplateFactory

KEYS = {
    "id", "template_name", "dashboard_description", "dashboard_filters", "tags", "tiles", "variables", "deleted",
    "created_at", "created_by", "image_url", "team_id", "scope", "availability_contexts", "is_featured",
}  # fmt: skip


@pytest.fixture
def post(api, url):
    client = api("dashboard_template:write")
    return lambda **body: client.post(url("dashboard_templates/"), body)


@pytest.fixture
def names(api, url):
    def listed(query=""):
        response = api("dashboard_template:read").get(url(f"dashboard_templates/{query}"))
        assert response.status_code == 200, response.content
        return [row["template_name"] for row in response.json()["results"]]

    return listed


@pytest.fixture
def staff(alice):
    alice.is_staff = True
    alice.save()
    return alice


class TestCreate:
    def test_stores_the_projects_own(self, post, team, alice):
        response = post(**template(image_url="/i.png", availability_contexts=["general"], is_featured=True))

        assert response.status_code == 201
        made = response.json()
        assert set(made) == KEYS
        assert {key: made[key] for key in template()} == template()
        assert (made["team_id"], made["scope"], made["deleted"]) == (team.pk, "team", False)
        assert made["created_by"]["email"] == alice.email
        assert (made["image_url"], made["availability_contexts"], made["is_featured"]) == ("/i.png", ["general"], True)

    def test_is_what_use_template_takes(self, post, api, url):
        post(**template())

        assert len(api().post(url("dashboards/"), {"use_template": "Sign-ups"}).json()["tiles"]) == 3

    @pytest.mark.parametrize(
        ("fields", "code", "attr"),
        [
            ({"template_name": None}, "null", "template_name"),
            ({"template_name": ""}, "blank", "template_name"),
            ({"template_name": "x" * 401}, "max_length", "template_name"),
            ({"dashboard_description": "x" * 401}, "max_length", "dashboard_description"),
            ({"dashboard_filters": []}, "not_a_dict", "dashboard_filters"),
            ({"tags": ["x" * 256]}, "max_length", "tags__0"),
            ({"tiles": []}, "invalid_input", "tiles"),
            ({"tiles": {}}, "invalid_input", "tiles"),
            ({"tiles": [5]}, "invalid_input", "tiles"),
            ({"tiles": [{"type": "TEXT"}]}, "required", "tiles__0__body"),
            ({"variables": [{}]}, "invalid_input", "variables"),
            ({"image_url": "x" * 8202}, "max_length", "image_url"),
            ({"scope": "x"}, "invalid_choice", "scope"),
        ],
    )
    def test_refuses(self, post, error, fields, code, attr):
        assert error(post(**template(**fields))) == (400, code, attr)
        assert not DashboardTemplate.objects.exists()

    def test_a_name_is_taken_while_its_template_lives(self, post, error, team, charlie):
        DashboardTemplateFactory(team=charlie.current_team, template_name="Sign-ups")
        removed = DashboardTemplateFactory(team=team, template_name="Sign-ups", deleted=True)

        assert post(**template()).status_code == 201
        assert error(post(**template())) == (400, "unique", "template_name")
        assert DashboardTemplate.objects.get(pk=removed.pk).deleted is True

    def test_only_staff_makes_global_ones(self, post, error, staff):
        assert post(**template(scope="global")).json()["scope"] == "global"

        staff.is_staff = False
        staff.save()
        assert error(post(**template(template_name="Another", scope="global"))) == (403, "permission_denied", None)

    def test_needs_the_scope(self, api, url, error):
        assert error(api("dashboard_template:read").post(url("dashboard_templates/"), template()))[0] == 403


class TestList:
    @pytest.fixture(autouse=True)
    def rows(self, team, charlie):
        DashboardTemplateFactory(team=team, template_name="b")
        DashboardTemplateFactory(team=team, template_name="a", scope="feature_flag", tags=["rollout"])
        DashboardTemplateFactory(team=team, template_name="z", is_featured=True, dashboard_description="Revenue growth")
        DashboardTemplateFactory(team=team, template_name="gone", deleted=True)
        DashboardTemplateFactory(team=charlie.current_team, template_name="theirs")
        DashboardTemplateFactory(team=charlie.current_team, template_name="their flag", scope="feature_flag")
        DashboardTemplateFactory(team=charlie.current_team, template_name="theirs for all", scope="global")
        DashboardTemplateFactory(team=None, template_name="nobody's growth", scope="global")

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("", ["z", "a", "b", "nobody's growth", "theirs for all"]),
            ("?scope=global", ["nobody's growth", "theirs for all"]),
            ("?scope=team", ["z", "b"]),
            ("?scope=feature_flag", ["a"]),
            ("?is_featured=true", ["z"]),
            ("?is_featured=false", ["a", "b", "nobody's growth", "theirs for all"]),
            ("?ordering=template_name", ["a", "b", "nobody's growth", "theirs for all", "z"]),
            ("?ordering=-template_name", ["z", "theirs for all", "nobody's growth", "b", "a"]),
            ("?search=growth", ["nobody's growth", "z"]),
            ("?search=grow", ["nobody's growth", "z"]),
            ("?search=rollout", ["a"]),
            ("?search=growth&ordering=-template_name", ["nobody's growth", "z"]),
            ("?search=nothing", []),
            ("?team_id=2", ["z", "a", "b", "nobody's growth", "theirs for all"]),
            ("?limit=1&offset=1", ["a"]),
        ],
    )
    def test_the_own_and_the_global_ones(self, names, query, expected):
        assert names(query) == expected

    @pytest.mark.parametrize("query", ["?search=%25", "?search='\"!()", "?search=" + "x" * 200, "?is_featured=x"])
    def test_strange_questions_are_no_mistake(self, names, query):
        names(query)

    def test_refuses_what_it_does_not_know(self, api, url, error):
        assert error(api().get(url("dashboard_templates/?scope=x"))) == (400, "invalid_choice", "scope")
        assert error(api().get(url(f"dashboard_templates/?search={'x' * 201}"))) == (400, "max_length", "search")

    @pytest.mark.parametrize("count", [1, 30])
    def test_costs_the_same_for_one_and_for_thirty(self, api, url, team, alice, count, django_assert_num_queries):
        DashboardTemplateFactory.create_batch(count, team=team, created_by=alice)
        client = api()
        client.get(url("dashboard_templates/"))

        # key and user, project and membership, count, templates with their people
        with django_assert_num_queries(4):
            client.get(url("dashboard_templates/"))


class TestOne:
    @pytest.fixture
    def row(self, team):
        return DashboardTemplateFactory(team=team, **template())

    @pytest.fixture
    def patch(self, api, url):
        client = api("dashboard_template:write")
        return lambda row, **body: client.patch(url(f"dashboard_templates/{row.pk}/"), body)

    def test_is_shown(self, api, url, row):
        shown = api("dashboard_template:read").get(url(f"dashboard_templates/{row.pk}")).json()

        assert (set(shown), shown["id"], shown["tiles"]) == (KEYS, str(row.pk), row.tiles)

    def test_is_changed_where_the_body_says_so(self, patch, row):
        changed = patch(row, template_name="New", tags=None, variables=None).json()

        assert (changed["template_name"], changed["tags"], changed["variables"]) == ("New", [], None)
        assert changed["tiles"] == row.tiles

    def test_put_needs_all_of_it(self, api, url, row, error):
        path = url(f"dashboard_templates/{row.pk}/")

        assert error(api().put(path, {"template_name": "New"})) == (400, "required", "tiles")
        assert api().put(path, template(template_name="New")).json()["template_name"] == "New"

    def test_is_removed_and_brought_back_by_patch(self, patch, api, url, row, names, error):
        assert patch(row, deleted=True).json()["deleted"] is True
        assert names() == []
        assert error(api().get(url(f"dashboard_templates/{row.pk}/")))[0] == 404
        assert error(patch(row, template_name="x"))[0] == 404
        assert patch(row, deleted=False).json()["deleted"] is False
        assert names() == ["Sign-ups"]

    def test_comes_back_only_if_its_name_is_free(self, patch, row, error, team):
        patch(row, deleted=True)
        DashboardTemplateFactory(team=team, template_name="Sign-ups")

        assert error(patch(row, deleted=False)) == (400, "unique", "template_name")

    def test_delete_is_not_allowed(self, api, url, row):
        response = api().delete(url(f"dashboard_templates/{row.pk}/"))

        assert (response.status_code, response.content) == (405, b"")
        assert DashboardTemplate.objects.get().deleted is False

    def test_global_ones_are_read_by_all_and_written_by_staff(self, patch, api, url, error, charlie, alice):
        row = DashboardTemplateFactory(team=charlie.current_team, scope="global")

        assert api().get(url(f"dashboard_templates/{row.pk}/")).status_code == 200
        assert error(patch(row, template_name="x")) == (403, "permission_denied", None)
        alice.is_staff = True
        alice.save()
        assert patch(row, template_name="x").status_code == 200

    def test_only_staff_makes_one_global(self, patch, row, error):
        assert error(patch(row, scope="global")) == (403, "permission_denied", None)

    def test_nobodys_stays_global(self, patch, staff, error):
        row = DashboardTemplateFactory(team=None, scope="global")

        assert error(patch(row, scope="team")) == (400, "invalid_input", "scope")

    def test_anothers_is_not_found(self, patch, api, url, error, charlie):
        theirs = DashboardTemplateFactory(team=charlie.current_team)

        assert error(api().get(url(f"dashboard_templates/{theirs.pk}/"))) == (404, "not_found", None)
        assert error(patch(theirs, template_name="x")) == (404, "not_found", None)
        assert error(api().get(url("dashboard_templates/7/"))) == (404, "not_found", None)


def test_the_schema_is_to_be_had(api, url):
    response = api("dashboard_template:read").get(url("dashboard_templates/json_schema/"))

    assert response["Cache-Control"] == "max-age=120"
    assert response.json()["required"] == ["template_name", "dashboard_description", "dashboard_filters", "tiles"]


def test_a_guest_of_no_organization_is_refused(api, url, project):
    assert api(user=UserFactory()).get(url("dashboard_templates/")).status_code == 403
