"""Dashboards and insights as the tutorial of Django REST framework would write them, over the tables of this project.

No authentication, no rights, no answers of insights, no activity: model serializers and generic views.
"""

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db.models import QuerySet

settings.ROOT_URLCONF = __name__
settings.MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]  # says how long an answer is
settings.REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.LimitOffsetPagination",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "PAGE_SIZE": 100,
}
application = get_wsgi_application()

# Only now: their models want Django to be set up.
from rest_framework import routers, serializers, viewsets  # noqa: E402

from accounts.models import Team  # noqa: E402
from dashboards.models import Dashboard, DashboardTile  # noqa: E402
from insights.models import Insight  # noqa: E402


class InsightSerializer(serializers.ModelSerializer[Insight]):
    class Meta:
        model = Insight
        fields = "__all__"
        read_only_fields = ["team"]


class TileSerializer(serializers.ModelSerializer[DashboardTile]):
    insight = InsightSerializer()

    class Meta:
        model = DashboardTile
        fields = "__all__"


class DashboardSerializer(serializers.ModelSerializer[Dashboard]):
    tiles = TileSerializer(many=True, read_only=True)

    class Meta:
        model = Dashboard
        fields = "__all__"


class DashboardBasicSerializer(serializers.ModelSerializer[Dashboard]):
    class Meta:
        model = Dashboard
        fields = "__all__"
        read_only_fields = ["team"]


class Dashboards(viewsets.ModelViewSet[Dashboard]):
    queryset = Dashboard.objects.order_by("id").prefetch_related("tags")

    def get_queryset(self) -> QuerySet[Dashboard]:
        found = super().get_queryset()
        return found.prefetch_related("tiles__insight__tags") if self.action == "retrieve" else found

    def get_serializer_class(self) -> type[serializers.ModelSerializer[Dashboard]]:
        return DashboardSerializer if self.action == "retrieve" else DashboardBasicSerializer

    def perform_create(self, serializer: serializers.BaseSerializer[Dashboard]) -> None:
        serializer.save(team=Team.objects.first())


class Insights(viewsets.ModelViewSet[Insight]):
    queryset = Insight.objects.order_by("id").prefetch_related("tags")
    serializer_class = InsightSerializer

    def perform_create(self, serializer: serializers.BaseSerializer[Insight]) -> None:
        serializer.save(team=Team.objects.first())


router = routers.DefaultRouter()
router.register("dashboards", Dashboards)
router.register("insights", Insights)
urlpatterns = router.urls
