"""docs/from-posthog.md: the way here, and what is not here."""

import re
import shutil

import pytest

from tests.docs.pages import DOCS, walk
from tests.docs.test_walks import reader
from tests.factories.dashboards import DashboardFactory, InsightTileFactory, TextTileFactory
from tests.factories.insights import InsightFactory

__all__ = ["reader"]
PAGE = DOCS / "from-posthog.md"
EVENT = {"kind": "EventsNode", "event": "paid"}
FUNNEL = {"kind": "FunnelsQuery", "series": [EVENT, EVENT]}
#: Of each row of the table a query that asks for it.
REFUSED = {
    "Series of the data warehouse": {
        "kind": "TrendsQuery",
        "series": [
            {
                "kind": "DataWarehouseNode",
                "id": "x",
                "table_name": "x",
                "id_field": "x",
                "distinct_id_field": "x",
                "timestamp_field": "x",
            }
        ],
    },
    "Funnels as a flow": {**FUNNEL, "funnelsFilter": {"funnelVizType": "flow"}},
    "What belongs to a funnel's correlations": {
        "kind": "FunnelCorrelationQuery",
        "source": {"kind": "FunnelsActorsQuery", "source": FUNNEL},
        "funnelCorrelationType": "events",
    },
    "Times to convert with a breakdown": {
        **FUNNEL,
        "funnelsFilter": {"funnelVizType": "time_to_convert"},
        "breakdownFilter": {"breakdown": "$os"},
    },
    "Heat maps of two dimensions": {
        "kind": "TrendsQuery",
        "series": [EVENT],
        "trendsFilter": {"display": "TwoDimensionalHeatmap"},
    },
    "Paths around a funnel": {
        "kind": "PathsQuery",
        "pathsFilter": {},
        "funnelPathsFilter": {"funnelPathType": "funnel_path_before_step", "funnelStep": 1, "funnelSource": FUNNEL},
    },
    "The persons behind an insight": {
        "kind": "ActorsQuery",
        "source": {"kind": "FunnelsActorsQuery", "source": FUNNEL, "funnelStep": 1},
    },
    "Filters by recordings and flags": {
        "kind": "TrendsQuery",
        "series": [EVENT],
        "properties": [{"type": "recording", "key": "duration", "operator": "gt", "value": 60}],
    },
    "Web analytics": {"kind": "WebOverviewQuery", "properties": []},
    "Experiments": {"kind": "ExperimentQuery"},
    "Recordings in SQL": {"kind": "HogQLQuery", "query": "SELECT count() FROM session_replay_events"},
}


@pytest.mark.django_db(transaction=True)
def test_a_dashboard_moves_over(live_server, reader, tmp_path):
    for program in ("curl", "jq"):
        if not shutil.which(program):
            pytest.skip(f"{program} is not installed")
    team = reader["PROJECT"]
    old = DashboardFactory(team_id=int(team), name="Growth", description="")
    TextTileFactory(dashboard=old, text__body="Hello", layouts={"sm": {"x": 0, "y": 0, "w": 12, "h": 1}})
    insight = InsightFactory(team_id=int(team), team=old.team, name="Sign-ups")
    InsightTileFactory(dashboard=old, insight=insight, layouts={"sm": {"x": 0, "y": 1, "w": 6, "h": 5}})
    there = {"OLD": live_server.url, "OLD_PROJECT": team, "OLD_KEY": reader["KEY"], "DASHBOARD": str(old.pk)}

    assert walk(PAGE, {**reader, **there, "HOST": live_server.url}, tmp_path) == 3


def test_the_table_and_the_queries_here_are_the_same():
    table = PAGE.read_text().partition("## What is not here")[2].partition("| what |")[2]

    assert re.findall(r"^\| ([A-Z][^|]+?) \|", table, re.MULTILINE) == list(REFUSED)


@pytest.mark.django_db
@pytest.mark.parametrize("what", REFUSED)
def test_what_is_not_here_is_refused_by_name(api, url, what):
    response = api("query:read").post(url("query/"), {"query": REFUSED[what]})

    assert response.status_code == 400
    words = (
        r"DataWarehouseNode|flow|FunnelCorrelation|breakdown|TwoDimensionalHeatmap|funnelPathsFilter"
        r"|^source: the actors behind another query|recording|Web|Experiment|session_"
    )
    assert re.search(words, response.json()["detail"])
