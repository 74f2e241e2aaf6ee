import pytest

from activity.models import ActivityLog
from themes.models import DataColorTheme

THEMES = "data_color_themes/"


def test_makes_a_theme_of_the_project_by_the_caller(api, url, team, bob):
    response = api("project:write", user=bob).post(url(THEMES), {"name": "Sunset", "colors": ["#f00", "#fa0"]})

    made = response.json()
    assert response.status_code == 201
    assert (made["name"], made["colors"], made["is_global"]) == ("Sunset", ["#f00", "#fa0"], False)
    assert made["created_by"]["email"] == "bob@hogflix.com"
    assert DataColorTheme.objects.get(pk=made["id"]).team == team


def test_has_no_colours_unless_told(api, url):
    assert api().post(url(THEMES), {"name": "Bare"}).json()["colors"] == []


@pytest.mark.parametrize("colors", [{"a": "#f00"}, "#f00", 7, [], [None, {"x": [1]}]])
def test_keeps_any_json_as_colours(api, url, colors):
    assert api().post(url(THEMES), {"name": "Odd", "colors": colors}).json()["colors"] == colors


def test_cannot_be_made_global(api, url, team):
    body = {"name": "Mine", "is_global": True, "team": None, "id": 1, "created_by": None}

    made = api().post(url(THEMES), body).json()

    assert made["is_global"] is False
    assert DataColorTheme.objects.get(pk=made["id"]).team == team


@pytest.mark.parametrize(
    ("body", "code", "attr"),
    [
        ({}, "required", "name"),
        ({"name": ""}, "blank", "name"),
        ({"name": None}, "null", "name"),
        ({"name": "x" * 101}, "max_length", "name"),
        ({"name": ["x"]}, "invalid_input", "name"),
        ({"name": "x", "colors": None}, "null", "colors"),
    ],
)
def test_refuses_what_is_no_theme(api, url, body, code, attr):
    response = api().post(url(THEMES), body)

    assert response.status_code == 400
    assert (response.json()["type"], response.json()["code"], response.json()["attr"]) == (
        "validation_error",
        code,
        attr,
    )


def test_is_written_down(api, url, team, alice, django_assert_num_queries):
    client = api()
    client.get(url(THEMES))

    # key and user, project and membership, theme, activity (BEGIN and COMMIT are a savepoint here: two more)
    with django_assert_num_queries(6):
        made = client.post(url(THEMES), {"name": "Sunset", "colors": ["#f00"]}).json()

    entry = ActivityLog.objects.get(scope="DataColorTheme")
    assert (entry.team, entry.user, entry.activity, entry.item_id) == (team, alice, "created", str(made["id"]))
    assert entry.detail == {
        "name": "Sunset",
        "short_id": None,
        "type": None,
        "trigger": None,
        "changes": [
            {"type": "DataColorTheme", "action": "created", "field": "name", "before": None, "after": "Sunset"},
            {"type": "DataColorTheme", "action": "created", "field": "colors", "before": None, "after": ["#f00"]},
        ],
    }
