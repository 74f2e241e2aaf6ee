"""All OpenAPI words of this app."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_view,
    inline_serializer,
)
from rest_framework.serializers import CharField, IntegerField

from common.schema import REFUSAL, AutoSchema
from insights.serializers import (
    AsyncAuthResult,
    CancelBody,
    InsightBasicSerializer,
    InsightParameters,
    InsightSerializer,
    QueryAcceptedResult,
    QueryBody,
    QueryFailedResult,
    QueryResult,
    QueryStatusResult,
    QueryUpgradeResult,
    RetrieveParameters,
    TrendingInsightSerializer,
    TrendingParameters,
    UpgradeBody,
    ViewedBody,
)

ID = OpenApiParameter(
    name="id",
    type=OpenApiTypes.STR,
    location=OpenApiParameter.PATH,
    description="Id of the insight, or its short id.",
)
AGENT = OpenApiParameter(
    name="x-posthog-client",
    type=OpenApiTypes.STR,
    location=OpenApiParameter.HEADER,
    description="`mcp`: a bare query is wrapped into the node that shows it.",
)
QUERY_ID = OpenApiParameter(
    name="id", type=OpenApiTypes.STR, location=OpenApiParameter.PATH, description="The `id` of a `query_status`."
)
QUERY_KIND = OpenApiParameter(
    name="id", type=OpenApiTypes.STR, location=OpenApiParameter.PATH, description="The kind of the query."
)
READING_AGENT = OpenApiParameter(
    name="x-posthog-client",
    type=OpenApiTypes.STR,
    location=OpenApiParameter.HEADER,
    description="`mcp`: the answer has its results as a text table too, in `formatted_results`.",
)
UNKNOWN = OpenApiResponse(REFUSAL, description="It failed, and the reason is not known.")
ANSWERED = {
    200: QueryResult,
    202: OpenApiResponse(QueryAcceptedResult, description="It is computed meanwhile."),
    500: UNKNOWN,
}

NO_BODY = OpenApiResponse(description="No response body")
WRITTEN: list[Any] = [AGENT, InsightParameters]


class QuerySchema(AutoSchema):
    """Two operations of these views would both be called `query_create`."""

    def get_operation_id(self) -> str:
        operation_id = super().get_operation_id()
        return f"{operation_id}_with_kind" if getattr(self.view, "action", None) == "create_with_kind" else operation_id


describe_insights = extend_schema_view(
    list=extend_schema(
        description="The project's insights. Results only as far as they are stored, unless `refresh` says otherwise.",
        parameters=[InsightParameters],
    ),
    create=extend_schema(description="Save a question. `query` is checked, and kept as sent.", parameters=WRITTEN),
    retrieve=extend_schema(
        description="An insight with its result, as far as it is stored or `refresh` wants it computed.",
        parameters=[ID, RetrieveParameters],
        responses=InsightSerializer,
    ),
    update=extend_schema(description="As PATCH: what is not sent stays.", parameters=[ID, *WRITTEN]),
    partial_update=extend_schema(
        description="Change an insight; what is not sent stays. `deleted: true` takes it off its dashboards too, "
        "and `deleted: false` brings it back to them.",
        parameters=[ID, *WRITTEN],
    ),
    destroy=extend_schema(
        description='Not here: deletion is PATCH `{"deleted": true}`.',
        parameters=[ID],
        responses={405: OpenApiResponse(description="No response body")},
    ),
    my_last_viewed=extend_schema(
        summary="List the insights last viewed",
        description="The five that the caller looked at last, newest first.",
        responses=InsightBasicSerializer(many=True),
    ),
    trending=extend_schema(
        summary="List the insights viewed most",
        description="By how many people, in the last days.",
        parameters=[TrendingParameters],
        responses=inline_serializer(
            "TrendingInsights",
            {
                "count": IntegerField(),
                "next": CharField(allow_null=True),
                "previous": CharField(allow_null=True),
                "results": TrendingInsightSerializer(many=True),
            },
        ),
    ),
    viewed=extend_schema(
        summary="Record views",
        description="The caller has looked at these now. Unknown ids are passed over.",
        request=ViewedBody,
        responses={201: NO_BODY},
    ),
    cancel=extend_schema(
        summary="Cancel a query",
        description="As DELETE of `query/{id}/`, but a query that is not there is passed over.",
        request=CancelBody,
        responses={201: NO_BODY},
    ),
)

describe_query = extend_schema_view(
    create=extend_schema(
        summary="Run a query",
        description="The answer to a query, stored or computed. Equal questions share a stored answer.",
        parameters=[READING_AGENT],
        request=QueryBody,
        responses=ANSWERED,
    ),
    create_with_kind=extend_schema(
        summary="Run a query of this kind",
        description="As `query/`, with the kind in the path.",
        parameters=[QUERY_KIND, READING_AGENT],
        request=QueryBody,
        responses=ANSWERED,
    ),
    retrieve=extend_schema(
        summary="Retrieve the status of a query",
        description="Of an asynchronous query, with its results once it is complete. It may be asked for during an "
        "hour. A query that failed is answered with the status 400, or 500 where the reason is not known.",
        parameters=[QUERY_ID],
        responses={
            200: QueryStatusResult,
            202: OpenApiResponse(QueryStatusResult, description="Not complete yet."),
            400: OpenApiResponse(QueryFailedResult, description="It failed; or the request is wrong."),
            500: OpenApiResponse(QueryFailedResult, description="It failed, and the reason is not known."),
        },
    ),
    destroy=extend_schema(
        summary="Cancel a query",
        parameters=[QUERY_ID],
        responses={200: inline_serializer("QueryCancelResult", {"message": CharField()})},
    ),
    upgrade=extend_schema(
        summary="Bring a query up to date",
        description="The query in the newest version of its nodes.",
        request=UpgradeBody,
        responses={200: QueryUpgradeResult},
    ),
    check_auth_for_async=extend_schema(
        summary="Check the right to ask",
        description="200 for whoever may run queries.",
        request=None,
        responses={200: AsyncAuthResult},
    ),
)
