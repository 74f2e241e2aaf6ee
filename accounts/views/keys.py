import re
from typing import Any

from django.db.models import QuerySet
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from accounts.models import PersonalAPIKey
from accounts.permissions import key_of
from accounts.serializers.keys import PersonalAPIKeySerializer
from accounts.services import create_personal_api_key, roll_personal_api_key
from accounts.viewsets import CURRENT, ScopedViewSet


class KeyMayOnlyReadItself(BasePermission):
    def has_permission(self, request: Request, view: Any) -> bool:
        key = key_of(request)
        if key is None:
            return True
        if view.action != "retrieve" or view.kwargs["pk"] not in {CURRENT, key.pk}:
            raise PermissionDenied("This action does not support Personal API Key access")
        return True


class PersonalAPIKeyViewSet(
    mixins.ListModelMixin,
    mixins.CreateModelMixin,
    mixins.RetrieveModelMixin,
    mixins.UpdateModelMixin,
    mixins.DestroyModelMixin,
    ScopedViewSet,
):
    """The caller's own keys. A key itself may only look at itself, as `@current` or by its id."""

    queryset = PersonalAPIKey.objects.all()
    serializer_class = PersonalAPIKeySerializer
    base_permissions = (IsAuthenticated, KeyMayOnlyReadItself)
    pagination_class = None
    lookup_pattern = re.compile(r"@current|[0-9A-Za-z_-]{1,50}")

    def get_queryset(self) -> QuerySet[PersonalAPIKey]:
        return super().get_queryset().filter(user=self.caller)

    def get_object(self) -> PersonalAPIKey:
        key = key_of(self.request)
        return key if key is not None else super().get_object()

    def perform_create(self, serializer: BaseSerializer[Any]) -> None:
        serializer.instance = create_personal_api_key(user=self.caller, **serializer.validated_data)

    @action(methods=["post"], detail=True)
    def roll(self, request: Request, **kwargs: Any) -> Response:
        return Response(self.get_serializer(roll_personal_api_key(self.get_object())).data)
