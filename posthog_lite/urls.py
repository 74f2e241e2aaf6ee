from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, re_path
from drf_spectacular.views import SpectacularRedocView, SpectacularSwaggerView

from common.error_views import endpoint_not_found
from events.urls import capture_urlpatterns, sdk_urlpatterns
from posthog_lite.schema_view import SchemaView
from sharing.urls import public_urlpatterns

# Everything that belongs to a project, once; both prefixes lead here.
project_urlpatterns: list[URLResolver] = [
    path("", include("accounts.project_urls")),
    path("", include("activity.urls")),
    path("", include("dashboards.urls")),
    path("", include("datasets.urls")),
    path("", include("definitions.urls")),
    path("", include("events.urls")),
    path("", include("insights.urls")),
    path("", include("sharing.urls")),
    path("", include("tagging.urls")),
    path("", include("themes.urls")),
]

api_urlpatterns: list[URLPattern | URLResolver] = [
    path("schema/", SchemaView.as_view(), name="schema"),
    path("schema/swagger-ui/", SpectacularSwaggerView.as_view(url_name="schema"), name="swagger-ui"),
    path("schema/redoc/", SpectacularRedocView.as_view(url_name="schema"), name="redoc"),
    path("", include("accounts.urls")),
    path("projects/<str:project_id>/", include(project_urlpatterns)),
    path("environments/<str:project_id>/", include(project_urlpatterns)),
    *sdk_urlpatterns,
    re_path("", endpoint_not_found),
]

urlpatterns = [
    path("api/", include(api_urlpatterns)),
    path("admin/", admin.site.urls),
    *capture_urlpatterns,
    *public_urlpatterns,
    path("", include("home.urls")),
]

handler400 = "common.error_views.bad_request"
handler404 = "common.error_views.not_found"
handler500 = "common.error_views.server_error"
