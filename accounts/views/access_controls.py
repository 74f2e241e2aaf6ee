from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import EDITOR, LEVELS_OF_ROWS, PROJECT
from accounts.mixins import AccessRulesView
from accounts.models import AccessControl
from accounts.serializers.access_controls import (
    AccessControlBody,
    AccessControlSerializer,
    AccessControlsResult,
    ResourceAccessControlBody,
    UsersWithAccessResult,
)
from accounts.services import Subject, users_with_access
from common.exceptions import Forbidden

RULES = AccessControlsResult
RULE = {200: AccessControlSerializer, 204: None}


class ProjectRulesView(AccessRulesView):
    """Rules beyond single rows. Everybody in the project may read them, its admins change them."""

    queryset = AccessControl.objects.all()
    serializer_class = AccessControlSerializer
    pagination_class = None
    filter_backends = []
    scope_object = "access_control"
    scope_object_read_actions = ("users_with_access",)

    def load(self, queryset: Any) -> Any:
        return queryset

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "resource": PROJECT}

    def refuse_unless_admin(self) -> None:
        if not self.project.is_administered:
            raise Forbidden("Must be admin to modify project permissions.")


@extend_schema_view(
    retrieve=extend_schema(summary="List who may do what with a project", responses=RULES),
    update=extend_schema(summary="Say who may do what with a project", request=AccessControlBody, responses=RULE),
)
class ProjectAccessControlViewSet(ProjectRulesView):
    """The project itself: nobody but its admins, or members by name, may be let in."""

    def retrieve(self, request: Request, **kwargs: Any) -> Response:
        level = self.project.access_level or ""
        may_edit = self.project.is_administered
        return self.show_rules(self._subject.rules, resource=PROJECT, level=level, may_edit=may_edit)

    def update(self, request: Request, **kwargs: Any) -> Response:
        self.refuse_unless_admin()
        return self.put_rule(self._subject, self.body(AccessControlBody))

    @extend_schema(summary="List the people who may enter a project", responses=UsersWithAccessResult)
    def users_with_access(self, request: Request, **kwargs: Any) -> Response:
        users = users_with_access(self._subject)
        return Response(UsersWithAccessResult({"users": users, "total_count": len(users)}).data)

    @property
    def _subject(self) -> Subject:
        return Subject(self.project, PROJECT, self.project.pk)


@extend_schema_view(
    retrieve=extend_schema(summary="List who may do what with all rows of a kind", responses=RULES),
    update=extend_schema(
        summary="Say who may do what with all rows of a kind", request=ResourceAccessControlBody, responses=RULE
    ),
)
class ResourceAccessControlViewSet(ProjectRulesView):
    """All rows of a kind, of which single rows may be excepted by rules of their own."""

    def retrieve(self, request: Request, **kwargs: Any) -> Response:
        rules: Any = self.get_queryset()
        may_edit = self.project.is_administered
        level = LEVELS_OF_ROWS[-1] if may_edit else EDITOR
        return self.show_rules(rules.beyond_rows(), resource="", level=level, may_edit=may_edit)

    def update(self, request: Request, **kwargs: Any) -> Response:
        self.refuse_unless_admin()
        body = self.body(ResourceAccessControlBody)
        return self.put_rule(Subject(self.project, body["resource"]), body)
