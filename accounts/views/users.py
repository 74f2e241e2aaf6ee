from typing import Any

from django.contrib.auth import update_session_auth_hash
from django.db.models import QuerySet
from django_filters import rest_framework as filters
from rest_framework import mixins
from rest_framework.exceptions import PermissionDenied
from rest_framework.serializers import BaseSerializer

from accounts.authentication import PersonalAPIKeyAuthentication, SessionAuthentication
from accounts.models import User
from accounts.permissions import NO_KEYS, key_of
from accounts.schema import describe_users
from accounts.serializers.users import UserSerializer
from accounts.services import delete_user
from accounts.viewsets import UUID_REFERENCE, ScopedViewSet

ME = "@me"


class UserFilter(filters.FilterSet):
    email = filters.CharFilter(help_text="The user with exactly this email.")
    is_staff = filters.BooleanFilter()

    class Meta:
        model = User
        fields = ["email", "is_staff"]


@describe_users
class UserViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, mixins.UpdateModelMixin, mixins.DestroyModelMixin, ScopedViewSet
):
    """The caller, as `@me`. Staff see everybody."""

    queryset = User.objects.all()
    serializer_class = UserSerializer
    filterset_class = UserFilter
    authentication_classes = [SessionAuthentication, PersonalAPIKeyAuthentication]
    scope_object = "user"
    lookup_field = "uuid"
    lookup_pattern = UUID_REFERENCE

    def get_queryset(self) -> QuerySet[User]:
        users = super().get_queryset().select_related("current_team__project", "current_organization")
        users = users.prefetch_related(
            *(f"{road}{tail}" for road in ("organizations", "current_organization") for tail in ORGANIZATION_PARTS)
        )
        return users if self.caller.is_staff else users.filter(pk=self.caller.pk)

    def get_object(self) -> User:
        if self.kwargs["uuid"] == ME:
            return self.get_queryset().get(pk=self.caller.pk)
        if not self.caller.is_staff:
            raise PermissionDenied("As a non-staff user you're only allowed to access the `@me` user instance.")
        return super().get_object()

    def perform_update(self, serializer: BaseSerializer[Any]) -> None:
        saved = serializer.save()
        if "password" in serializer.validated_data and key_of(self.request) is None:
            update_session_auth_hash(self.request._request, saved)
        serializer.instance = self.get_queryset().get(pk=saved.pk)

    def perform_destroy(self, instance: User) -> None:
        if key_of(self.request) is not None:
            raise PermissionDenied(NO_KEYS)
        delete_user(instance)


ORGANIZATION_PARTS = ("__memberships", "__projects__team__project")
