from django.urls import re_path

from common.routers import OptionalSlashRouter
from insights.views import AskedEventViewSet, InsightVariableViewSet, InsightViewSet, QueryViewSet, events_csv

router = OptionalSlashRouter()
router.register("events", AskedEventViewSet, basename="event")
router.register("insights", InsightViewSet, basename="insight")
router.register("insight_variables", InsightVariableViewSet, basename="insight_variable")

_query = QueryViewSet.as_view
_one_query = _query({"get": "retrieve", "delete": "destroy", "post": "create_with_kind"})

urlpatterns = [
    *router.urls,
    re_path(r"^events\.csv/?$", events_csv, name="events-csv"),
    re_path(r"^query/?$", _query({"post": "create"}), name="query"),
    re_path(r"^query/upgrade/?$", _query({"post": "upgrade"}), name="query-upgrade"),
    re_path(r"^query/check_auth_for_async/?$", _query({"post": "check_auth_for_async"}), name="query-auth"),
    re_path(r"^query/(?P<pk>[^/]+)/?$", _one_query, name="query-detail"),
]
