from insights.serializers.bodies import QueryBody, QueryResult, ViewedBody
from insights.serializers.insights import InsightBasicSerializer, InsightSerializer
from insights.serializers.parameters import InsightParameters, RetrieveParameters

__all__ = [
    "InsightBasicSerializer",
    "InsightParameters",
    "InsightSerializer",
    "QueryBody",
    "QueryResult",
    "RetrieveParameters",
    "ViewedBody",
]
