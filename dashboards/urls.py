from common.routers import OptionalSlashRouter
from dashboards.views import DashboardCollaboratorViewSet, DashboardTemplateViewSet, DashboardViewSet

router = OptionalSlashRouter()
router.register("dashboards", DashboardViewSet, basename="dashboard")
router.register(
    r"dashboards/(?P<dashboard_id>[^/]+)/collaborators", DashboardCollaboratorViewSet, basename="dashboard_collaborator"
)
router.register("dashboard_templates", DashboardTemplateViewSet, basename="dashboard_template")

urlpatterns = router.urls
