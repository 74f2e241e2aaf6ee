from insights.serializers.answers import (
    AsyncAuthResult,
    QueryAcceptedResult,
    QueryFailedResult,
    QueryResult,
    QueryStatus,
    QueryStatusResult,
    QueryUpgradeResult,
)
from insights.serializers.bodies import CancelBody, QueryBody, UpgradeBody, ViewedBody
from insights.serializers.insights import InsightBasicSerializer, InsightSerializer, TrendingInsightSerializer
from insights.serializers.parameters import InsightParameters, RetrieveParameters, TrendingParameters

__all__ = [
    "AsyncAuthResult",
    "CancelBody",
    "InsightBasicSerializer",
    "InsightParameters",
    "InsightSerializer",
    "QueryAcceptedResult",
    "QueryBody",
    "QueryFailedResult",
    "QueryResult",
    "QueryStatus",
    "QueryStatusResult",
    "QueryUpgradeResult",
    "RetrieveParameters",
    "TrendingInsightSerializer",
    "TrendingParameters",
    "UpgradeBody",
    "ViewedBody",
]
