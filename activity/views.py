from rest_framework.mixins import ListModelMixin

from accounts.viewsets import ProjectScopedViewSet
from activity.filters import ActivityLogFilter
from activity.models import ActivityLog
from activity.pagination import ActivityCursorPagination
from activity.schema import ActivityLogSchema
from activity.serializers import ActivityLogSerializer


class ActivityLogViewSet(ListModelMixin, ProjectScopedViewSet):
    """Who changed what in the project, newest first."""

    queryset = ActivityLog.objects.all()
    serializer_class = ActivityLogSerializer
    filterset_class = ActivityLogFilter
    pagination_class = ActivityCursorPagination
    scope_object = "activity_log"
    schema = ActivityLogSchema()
