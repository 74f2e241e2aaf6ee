from common.routers import OptionalSlashRouter
from dashboards.views import DashboardViewSet

router = OptionalSlashRouter()
router.register("dashboards", DashboardViewSet, basename="dashboard")

urlpatterns = router.urls
