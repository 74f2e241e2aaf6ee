"""What the OpenAPI document says of sharing."""

from collections.abc import Callable
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view

from common.schema import AutoSchema
from sharing.serializers.configurations import (
    SharePasswordBody,
    SharePasswordResult,
    SharingConfigurationSerializer,
)


class SharingAutoSchema(AutoSchema):
    """The one link of a thing is read by `…_sharing_list`, as PostHog's clients call it."""

    def get_operation_id(self) -> str:
        operation_id = super().get_operation_id()
        return operation_id.removesuffix("_retrieve") + "_list" if operation_id.endswith("_retrieve") else operation_id


def describe_sharing(thing: str) -> Callable[[Any], Any]:
    link = f"the public link of {'an' if thing[0] in 'aeiou' else 'a'} {thing}"
    of_thing = OpenApiParameter(f"{thing}_id", OpenApiTypes.INT, OpenApiParameter.PATH)
    password_id = OpenApiParameter("password_id", OpenApiTypes.INT, OpenApiParameter.PATH)
    return extend_schema_view(
        retrieve=extend_schema(
            parameters=[of_thing],
            summary=f"Retrieve {link}",
            responses=SharingConfigurationSerializer,
        ),
        patch=extend_schema(
            parameters=[of_thing],
            summary=f"Open, close or change {link}",
            request=SharingConfigurationSerializer(partial=True),
            responses=SharingConfigurationSerializer,
        ),
        refresh=extend_schema(
            parameters=[of_thing],
            summary=f"Replace {link}",
            description="The old link goes on working for five minutes.",
            request=None,
            responses=SharingConfigurationSerializer,
        ),
        passwords=extend_schema(
            parameters=[of_thing],
            summary=f"Add a password to {link}",
            request=SharePasswordBody,
            responses=SharePasswordResult,
        ),
        delete_password=extend_schema(
            parameters=[of_thing, password_id],
            summary=f"Delete a password of {link}",
            responses={204: None},
        ),
    )
