"""A tag that is being taken off its last row here while it is put on another there."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from insights.models import Insight
from tagging.models import Tag
from tagging.services import bulk_update_tags, set_tags
from tests.factories.insights import InsightFactory

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 25


def at_once(*deeds):
    def run(deed):
        try:
            for _ in range(ROUNDS):
                deed()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return [future.result() for future in [pool.submit(run, deed) for deed in deeds]]


def test_nobody_loses_a_tag_to_somebody_elses_sweep(team):
    insights = InsightFactory.create_batch(4, team=team)

    def flicker(insight):
        set_tags(insight, ["shared", "own"], team=team)
        assert {tag.name for tag in insight.tags.all()} == {"shared", "own"}
        set_tags(insight, [], team=team)

    at_once(*(lambda insight=insight: flicker(insight) for insight in insights))

    assert not Tag.objects.exists()


def test_many_at_once_pass_each_other_in_any_order(team):
    insights = InsightFactory.create_batch(6, team=team)
    ids = [insight.pk for insight in insights]

    def change(order, action):
        bulk_update_tags(Insight.objects.all(), ids=order, action=action, tags=["a", "b"], team=team)

    at_once(
        lambda: change(ids, "add"),
        lambda: change(ids[::-1], "remove"),
        lambda: change(ids[::2], "set"),
        lambda: change(ids[::-1], "add"),
    )

    assert set(Tag.objects.values_list("name", flat=True)) <= {"a", "b"}
