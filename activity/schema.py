from drf_spectacular.utils import extend_schema

from activity.serializers import ActivityLogSerializer
from common.schema import AutoSchema, ListCalledRetrieve

describe_activity = extend_schema(
    summary="List the changes to one of them", filters=False, responses=ActivityLogSerializer(many=True)
)
describe_all_activity = extend_schema(
    summary="List the changes to all of them", filters=False, responses=ActivityLogSerializer(many=True)
)


class ActivityLogSchema(AutoSchema):
    """Pages by cursor, which have no count, are another type than those of `/activity/`."""

    def get_paginated_name(self, serializer_name: str) -> str:
        return f"CursorPaginated{serializer_name}List"


class AllActivitySchema(ListCalledRetrieve):
    """`/dashboards/activity/` and `/dashboards/{id}/activity/` would both be called `dashboards_activity_retrieve`."""

    def get_operation_id(self) -> str:
        return super().get_operation_id().replace("_activity_", "_all_activity_")
