from common.routers import OptionalSlashRouter
from tagging.views import TagViewSet

router = OptionalSlashRouter()
router.register("tags", TagViewSet, basename="tag")

urlpatterns = router.urls
