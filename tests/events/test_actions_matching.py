"""GET /events/?action_id=: which events an action means."""

import pytest

from events.filtering.elements import selector_pattern
from tests.factories.events import ActionFactory, CohortFactory, EventFactory, PersonFactory, any_of

BUTTON = (
    'button.big.btn:attr__data-x="a;b.c"attr_id="pay"nth-child="2"nth-of-type="1"text="Pay \\"now\\"; a\\\\b";'
    'a.link:href="/pay?x=1"text="";div:nth-child="1";body:text="text=\\"Cancel\\""'
)


@pytest.fixture
def ann(team):
    return PersonFactory(team=team, distinct_ids=["ann"], properties={"plan": "paid"})


@pytest.fixture
def click(ann):
    return EventFactory(
        person=ann,
        event="$autocapture",
        properties={"$current_url": "https://hogflix.com/Pricing", "n": 5},
        elements_chain=BUTTON,
    )


@pytest.fixture
def meant(api, url, team):
    """How many events an action of these steps means."""

    def count(*steps: dict) -> int:
        action = ActionFactory(team=team, steps=list(steps))
        return len(api("query:read").get(url("events/"), {"action_id": action.pk}).json()["results"])

    return count


@pytest.mark.parametrize(
    "step",
    [
        {},
        {"event": "$autocapture"},
        {"url": "pricing"},
        {"url": "https://hogflix.com/Pricing", "url_matching": "exact"},
        {"url": "hogflix.com/P.*g$", "url_matching": "regex"},
        {"text": 'Pay "now"; a\\b'},
        {"text": 'AY "NOW"', "text_matching": "contains"},
        {"text": "^Pay .now.", "text_matching": "regex"},
        {"href": "/pay?x=1"},
        {"href": "PAY", "href_matching": "contains"},
        {"tag_name": "button"},
        {"tag_name": "body"},
        {"selector": "button"},
        {"selector": "button.btn.big"},
        {"selector": "#pay"},
        {"selector": "div > a > button"},
        {"selector": "body button:nth-child(2)"},
        {"selector": "body a.link[href='/pay?x=1'] > button[data-x=\"a;b.c\"]"},
        {"selector": "body > div"},
        {"properties": [{"key": "n", "operator": "gt", "value": 4}]},
        {"properties": [{"type": "person", "key": "plan", "value": "paid"}]},
        {"properties": [{"type": "element", "key": "text", "operator": "icontains", "value": "pay"}]},
        {"properties": [{"type": "element", "key": "text", "operator": "is_not", "value": "Cancel"}]},
    ],
)
def test_a_step_means_the_click(click, meant, step):
    assert meant(step) == 1


@pytest.mark.parametrize(
    "step",
    [
        {"event": "$pageview"},
        {"url": "pricing", "url_matching": "exact"},
        {"text": "Pay"},
        {"text": "Cancel"},
        {"href": "/pay"},
        {"tag_name": "b"},
        {"tag_name": "c"},
        {"selector": "butto"},
        {"selector": "button.bt"},
        {"selector": "button > a"},
        {"selector": "body > button"},
        {"selector": "#pa"},
        {"selector": "[text='Cancel']"},
        {"properties": [{"key": "n", "operator": "gt", "value": 5}]},
        {"properties": [{"type": "element", "key": "text", "operator": "not_icontains", "value": "pay"}]},
        {"event": "$autocapture", "text": "Cancel"},
    ],
)
def test_a_step_does_not_mean_the_click(click, meant, step):
    assert meant(step) == 0


def test_any_of_the_steps_is_enough(click, ann, meant):
    EventFactory(person=ann, event="paid")
    EventFactory(person=ann, event="left")

    assert meant({"event": "paid"}, {"event": "$autocapture", "text": "Pay", "text_matching": "contains"}) == 2
    assert meant() == 0


def test_a_step_may_ask_for_a_cohort(click, team, meant):
    cohort = CohortFactory(team=team, filters=any_of({"type": "person", "key": "plan", "value": "paid"}))

    assert meant({"properties": [{"type": "cohort", "key": "id", "value": cohort.pk}]}) == 1
    assert meant({"properties": [{"type": "cohort", "key": "id", "value": cohort.pk, "operator": "not_in"}]}) == 0


@pytest.mark.parametrize("text", ["999999", "x", "9" * 30, "-1"])
def test_an_action_that_is_not_there_means_nothing(api, url, click, text):
    response = api("query:read").get(url("events/"), {"action_id": text})

    assert (response.status_code, response.json()["results"]) == (200, [])


def test_an_action_of_another_project_means_nothing(api, url, click):
    theirs = ActionFactory(steps=[{"event": "$autocapture"}])

    assert api("query:read").get(url("events/"), {"action_id": theirs.pk}).json()["results"] == []


@pytest.mark.django_db
def test_no_selector_keeps_postgres_long(django_db_blocker):
    from django.db import connection

    chain = ";".join(f'div.a.b:attr__x="{n}"text="{"y" * 50}"' for n in range(100))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '2s'")
        cursor.execute("SELECT %s::text ~ %s::text", [chain, selector_pattern("p.a div.b > div.c [x='1'] #z")])
        assert cursor.fetchone() == (False,)
