from typing import Any

from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import ModelViewSet

from accounts.viewsets import UUID_REFERENCE, ProjectScopedViewSet
from common.mixins import ForbidDestroyMixin
from common.parsers import JSONParser
from dashboards.filters import DashboardTemplateFilter
from dashboards.models import DashboardTemplate
from dashboards.permissions import OnlyStaffWriteGlobalTemplates
from dashboards.querysets import DashboardTemplateQuerySet
from dashboards.schema import describe_template_actions, describe_templates
from dashboards.serializers.templates import (
    CreateFromTemplateBody,
    CreateUnlistedDashboardBody,
    DashboardTemplateSerializer,
)
from dashboards.services.from_templates import create_from_template_json, create_unlisted_dashboard
from dashboards.services.stored_templates import create_template, update_template
from dashboards.template_schema import TEMPLATE
from dashboards.views.base import DashboardsView

WRITES = ["dashboard:write"]


@describe_template_actions
class TemplateActionsMixin(DashboardsView):
    """Dashboards from templates. Both answer 200, as PostHog's do."""

    @action(methods=["post"], detail=False, required_scopes=WRITES, parser_classes=[JSONParser])
    def create_from_template_json(self, request: Request, **kwargs: Any) -> Response:
        body = self.body(CreateFromTemplateBody)
        return self.reply(create_from_template_json(body, project=self.project, user=self.caller))

    @action(methods=["post"], detail=False, required_scopes=WRITES)
    def create_unlisted_dashboard(self, request: Request, **kwargs: Any) -> Response:
        body = self.body(CreateUnlistedDashboardBody)
        return self.reply(create_unlisted_dashboard(body, project=self.project, user=self.caller))


@describe_templates
class DashboardTemplateViewSet(ForbidDestroyMixin, ProjectScopedViewSet, ModelViewSet):
    """Patterns for new dashboards, used by their names: `use_template`."""

    queryset = DashboardTemplate.objects.all()
    serializer_class = DashboardTemplateSerializer
    filterset_class = DashboardTemplateFilter
    permission_classes = [OnlyStaffWriteGlobalTemplates]
    scope_object = "dashboard_template"
    scope_object_read_actions = ("json_schema",)
    lookup_pattern = UUID_REFERENCE

    def load(self, queryset: DashboardTemplateQuerySet) -> DashboardTemplateQuerySet:
        """A removed template is seen only by an update, which may bring it back."""
        templates = queryset.for_list()
        return templates if self.action in {"update", "partial_update"} else templates.live()

    def perform_create(self, serializer: BaseSerializer[DashboardTemplate]) -> None:
        serializer.instance = create_template(serializer.validated_data, team=self.team, user=self.caller)

    def perform_update(self, serializer: BaseSerializer[DashboardTemplate]) -> None:
        template: DashboardTemplate = serializer.instance  # type: ignore[assignment]
        serializer.instance = update_template(template, serializer.validated_data, user=self.caller)

    @action(methods=["get"], detail=False, filter_backends=[], pagination_class=None)
    def json_schema(self, request: Request, **kwargs: Any) -> Response:
        return Response(TEMPLATE, headers={"Cache-Control": "max-age=120"})
