from functools import cached_property
from typing import Any
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import HasAccessToRows
from accounts.viewsets import IDENTIFIER, ProjectScopedViewSet
from common.exceptions import Missing
from dashboards.models import Dashboard
from dashboards.permissions import CanEditDashboard
from dashboards.querysets import DashboardQuerySet
from dashboards.schema import describe_collaborators
from dashboards.serializers.collaborators import DashboardCollaboratorBody, DashboardCollaboratorSerializer
from dashboards.services.collaborators import add_collaborator, remove_collaborator


@describe_collaborators
class DashboardCollaboratorViewSet(ProjectScopedViewSet):
    """Who is invited to edit one dashboard: everybody may see it, whoever can edit the dashboard may change it."""

    queryset = Dashboard.objects.all()
    serializer_class = DashboardCollaboratorSerializer
    pagination_class = None
    filter_backends = []
    base_permissions = (*ProjectScopedViewSet.base_permissions, HasAccessToRows)
    permission_classes = [CanEditDashboard]
    scope_object = "dashboard"
    lookup_url_kwarg = "user__uuid"

    def load(self, queryset: DashboardQuerySet) -> DashboardQuerySet:
        return queryset.seen_by(self.request.user)

    @cached_property
    def dashboard(self) -> Dashboard:
        """Raises Missing, and PermissionDenied for a change by somebody who may not edit it."""
        reference = self.kwargs["dashboard_id"]
        if not IDENTIFIER.fullmatch(reference):
            raise Missing("Dashboard not found.")
        dashboards: Any = self.get_queryset()
        dashboard = dashboards.get_or_refuse("Dashboard not found.", pk=reference)
        self.check_object_permissions(self.request, dashboard)
        return dashboard

    def list(self, request: Request, **kwargs: Any) -> Response:
        return Response(self.get_serializer(self.dashboard.collaborators.for_list(), many=True).data)

    def create(self, request: Request, **kwargs: Any) -> Response:
        dashboard = self.dashboard
        body = self.body(DashboardCollaboratorBody)
        collaborator = add_collaborator(dashboard, **body, project=self.project)
        return Response(self.get_serializer(collaborator).data, status=201)

    def destroy(self, request: Request, user__uuid: str, **kwargs: Any) -> Response:
        remove_collaborator(self.dashboard, user_uuid=_uuid(user__uuid))
        return Response(status=204)


def _uuid(reference: str) -> UUID:
    try:
        return UUID(reference)
    except ValueError:
        raise Missing() from None
