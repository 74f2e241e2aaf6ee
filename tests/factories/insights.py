from datetime import UTC, datetime

import factory
from factory.django import DjangoModelFactory

from insights.models import CachedResult, Insight, InsightVariable, QueryJob, ViewLog
from insights.queries import cache_key
from tests.factories.accounts import ProjectFactory

TRENDS = {"kind": "TrendsQuery", "series": [{"kind": "EventsNode", "event": "$pageview"}]}
WRAPPED_TRENDS = {"kind": "InsightVizNode", "source": TRENDS}
WRAPPED_SQL = {"kind": "DataVisualizationNode", "source": {"kind": "HogQLQuery", "query": "select 1"}}


def trends_of(event: str, **fields) -> dict:
    """A wrapped query about one event."""
    source = {"kind": "TrendsQuery", "series": [{"kind": "EventsNode", "event": event}], **fields}
    return {"kind": "InsightVizNode", "source": source}


class InsightFactory(DjangoModelFactory):
    class Meta:
        model = Insight

    team = factory.LazyFunction(lambda: ProjectFactory().team)
    name = factory.Sequence(lambda n: f"Insight {n}")
    query = WRAPPED_TRENDS


class CachedResultFactory(DjangoModelFactory):
    """`CachedResultFactory(team=team, query=insight.query)`: an answer of now, holding one recognisable series."""

    class Meta:
        model = CachedResult

    class Params:
        query = WRAPPED_TRENDS

    key = factory.LazyAttribute(lambda row: cache_key(row.query, team=row.team))
    last_refresh = factory.LazyFunction(lambda: datetime.now(UTC))
    response = factory.LazyFunction(lambda: {"results": [{"label": "stored"}], "hasMore": False, "timezone": "UTC"})


class ViewLogFactory(DjangoModelFactory):
    class Meta:
        model = ViewLog

    kind = ViewLog.Kind.INSIGHT
    team = factory.SelfAttribute("user.current_team")
    viewed_at = factory.LazyFunction(lambda: datetime.now(UTC))


class QueryJobFactory(DjangoModelFactory):
    """A job that waits; `finished=True` one that is complete, though without a stored answer."""

    class Meta:
        model = QueryJob

    class Params:
        finished = factory.Trait(end_time=factory.LazyFunction(lambda: datetime.now(UTC)))

    team = factory.LazyFunction(lambda: ProjectFactory().team)
    query = WRAPPED_TRENDS
    cache_key = factory.LazyAttribute(lambda job: cache_key(job.query, team=job.team))


class InsightVariableFactory(DjangoModelFactory):
    class Meta:
        model = InsightVariable

    team = factory.LazyFunction(lambda: ProjectFactory().team)
    name = factory.Sequence(lambda n: f"Variable {n}")
    code_name = factory.LazyAttribute(lambda variable: InsightVariable.code_name_of(variable.name))
    type = "String"
