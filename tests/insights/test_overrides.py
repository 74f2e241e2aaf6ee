"""Which filters are laid over an insight's question: pure, without HTTP."""

from types import SimpleNamespace

import pytest

from insights.overrides import effective_filters, effective_query
from tests.factories.insights import TRENDS

DAYS, WEEK = {"date_from": "-30d"}, {"interval": "week"}


def tile(own=None, dashboard=None):
    return SimpleNamespace(filters_overrides=own, dashboard=SimpleNamespace(filters=dashboard))


@pytest.mark.parametrize(
    ("shown", "overrides", "found"),
    [
        (tile(dashboard=DAYS), {}, DAYS),
        (tile(dashboard=DAYS), {"filters_override": WEEK}, DAYS | WEEK),
        (tile(dashboard=DAYS), {"filters_override": {"date_from": "-7d"}}, {"date_from": "-7d"}),
        (tile(dashboard={"properties": [1, 2]}), {"filters_override": {"properties": [3]}}, {"properties": [3]}),
        (tile(own=WEEK, dashboard=DAYS), {}, WEEK),
        (tile(own=WEEK, dashboard=DAYS), {"filters_override": DAYS}, WEEK),
        (tile(own={}, dashboard=DAYS), {}, DAYS),
        (tile(own=WEEK, dashboard=DAYS), {"tile_filters_override": {"interval": "day"}}, {"interval": "day"}),
        (tile(own=WEEK), {"tile_filters_override": DAYS}, DAYS | WEEK),
        (tile(dashboard=DAYS), {"tile_filters_override": WEEK}, WEEK),
        (tile(), {}, {}),
        (None, {"filters_override": WEEK}, WEEK),
        (None, {"tile_filters_override": WEEK}, {}),
    ],
)
def test_a_tiles_own_filters_replace_the_dashboards_and_the_requests(shown, overrides, found):
    assert effective_filters(shown, **overrides) == found


def test_without_filters_the_query_is_as_it_was_sent():
    assert effective_query(TRENDS, {}) is TRENDS
    assert effective_query(None, DAYS) is None
