"""What the tile's table and its manager promise, below HTTP."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from dashboards.models import Dashboard, DashboardTile
from insights.models import Insight
from tests.factories.dashboards import DashboardFactory, InsightTileFactory, TextFactory, TextTileFactory


@pytest.fixture
def dashboards(team):
    return DashboardFactory.create_batch(3, team=team)


@pytest.fixture
def insight(team):
    return Insight.objects.create(team=team, name="Signups")


def versions(dashboards):
    fresh = Dashboard.objects_including_soft_deleted.in_bulk([dashboard.pk for dashboard in dashboards])
    return [fresh[dashboard.pk].version for dashboard in dashboards]


def shown_on(insight):
    return sorted(insight.dashboard_tiles.values_list("dashboard", flat=True))


def test_places_an_insight_on_exactly_these_dashboards(insight, dashboards):
    first, second, third = dashboards
    insight.dashboard_tiles.place_on([first, second])

    changed = insight.dashboard_tiles.place_on([second, third])

    assert shown_on(insight) == [second.pk, third.pk]
    assert changed == [first.pk, third.pk]
    assert versions(dashboards) == [3, 2, 2]


def test_placing_on_the_same_dashboards_again_changes_nothing(insight, dashboards):
    insight.dashboard_tiles.place_on(dashboards)

    assert insight.dashboard_tiles.place_on(dashboards) == []
    assert versions(dashboards) == [2, 2, 2]


def test_a_removed_tile_comes_back_with_its_id_and_layout(insight, dashboards):
    tile = InsightTileFactory(dashboard=dashboards[0], insight=insight, layouts={"sm": {"x": 3, "y": 7}})
    insight.dashboard_tiles.place_on([])
    assert shown_on(insight) == []

    insight.dashboard_tiles.place_on([dashboards[0]])

    assert insight.dashboard_tiles.get().pk == tile.pk
    assert insight.dashboard_tiles.get().layouts == {"sm": {"x": 3, "y": 7}}


def test_a_new_tile_lies_below_those_that_are_there(insight, dashboards):
    TextTileFactory(dashboard=dashboards[0], layouts={"sm": {"x": 0, "y": 0, "w": 12, "h": 4}, "xs": {"y": 0, "x": 0}})

    insight.dashboard_tiles.place_on([dashboards[0]])

    assert insight.dashboard_tiles.get().layouts == {
        "sm": {"x": 0, "y": 4, "w": 6, "h": 5},
        "xs": {"x": 0, "y": 5, "w": 1, "h": 5},
    }


@pytest.mark.parametrize("count", [1, 10])
def test_placing_costs_the_same_for_one_dashboard_and_for_ten(insight, team, count, django_assert_num_queries):
    dashboards = DashboardFactory.create_batch(count, team=team)

    # savepoint, lock, tiles of the insight, layouts of the others, insert, versions, release
    with django_assert_num_queries(7):
        insight.dashboard_tiles.place_on(dashboards)

    assert insight.dashboard_tiles.count() == count


def test_a_changed_insight_changes_the_dashboards_that_show_it(insight, dashboards):
    insight.dashboard_tiles.place_on(dashboards[:2])

    insight.dashboard_tiles.bump_dashboards(besides=[dashboards[1].pk])

    assert versions(dashboards) == [3, 2, 1]


def test_a_deletion_is_undone_by_its_own_stamp_only(insight, dashboards):
    insight.dashboard_tiles.place_on(dashboards)
    insight.dashboard_tiles.place_on(dashboards[1:])
    stamp = uuid4()
    insight.dashboard_tiles.remove_with(stamp)
    assert shown_on(insight) == []

    insight.dashboard_tiles.restore_with(uuid4())
    insight.dashboard_tiles.restore_with(None)
    assert shown_on(insight) == []

    insight.dashboard_tiles.restore_with(stamp)
    assert shown_on(insight) == [dashboards[1].pk, dashboards[2].pk]


def test_a_tile_shows_exactly_one_thing(insight, dashboards):
    for content in ({}, {"insight": insight, "text": TextFactory(team=insight.team)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            DashboardTile.objects.create(dashboard=dashboards[0], **content)


def test_a_dashboard_shows_an_insight_once_even_after_removal(insight, dashboards):
    InsightTileFactory(dashboard=dashboards[0], insight=insight, deleted=True)

    with pytest.raises(IntegrityError), transaction.atomic():
        InsightTileFactory(dashboard=dashboards[0], insight=insight)


def test_tiles_of_removed_insights_and_dashboards_are_not_shown(insight, dashboards):
    InsightTileFactory(dashboard=dashboards[0], insight=insight)
    Insight.objects.filter(pk=insight.pk).update(deleted=True)
    TextTileFactory(dashboard=dashboards[1])
    Dashboard.objects.filter(pk=dashboards[1].pk).update(deleted=True)
    shown = TextTileFactory(dashboard=dashboards[2])

    assert list(DashboardTile.objects.all()) == [shown]
