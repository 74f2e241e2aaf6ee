from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.mixins import ListModelMixin

from accounts.viewsets import ProjectScopedViewSet
from tagging.filters import TagFilter
from tagging.models import Tag
from tagging.pagination import BareListPagination
from tagging.serializers import TagNameSerializer


@extend_schema_view(list=extend_schema(responses={200: {"type": "string"}}))
class TagViewSet(ListModelMixin, ProjectScopedViewSet):
    """The names of the project's tags, sorted."""

    queryset = Tag.objects.all()
    serializer_class = TagNameSerializer
    filterset_class = TagFilter
    pagination_class = BareListPagination
    scope_object = "project"
