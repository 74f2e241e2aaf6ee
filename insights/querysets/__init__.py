from insights.querysets.cached_results import CachedResultQuerySet
from insights.querysets.insights import InsightManager, InsightQuerySet
from insights.querysets.query_jobs import KEPT, QueryJobQuerySet
from insights.querysets.variables import InsightVariableQuerySet
from insights.querysets.views import ViewLogQuerySet

__all__ = [
    "KEPT",
    "CachedResultQuerySet",
    "InsightManager",
    "InsightQuerySet",
    "InsightVariableQuerySet",
    "QueryJobQuerySet",
    "ViewLogQuerySet",
]
