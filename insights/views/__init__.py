from insights.views.events import AskedEventViewSet, events_csv
from insights.views.insights import InsightViewSet
from insights.views.queries import QueryViewSet
from insights.views.variables import InsightVariableViewSet

__all__ = ["AskedEventViewSet", "InsightVariableViewSet", "InsightViewSet", "QueryViewSet", "events_csv"]
