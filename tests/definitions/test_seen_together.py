"""GET property_definitions/seen_together/"""

import pytest

from tests.factories.definitions import EventPropertyFactory


def test_says_which_events_carried_the_property(api, url, team, charlie):
    EventPropertyFactory(team=team, event="paid", property="plan")
    EventPropertyFactory(team=team, event="left", property="other")
    EventPropertyFactory(team=charlie.current_team, event="left", property="plan")

    response = api("property_definition:read").get(
        url("property_definitions/seen_together/"),
        {"event_names": '["paid", "left", "strange"]', "property_name": "plan"},
    )

    assert (response.status_code, response.json()) == (200, {"paid": True, "left": False, "strange": False})


@pytest.mark.parametrize(
    ("parameters", "code", "attr"),
    [
        ({"property_name": "plan"}, "required", "event_names"),
        ({"event_names": "", "property_name": "plan"}, "required", "event_names"),
        ({"event_names": '["paid"]'}, "required", "property_name"),
        ({"event_names": "paid", "property_name": "plan"}, "invalid_input", "event_names"),
        ({"event_names": "[" * 5000, "property_name": "plan"}, "invalid_input", "event_names"),
    ],
)
def test_refuses_what_makes_no_question(api, url, refused, parameters, code, attr):
    refused(api().get(url("property_definitions/seen_together/"), parameters), 400, code, attr)
