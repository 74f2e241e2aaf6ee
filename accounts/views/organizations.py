from typing import Any

from django.db.models import QuerySet
from rest_framework import mixins
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from accounts.models import Organization, OrganizationMembership
from accounts.permissions import KeyIsNotConfinedToTeams, key_of
from accounts.serializers.organizations import OrganizationSerializer
from accounts.services import create_organization, delete_organization
from accounts.viewsets import CURRENT, UUID_REFERENCE, ScopedViewSet
from common.exceptions import Missing

Level = OrganizationMembership.Level


class HasLevelInOrganization(BasePermission):
    """Changing an organization needs an admin, deleting it an owner."""

    message = "Your organization access level is insufficient."

    def has_object_permission(self, request: Request, view: Any, organization: Organization) -> bool:
        if request.method in SAFE_METHODS:
            return True
        needed = Level.OWNER if request.method == "DELETE" else Level.ADMIN
        return any(m.user_id == request.user.pk and m.level >= needed for m in organization.memberships.all())


class OrganizationViewSet(
    mixins.ListModelMixin,
    mixins.CreateModelMixin,
    mixins.RetrieveModelMixin,
    mixins.UpdateModelMixin,
    mixins.DestroyModelMixin,
    ScopedViewSet,
):
    """The caller's organizations; `@current` is the one last chosen."""

    queryset = Organization.objects.all()
    serializer_class = OrganizationSerializer
    scope_object = "organization"
    permission_classes = [KeyIsNotConfinedToTeams, HasLevelInOrganization]
    lookup_pattern = UUID_REFERENCE

    def get_queryset(self) -> QuerySet[Organization]:
        organizations = super().get_queryset().filter(members=self.caller)
        key = key_of(self.request)
        if key is not None and key.scoped_organizations:
            organizations = organizations.filter(pk__in=key.scoped_organizations)
        return organizations.prefetch_related("memberships", "projects__team__project")

    def get_object(self) -> Organization:
        if self.kwargs["pk"] != CURRENT:
            return super().get_object()
        current = self.caller.current_organization_id
        organization = self.get_queryset().filter(pk=current).first() if current else None
        if organization is None:
            raise Missing("Current organization not found.")
        self.check_object_permissions(self.request, organization)
        return organization

    def perform_destroy(self, instance: Organization) -> None:
        delete_organization(instance)

    def perform_create(self, serializer: Any) -> None:
        made = create_organization(owner=self.caller, **serializer.validated_data)
        serializer.instance = self.get_queryset().get(pk=made.pk)


def organization_of_url(view: ScopedViewSet, reference: str) -> Organization:
    """The organization in a nested URL. Raises Missing, or PermissionDenied for a key confined to another one."""
    pk = str(view.caller.current_organization_id) if reference == CURRENT else reference
    if not UUID_REFERENCE.fullmatch(pk):
        raise Missing("Organization not found.")
    organization = Organization.objects.filter(pk=pk, members=view.caller).first()
    if organization is None:
        raise Missing("Organization not found.")
    key = key_of(view.request)
    if key is not None and key.scoped_organizations and str(organization.pk) not in key.scoped_organizations:
        raise PermissionDenied(f"API key does not have access to the requested organization: ID {organization.pk}.")
    return organization
