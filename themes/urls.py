from common.routers import OptionalSlashRouter
from themes.views import DataColorThemeViewSet

router = OptionalSlashRouter()
router.register("data_color_themes", DataColorThemeViewSet, basename="data_color_theme")

urlpatterns = router.urls
