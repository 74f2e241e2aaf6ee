"""Who may, in the order of PostHog's checks: each class is one of them, and the first that fails speaks."""

from typing import TYPE_CHECKING, Any

from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request

from accounts.access import EDITOR, NONE, VIEWER, levels_from
from accounts.guests import guest_of
from accounts.models import PersonalAPIKey
from accounts.scopes import WRITE, missing_scope

if TYPE_CHECKING:
    from accounts.models import Project

NO_KEYS = "This action does not support personal API key access"


def key_of(request: Request) -> PersonalAPIKey | None:
    return request.auth if isinstance(request.auth, PersonalAPIKey) else None


class DenyUnlessDeclared(BasePermission):
    """The default: a view that forgot to say who may is closed to everybody."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return False


class IsAuthenticatedOrGuest(IsAuthenticated):
    def has_permission(self, request: Request, view: Any) -> bool:
        return guest_of(request) is not None or super().has_permission(request, view)


class ActionTakesKeys(BasePermission):
    """Keys call only actions that name a scope. Sessions call all."""

    message = NO_KEYS

    def has_permission(self, request: Request, view: Any) -> bool:
        return key_of(request) is None or view.scopes_of(view.action) is not None


class ProjectIsThere(BasePermission):
    """Raises Missing for a project that nobody has, before any right to it is asked for."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return view.project is not None


class KeyReachesProject(BasePermission):
    """A key confined to teams or organizations reaches only these."""

    def has_permission(self, request: Request, view: Any) -> bool:
        key = key_of(request)
        if key is not None:
            refuse_beyond_confines(key, view.project)
        return True


class KeyIsNotConfinedToTeams(BasePermission):
    """For views without a project in the URL."""

    message = "API keys with scoped projects are only supported on project-based endpoints."

    def has_permission(self, request: Request, view: Any) -> bool:
        key = key_of(request)
        return key is None or not key.scoped_teams


class KeyHoldsScope(BasePermission):
    def has_permission(self, request: Request, view: Any) -> bool:
        key = key_of(request)
        if key is None:
            return True
        scope = missing_scope(key.scopes, view.scopes_of(view.action) or [])
        if scope is not None:
            raise PermissionDenied(f"API key missing required scope '{scope}'")
        return True


class IsProjectMember(BasePermission):
    """Or a guest to whom this much of the project is open."""

    message = "You don't have access to the project."

    def has_permission(self, request: Request, view: Any) -> bool:
        guest = guest_of(request)
        if guest is not None:
            if not guest.may(view):
                raise PermissionDenied()
            return True
        return view.project.access_level not in {None, NONE}


class HasAccessToRows(BasePermission):
    """The level that an action needs, by the rules of access: for one row, or where none is named for all.

    For views of a `RuledModel`.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        if guest_of(request) is not None or set(view.kwargs) - {"project_id"}:
            return True  # rules are for members, and those for the row in the URL have the first word
        model, wanted = view.queryset.model, wanted_level(view)
        if view.project.level_for(model.access_resource) in levels_from(wanted, model.access_resource):
            return True
        is_narrowed = wanted == VIEWER or view.action == "bulk_update_tags"
        if is_narrowed and model.objects.for_project(view.project).visible_to(request.user, view.project).exists():
            return True
        raise PermissionDenied(f"You do not have {wanted} access to this resource.")

    def has_object_permission(self, request: Request, view: Any, row: Any) -> bool:
        if guest_of(request) is None:
            row.refuse_unless_allows(wanted_level(view), request.user, view.project)
        return True


def wanted_level(view: Any) -> str:
    writes = f"{view.queryset.model.access_resource}:{WRITE}"
    return EDITOR if writes in (view.scopes_of(view.action) or ()) else VIEWER


def refuse_beyond_confines(key: PersonalAPIKey, project: "Project") -> None:
    """Raises PermissionDenied if the key's organization bars member keys, or the key is confined to elsewhere."""
    organization = project.organization
    level = getattr(project, "membership_level", None)
    if not organization.members_can_use_personal_api_keys and level is not None and level < 8:
        raise PermissionDenied(
            f"Organization '{organization.name}' does not allow using personal API keys. "
            "Contact an admin to enable personal API keys for this organization."
        )
    if key.scoped_teams and project.pk not in key.scoped_teams:
        raise PermissionDenied(f"API key does not have access to the requested project: ID {project.pk}.")
    if key.scoped_organizations and str(organization.pk) not in key.scoped_organizations:
        raise PermissionDenied(f"API key does not have access to the requested organization: ID {organization.pk}.")
