from drf_spectacular.utils import extend_schema

from activity.serializers import ActivityLogSerializer
from common.schema import AutoSchema

describe_activity = extend_schema(
    summary="List the changes to one of them", filters=False, responses=ActivityLogSerializer(many=True)
)
describe_all_activity = extend_schema(
    summary="List the changes to all of them", filters=False, responses=ActivityLogSerializer(many=True)
)


class AllActivitySchema(AutoSchema):
    """`/dashboards/activity/` and `/dashboards/{id}/activity/` would both be called `dashboards_activity_list`."""

    def get_operation_id(self) -> str:
        return super().get_operation_id().replace("_activity_", "_all_activity_")
