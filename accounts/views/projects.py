from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from rest_framework import mixins
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.serializers import BaseSerializer

from accounts.models import Organization, OrganizationMembership, Project, Team
from accounts.permissions import KeyIsNotConfinedToTeams, key_of, refuse_beyond_confines
from accounts.serializers.projects import TeamBasicSerializer, TeamSerializer
from accounts.services import create_project, delete_project, rename_project
from accounts.views.organizations import organization_of_url
from accounts.viewsets import CURRENT, IDENTIFIER, ScopedViewSet
from common.exceptions import Missing

Level = OrganizationMembership.Level


class TeamConfinementOfLists(KeyIsNotConfinedToTeams):
    """A key confined to some projects may name one of them, and may not list or make any."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return "id" in view.kwargs or super().has_permission(request, view)


class IsProjectAdminToWrite(BasePermission):
    message = "You don't have sufficient permissions in the project."

    def has_object_permission(self, request: Request, view: Any, team: Team) -> bool:
        return request.method in SAFE_METHODS or team.project.is_administered


class ProjectViewSet(
    mixins.ListModelMixin,
    mixins.CreateModelMixin,
    mixins.RetrieveModelMixin,
    mixins.UpdateModelMixin,
    mixins.DestroyModelMixin,
    ScopedViewSet,
):
    """Projects with their settings. `/api/environments/` is the same: a project and its team share one id."""

    queryset = Team.objects.all()
    scope_object = "project"
    lookup_url_kwarg = "id"
    permission_classes = [TeamConfinementOfLists, IsProjectAdminToWrite]

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        return TeamBasicSerializer if self.action == "list" else TeamSerializer

    def get_queryset(self) -> QuerySet[Team]:
        projects = Project.objects.visible_to(self.caller)
        key = key_of(self.request)
        if key is not None and key.scoped_organizations:
            projects = projects.filter(organization_id__in=key.scoped_organizations)
        teams = super().get_queryset().filter(project__in=projects).select_related("project")
        search = self.request.query_params.get("search") if self.action == "list" else None
        return teams.filter(name__icontains=search) if search else teams

    def get_object(self) -> Team:
        """With the caller's level on its project. A project that the caller cannot see is `Not found.`"""
        reference = self.kwargs["id"]
        pk = self.caller.current_team_id if reference == CURRENT else reference
        if pk is None or not IDENTIFIER.fullmatch(str(pk)):
            raise Missing("Project not found." if reference == CURRENT else "Not found.")
        team = self.get_queryset().filter(pk=pk).first()
        if team is None:
            raise Missing()
        return self._with_level(team)

    def _with_level(self, team: Team) -> Team:
        team.project = Project.objects.with_membership_of(self.caller).get(pk=team.pk)
        key = key_of(self.request)
        if key is not None:
            refuse_beyond_confines(key, team.project)
        self.check_object_permissions(self.request, team)
        return team

    @transaction.atomic
    def perform_create(self, serializer: BaseSerializer[Any]) -> None:
        settings = dict(serializer.validated_data)
        name = settings.pop("name", "Default project")
        project = create_project(organization=self._organization_to_create_in(), name=name)
        serializer.instance = project.team
        serializer.update(project.team, settings)
        serializer.instance = self._with_level(project.team)

    @transaction.atomic
    def perform_update(self, serializer: BaseSerializer[Any]) -> None:
        name = serializer.validated_data.get("name")
        team = serializer.save()
        if name:
            rename_project(project=team.project, name=name)

    def perform_destroy(self, instance: Team) -> None:
        delete_project(instance.project)

    def organization(self) -> Organization | None:
        return self.caller.current_organization

    def _organization_to_create_in(self) -> Organization:
        organization = self.organization()
        level = organization and organization.memberships.filter(user=self.caller).values_list("level", flat=True)
        if organization is None or not level or level[0] < Level.ADMIN:
            raise PermissionDenied("You need to be an organization admin or above to create new projects.")
        return organization


class OrganizationProjectViewSet(ProjectViewSet):
    """The same projects, below their organization."""

    def organization(self) -> Organization:
        return organization_of_url(self, self.kwargs["organization_id"])

    def get_queryset(self) -> QuerySet[Team]:
        return super().get_queryset().filter(project__organization=self.organization())
