"""The base of every view: which scope an action needs, which project it is about, and which rows it may see."""

import re
from functools import cached_property
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, final

from django.db.models import Model, QuerySet
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.viewsets import GenericViewSet

from accounts.guests import guest_of
from accounts.models import Project
from accounts.permissions import (
    ActionTakesKeys,
    IsAuthenticatedOrGuest,
    IsProjectMember,
    KeyHoldsScope,
    KeyReachesProject,
    ProjectIsThere,
)
from accounts.scopes import INTERNAL, scopes_for_action
from accounts.throttles import APIRateThrottle
from common.compiled import Compiled
from common.exceptions import Missing

if TYPE_CHECKING:
    from accounts.models import Team, User

CURRENT = "@current"
IDENTIFIER = re.compile(r"[0-9]{1,18}")
UUID_REFERENCE = re.compile(r"[0-9a-fA-F]{8}(-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}")
ModelT = TypeVar("ModelT", bound=Model)


class ScopedViewSet(GenericViewSet[Any]):
    """A viewset whose actions know the scopes they need of a key. Closed to keys until it says its `scope_object`."""

    scope_object: ClassVar[str] = INTERNAL
    scope_object_read_actions: ClassVar[tuple[str, ...]] = ()
    scope_object_write_actions: ClassVar[tuple[str, ...]] = ()
    #: Actions that are also open to those who hold a public link (`?sharing_access_token=`).
    sharing_enabled_actions: ClassVar[tuple[str, ...]] = ()
    base_permissions: ClassVar[tuple[type[BasePermission], ...]] = (IsAuthenticated, ActionTakesKeys, KeyHoldsScope)
    permission_classes = []
    throttle_classes = [APIRateThrottle]
    #: An action's own scopes: `@action(required_scopes=[...])`.
    required_scopes: list[str] | None = None
    lookup_pattern: ClassVar[re.Pattern[str]] = IDENTIFIER

    @property
    def caller(self) -> "User":
        """The user who asks: nobody's account where a public link opened the action (`sharing_enabled_actions`)."""
        return self.request.user  # type: ignore[return-value]

    def get_permissions(self) -> list[Any]:
        return [permission() for permission in (*self.base_permissions, *self.permission_classes)]

    @classmethod
    def scopes_of(cls, action: str | None) -> list[str] | None:
        """The scopes that an action needs of a key; None when it takes no keys."""
        own = getattr(getattr(cls, action or "", None), "kwargs", {}).get("required_scopes")
        if own is not None:
            return list(own)
        return scopes_for_action(
            action,
            scope_object=cls.scope_object,
            read_actions=cls.scope_object_read_actions,
            write_actions=cls.scope_object_write_actions,
        )

    def get_object(self) -> Any:
        """The row that the URL names. An id of a strange form names nothing: Missing, not a complaint of Postgres."""
        if not self.lookup_pattern.fullmatch(self.kwargs[self.lookup_url_kwarg or self.lookup_field]):
            raise Missing()
        return super().get_object()

    def body(self, serializer_class: type[Serializer[Any]]) -> dict[str, Any]:
        """The validated body of an action. Raises ValidationError."""
        serializer = serializer_class(data=self.request.data, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data


class ProjectScopedViewSet(ScopedViewSet):
    """Rows of the project in the URL, and of no other.

    `get_queryset` is sealed: a subclass gives `queryset` and, if it must join or order, `load`. A view that really
    has to look beyond its project says so with `dangerously_get_queryset`.
    """

    base_permissions: ClassVar[tuple[type[BasePermission], ...]] = (
        IsAuthenticatedOrGuest,
        ActionTakesKeys,
        ProjectIsThere,
        KeyReachesProject,
        KeyHoldsScope,
        IsProjectMember,
    )

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "get_queryset" in cls.__dict__:
            raise TypeError(
                f"{cls.__name__} overrides get_queryset, which would open it to other projects. Use load()."
            )

    @cached_property
    def project(self) -> Project:
        """The URL's project with its organization, team and the caller's `membership_level`, in one query."""
        return find_project(self.kwargs["project_id"], self.request)

    @property
    def team(self) -> "Team":
        return self.project.team

    @final
    def get_queryset(self) -> QuerySet[Any]:
        dangerous = getattr(self, "dangerously_get_queryset", None)
        if dangerous is not None:
            return dangerous()
        queryset: Any = self.queryset  # type: ignore[arg-type]  # the stubs take it for a manager
        rows = queryset.all().for_project(self.project)
        guest = guest_of(self.request)
        return self.load(rows if guest is None else guest.narrow(rows))

    def load(self, queryset: Any) -> Any:
        """Joins, prefetches and order; by default those that the queryset names for lists and for single rows."""
        if self.action == "list":
            return queryset.for_list() if hasattr(queryset, "for_list") else queryset
        return queryset.for_detail() if hasattr(queryset, "for_detail") else queryset

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        if response.status_code == 200 and (guest := guest_of(request)) is not None:
            response.data = guest.redact(response.data, self)
        return super().finalize_response(request, response, *args, **kwargs)

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "project": self.project, "user": self.request.user}

    def reply(self, row: Model, *, status: int = 200) -> Response:
        """The row as its detail view shows it, read anew."""
        fresh = self.get_queryset().get(pk=row.pk)
        return Response(self.get_serializer(fresh).data, status=status)


def find_project(reference: str, request: Request) -> Project:
    """The project of a URL: by id, or the caller's current one. Raises Missing."""
    user: User = request.user  # type: ignore[assignment]
    pk = getattr(user, "current_team_id", None) if reference == CURRENT else _integer(reference)
    found = _PROJECT(pk, user.pk) if pk is not None else []
    if not found:
        raise Missing("Project not found.")
    return found[0]


_PROJECT = Compiled(
    lambda pk, user: Project.objects.with_membership_of(SimpleNamespace(pk=user)).filter(pk=pk).order_by()
)


def _integer(reference: str) -> int | None:
    return int(reference) if IDENTIFIER.fullmatch(reference) else None
