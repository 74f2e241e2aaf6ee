from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.scopes import READ
from accounts.viewsets import ProjectScopedViewSet
from activity.models import ActivityLog
from activity.pagination import ActivityPagination
from activity.querysets import ActivityLogQuerySet
from activity.schema import AllActivitySchema, describe_activity, describe_all_activity
from activity.serializers import ActivityLogSerializer
from common.schema import ListCalledRetrieve

ACTIONS = ("activity", "all_activity")


class ActivityViewMixin(ProjectScopedViewSet):
    """Who changed one row, and who changed any: `:id/activity/` and `activity/`.

    Stands before `ProjectScopedViewSet` in the bases. A key needs `activity_log:read` besides reading the resource.
    """

    #: The `scope` of the resource's entries, such as "Dashboard".
    activity_scope: ClassVar[str]

    @classmethod
    def scopes_of(cls, action: str | None) -> list[str] | None:
        if action in ACTIONS:
            return [f"activity_log:{READ}", f"{cls.scope_object}:{READ}"]
        return super().scopes_of(action)

    @describe_activity
    @action(
        methods=["get"],
        detail=True,
        pagination_class=ActivityPagination,
        filter_backends=[],
        schema=ListCalledRetrieve(),
    )
    def activity(self, request: Request, **kwargs: Any) -> Response:
        return self._pages(self._entries().about(self.activity_scope, self.get_object().pk))

    @describe_all_activity
    @action(
        methods=["get"],
        detail=False,
        url_path="activity",
        pagination_class=ActivityPagination,
        filter_backends=[],
        schema=AllActivitySchema(),
    )
    def all_activity(self, request: Request, **kwargs: Any) -> Response:
        return self._pages(self._entries().about(self.activity_scope))

    def load(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        # The row is only looked for, not shown.
        return queryset if self.action == "activity" else super().load(queryset)

    def _entries(self) -> ActivityLogQuerySet:
        return ActivityLog.objects.for_project(self.project).for_list()

    def _pages(self, entries: ActivityLogQuerySet) -> Response:
        # The view's own pages may do more than cut: those of insights compute results.
        pages = ActivityPagination()
        page = pages.paginate_queryset(entries, self.request, view=self)
        return pages.get_paginated_response(ActivityLogSerializer(page, many=True).data)
