from functools import cached_property
from typing import Any, ClassVar

from rest_framework.decorators import action
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import EDITOR, VIEWER
from accounts.viewsets import IDENTIFIER, ProjectScopedViewSet
from common.exceptions import Forbidden, Missing, Refusal
from dashboards.models import Dashboard
from insights.models import Insight
from sharing.models import SharingConfiguration
from sharing.schema import SharingAutoSchema, describe_sharing
from sharing.serializers.configurations import (
    SharePasswordBody,
    SharePasswordResult,
    SharingConfigurationSerializer,
)
from sharing.services.configurations import find_share, refresh_share, update_share
from sharing.services.passwords import create_password, delete_password, refuse_unless_protected


class SharingViewSet(ProjectScopedViewSet):
    """The public link of one dashboard or insight: there is exactly one, so that no id names it."""

    serializer_class = SharingConfigurationSerializer
    scope_object = "sharing_configuration"
    schema = SharingAutoSchema()
    #: Of the dashboard or insight in the URL.
    resource_kwarg: ClassVar[str]
    resource_is_missing: ClassVar[str]

    def load(self, queryset: Any) -> Any:
        return queryset.with_rules_for(self.caller)

    @cached_property
    def resource(self) -> Any:
        """Raises Missing and Forbidden."""
        reference = self.kwargs[self.resource_kwarg]
        if not IDENTIFIER.fullmatch(reference):
            raise Missing(self.resource_is_missing)
        queryset: Any = self.get_queryset()
        found = queryset.get_or_refuse(self.resource_is_missing, pk=reference)
        self.refuse_without_access(found)
        return found

    def refuse_without_access(self, resource: Any) -> None:
        """What access rules say of the resource holds for its link too: its token opens it. Raises Forbidden."""
        if self.request.method in SAFE_METHODS:
            resource.refuse_unless_allows(VIEWER, self.caller, self.project)
        elif not resource.allows(EDITOR, self.caller, self.project):
            raise Forbidden(f"You don't have edit permissions for this {resource.access_resource}.")

    def refuse_publishing(self) -> None:
        """A link shows nothing that its owner may not see. Raises Refusal."""

    def retrieve(self, request: Request, **kwargs: Any) -> Response:
        return self._answer(find_share(self.resource))

    def patch(self, request: Request, **kwargs: Any) -> Response:
        share = find_share(self.resource)
        serializer = self.get_serializer(share, data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        changes = serializer.validated_data
        if changes.get("enabled") and not share.enabled:
            self.refuse_publishing()
        return self._answer(update_share(self.resource, changes, project=self.project, user=self.caller))

    @action(methods=["post"], detail=False, required_scopes=["sharing_configuration:write"])
    def refresh(self, request: Request, **kwargs: Any) -> Response:
        return self._answer(refresh_share(self.resource, user=self.caller))

    @action(methods=["post"], detail=False, required_scopes=["sharing_configuration:write"])
    def passwords(self, request: Request, **kwargs: Any) -> Response:
        share = find_share(self.resource)
        refuse_unless_protected(share)
        body = self.body(SharePasswordBody)
        password = create_password(
            share, raw_password=body.get("raw_password", ""), note=body.get("note", ""), user=self.caller
        )
        return Response(SharePasswordResult(password).data)

    @action(methods=["delete"], detail=False, required_scopes=["sharing_configuration:write"])
    def delete_password(self, request: Request, password_id: str, **kwargs: Any) -> Response:
        share = find_share(self.resource)
        if not IDENTIFIER.fullmatch(password_id):
            raise Missing("Password not found")
        delete_password(share, int(password_id))
        return Response(status=204)

    def _answer(self, share: SharingConfiguration) -> Response:
        return Response(self.get_serializer(share).data)


@describe_sharing("dashboard")
class DashboardSharingViewSet(SharingViewSet):
    queryset = Dashboard.objects.all()
    resource_kwarg = "dashboard_id"
    resource_is_missing = "Dashboard not found."

    def refuse_publishing(self) -> None:
        tiles = self.resource.tiles.with_closed(self.caller, self.project)
        if any(tile.is_closed for tile in tiles):
            raise Refusal("Can't enable sharing of a dashboard with insights that you have no access to.")


@describe_sharing("insight")
class InsightSharingViewSet(SharingViewSet):
    queryset = Insight.objects.all()
    resource_kwarg = "insight_id"
    resource_is_missing = "Insight not found."
