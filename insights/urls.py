from django.urls import re_path

from common.routers import OptionalSlashRouter
from insights.views import InsightViewSet, QueryViewSet

router = OptionalSlashRouter()
router.register("insights", InsightViewSet, basename="insight")

urlpatterns = [
    *router.urls,
    re_path(r"^query/?$", QueryViewSet.as_view({"post": "create"}), name="query"),
]
