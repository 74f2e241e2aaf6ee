from django.urls import re_path

from common.routers import OptionalSlashRouter
from events.capture import analytics, remote_config, views
from events.views import flag_definitions
from events.views.actions import ActionViewSet
from events.views.cohorts import CohortViewSet
from events.views.groups import GroupTypeViewSet, GroupViewSet
from events.views.persons import PersonViewSet

router = OptionalSlashRouter()
router.register("actions", ActionViewSet, basename="action")
router.register("cohorts", CohortViewSet, basename="cohort")
router.register("persons", PersonViewSet, basename="person")
router.register("groups", GroupViewSet, basename="group")
router.register("groups_types", GroupTypeViewSet, basename="group-type")

urlpatterns = router.urls

# What SDKs ask below /api/, with a project's token.
sdk_urlpatterns = [
    re_path(r"^feature_flag/local_evaluation/?$", flag_definitions.flag_definitions, name="local_evaluation"),
    re_path(r"^surveys/?$", remote_config.surveys, name="surveys"),
]

capture_urlpatterns = [
    re_path(r"^(?:batch|capture|track|e|i/v0/e|i/v0/ai/batch)/?$", views.capture, name="capture"),
    re_path(r"^engage/?$", views.capture, {"default_name": "$identify"}, name="capture_engage"),
    re_path(r"^i/v1/analytics/events/?$", analytics.capture_events, name="capture_analytics"),
    re_path(r"^s/?$", views.session_recording, name="capture_session_recording"),
    re_path(r"^flags/definitions/?$", flag_definitions.flag_definitions, name="flag_definitions"),
    re_path(r"^flags/?$", remote_config.flags, name="flags"),
    re_path(r"^decide/?$", remote_config.decide, name="decide"),
    re_path(r"^array/(?P<token>[^/]+)/config(?P<script>\.js)?/?$", remote_config.remote_config, name="remote_config"),
]
