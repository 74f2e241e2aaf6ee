from insights.views.insights import InsightViewSet
from insights.views.queries import QueryViewSet
from insights.views.variables import InsightVariableViewSet

__all__ = ["InsightVariableViewSet", "InsightViewSet", "QueryViewSet"]
