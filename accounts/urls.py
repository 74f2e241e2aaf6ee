from django.urls import include, re_path

from accounts.views import (
    LoginView,
    LogoutView,
    OrganizationProjectViewSet,
    OrganizationViewSet,
    PersonalAPIKeyViewSet,
    ProjectViewSet,
    UserViewSet,
)
from common.routers import OptionalSlashRouter

router = OptionalSlashRouter()
router.register("users", UserViewSet, basename="user")
router.register("personal_api_keys", PersonalAPIKeyViewSet, basename="personal_api_key")
router.register("organizations", OrganizationViewSet, basename="organization")
router.register("projects", ProjectViewSet, basename="project")
router.register("environments", ProjectViewSet, basename="environment")

organization_router = OptionalSlashRouter()
organization_router.register("projects", OrganizationProjectViewSet, basename="organization_project")

urlpatterns = [
    re_path(r"^login/?$", LoginView.as_view(), name="login"),
    re_path(r"^logout/?$", LogoutView.as_view(), name="logout"),
    re_path(r"^organizations/(?P<organization_id>[^/]+)/", include(organization_router.urls)),
    *router.urls,
]
