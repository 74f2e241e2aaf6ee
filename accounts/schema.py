"""The OpenAPI words of accounts."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view

UUID = OpenApiParameter("uuid", OpenApiTypes.STR, OpenApiParameter.PATH, description="Uuid of the user, or `@me`.")
_of_user = extend_schema(parameters=[UUID])

describe_users = extend_schema_view(retrieve=_of_user, update=_of_user, partial_update=_of_user, destroy=_of_user)
