"""Who may do what, as actions of a view."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import MANAGER, default_of, levels_of
from accounts.scopes import READ, WRITE
from accounts.serializers.access_controls import (
    AccessControlBody,
    AccessControlSerializer,
    AccessControlsResult,
    UsersWithAccessResult,
)
from accounts.services import Subject, set_rule, users_with_access
from accounts.viewsets import ProjectScopedViewSet
from common.exceptions import Forbidden

SCOPES = {
    "access_controls": f"access_control:{READ}",
    "set_access_control": f"access_control:{WRITE}",
    "users_with_access": f"access_control:{READ}",
}


class AccessRulesView(ProjectScopedViewSet):
    """What the views of rules share."""

    def show_rules(self, rules: Any, *, resource: str, level: str, may_edit: bool) -> Response:
        levels = levels_of(resource)
        shown = {
            "access_controls": rules.for_list(),
            "available_access_levels": levels,
            "default_access_level": default_of(resource),
            "minimum_access_level": levels[0],
            "maximum_access_level": levels[-1],
            "user_access_level": level,
            "user_can_edit_access_levels": may_edit,
        }
        return Response(AccessControlsResult(shown).data)

    def put_rule(self, subject: Subject, body: dict[str, Any]) -> Response:
        rule = set_rule(
            subject,
            access_level=body["access_level"],
            organization_member=body.get("organization_member"),
            user=self.caller,
        )
        return Response(status=204) if rule is None else Response(AccessControlSerializer(rule).data)


class AccessControlViewMixin(AccessRulesView):
    """`:id/access_controls/` and `:id/users_with_access/`: rules for one row of a `RuledModel`."""

    @classmethod
    def scopes_of(cls, action: str | None) -> list[str] | None:
        return [SCOPES[action]] if action in SCOPES else super().scopes_of(action)

    @extend_schema(summary="List who may do what", filters=False, responses=AccessControlsResult)
    @action(methods=["get"], detail=True, pagination_class=None, filter_backends=[])
    def access_controls(self, request: Request, **kwargs: Any) -> Response:
        row = self.get_object()
        level = row.access_level_of(self.caller, self.project)
        rules = self._subject(row).rules
        return self.show_rules(rules, resource=row.access_resource, level=level, may_edit=level == MANAGER)

    @extend_schema(
        summary="Say who may do what",
        request=AccessControlBody,
        responses={200: AccessControlSerializer, 204: None},
    )
    @access_controls.mapping.put
    def set_access_control(self, request: Request, **kwargs: Any) -> Response:
        row = self.get_object()
        if row.access_level_of(self.caller, self.project) != MANAGER:
            raise Forbidden(f"Must be manager to modify {row.access_resource} permissions.")
        return self.put_rule(self._subject(row), self.body(AccessControlBody))

    @extend_schema(summary="List the people who may do something", filters=False, responses=UsersWithAccessResult)
    @action(methods=["get"], detail=True, pagination_class=None, filter_backends=[])
    def users_with_access(self, request: Request, **kwargs: Any) -> Response:
        users = users_with_access(self._subject(self.get_object()))
        return Response(UsersWithAccessResult({"users": users, "total_count": len(users)}).data)

    def get_serializer_context(self) -> dict[str, Any]:
        rows: Any = self.queryset  # type: ignore[arg-type]  # the stubs take it for a manager
        return {**super().get_serializer_context(), "resource": rows.model.access_resource}

    def _subject(self, row: Any) -> Subject:
        return Subject(self.project, row.access_resource, row.pk, row.created_by_id)
