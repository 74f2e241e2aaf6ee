from typing import Any

from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.viewsets import ProjectScopedViewSet
from events.filters import GroupFilter, group_named
from events.models import Group, GroupType
from events.pagination import UncountedPagination
from events.schema import describe_group_types, describe_groups
from events.serializers.groups import GroupSerializer, GroupTypeSerializer


@describe_groups
class GroupViewSet(ListModelMixin, ProjectScopedViewSet):
    """Companies, teams, or whatever the events say that people belong to."""

    queryset = Group.objects.all()
    serializer_class = GroupSerializer
    filterset_class = GroupFilter
    pagination_class = UncountedPagination
    scope_object = "group"

    @action(methods=["get"], detail=False, required_scopes=["group:read"], filter_backends=[], pagination_class=None)
    def find(self, request: Request, **kwargs: Any) -> Response:
        index, key = group_named(request.query_params)
        group = Group.objects.for_project(self.project).get_or_refuse(group_type_index=index, group_key=key)
        return Response(self.get_serializer(group).data)


@describe_group_types
class GroupTypeViewSet(ListModelMixin, ProjectScopedViewSet):
    """The kinds of groups, at most five."""

    queryset = GroupType.objects.all()
    serializer_class = GroupTypeSerializer
    pagination_class = None
    scope_object = "group"
