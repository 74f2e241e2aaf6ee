from activity.views import ActivityLogViewSet
from common.routers import OptionalSlashRouter

router = OptionalSlashRouter()
router.register("activity_log", ActivityLogViewSet, basename="activity_log")

urlpatterns = router.urls
