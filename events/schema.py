"""All OpenAPI words of this app."""

from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_view

from common.schema import REFUSAL
from events.serializers.cohorts import AddPersonsBody, CohortsResult, RemovePersonBody
from events.serializers.events import EventPageSerializer, EventSerializer, ValuesResult
from events.serializers.groups import GroupSerializer
from events.serializers.persons import (
    BatchResult,
    BulkDeleteBody,
    BulkDeleteResult,
    DeletePropertyBody,
    DistinctIdsBody,
    PersonBasicSerializer,
    PersonSerializer,
    PersonValueSerializer,
    SplitBody,
    SuccessResult,
    UpdatePersonBody,
    UpdatePropertyBody,
    UuidsBody,
)


def _query(name: str, type_: object, description: str, *, required: bool = False) -> OpenApiParameter:
    return OpenApiParameter(name=name, type=type_, required=required, description=description)  # type: ignore[arg-type]


def _path(description: str) -> OpenApiParameter:
    return OpenApiParameter(name="id", type=OpenApiTypes.STR, location=OpenApiParameter.PATH, description=description)


TEXTS = {"type": "array", "items": {"type": "string"}}
FILTERS = {"type": "array", "items": {"type": "object", "additionalProperties": True}}
EVENT_ID = _path("UUID of the event.")
PERSON_ID = _path("Id of the person, or its uuid.")
OF_PERSON = _query("person_id", OpenApiTypes.STR, "Id of the person, or its uuid.", required=True)
DELETE_EVENTS = _query("delete_events", OpenApiTypes.BOOL, "Delete the person's events as well.")
KEY = _query("key", OpenApiTypes.STR, "Name of the property.", required=True)
VALUE = _query("value", OpenApiTypes.STR, "Only values that contain this text, in any case.")
NO_BODY = OpenApiResponse(description="No response body")

EVENT_FILTERS = [
    _query("action_id", OpenApiTypes.INT, "Only events that are this action."),
    _query(
        "after",
        OpenApiTypes.STR,
        "Only return events with a timestamp after this time: ISO, or back from now, as `2h`.",
    ),
    _query("before", OpenApiTypes.STR, "Only return events with a timestamp before this time; by default now."),
    _query("distinct_id", OpenApiTypes.STR, "Filter list by distinct id."),
    _query("event", OpenApiTypes.STR, "Filter list by event. For example `user sign up` or `$pageview`."),
    _query("limit", OpenApiTypes.INT, "The maximum number of results to return, at most 1000."),
    _query("offset", OpenApiTypes.INT, "The initial index from which to return the results. `next` is cheaper."),
    _query("orderBy", OpenApiTypes.STR, 'JSON list. By default `["-timestamp"]`, anything else is oldest first.'),
    _query("person_id", OpenApiTypes.STR, "Filter list by person id or uuid."),
    _query("properties", FILTERS, "Filter events by event property and person property. JSON."),
    _query("select", TEXTS, "(Experimental) Accepted, and without effect."),
    _query(
        "where",
        TEXTS,
        "Only events for which these expressions of HogQL hold. JSON, or each under a `where` of its own.",
    ),
]

describe_events = extend_schema_view(
    list=extend_schema(
        description="The newest events first. To read many pages, follow `next`.",
        parameters=EVENT_FILTERS,
        responses=forced_singular_serializer(EventPageSerializer),
    ),
    retrieve=extend_schema(parameters=[EVENT_ID], responses=EventSerializer),
    values=extend_schema(
        summary="List values of a property",
        description="The ten commonest values among the events of the last seven days.",
        parameters=[
            KEY,
            VALUE,
            _query("event_name", TEXTS, "Only events of these names. A personal API key must say some."),
            _query("is_column", OpenApiTypes.BOOL, "`key` is `event`, `distinct_id` or `person_id` of the events."),
        ],
        responses=ValuesResult,
    ),
)

describe_persons = extend_schema_view(
    list=extend_schema(
        description="Persons, the newest first.",
        parameters=[_query("include_total", OpenApiTypes.BOOL, "Count all of them, which takes longer.")],
    ),
    retrieve=extend_schema(parameters=[PERSON_ID]),
    create=extend_schema(
        description="Not here: persons come into being with their events.",
        request=None,
        responses={405: OpenApiResponse(REFUSAL, description="Always.")},
    ),
    update=extend_schema(
        description="As PATCH.", parameters=[PERSON_ID], request=UpdatePersonBody, responses={202: PersonSerializer}
    ),
    partial_update=extend_schema(
        description="Set properties; those not named stay.",
        parameters=[PERSON_ID],
        request=UpdatePersonBody,
        responses={202: PersonSerializer},
    ),
    destroy=extend_schema(
        description="Delete a person. The events stay, unless `delete_events`.",
        parameters=[PERSON_ID, DELETE_EVENTS],
        responses={202: NO_BODY},
    ),
    update_property=extend_schema(
        summary="Set a property",
        parameters=[PERSON_ID],
        request=UpdatePropertyBody,
        responses={202: PersonSerializer},
    ),
    delete_property=extend_schema(
        summary="Delete a property", parameters=[PERSON_ID], request=DeletePropertyBody, responses={201: SuccessResult}
    ),
    split=extend_schema(
        summary="Split a person into its distinct ids",
        description="Undoes merges: each distinct id becomes a person with its own events.",
        parameters=[PERSON_ID],
        request=SplitBody,
        responses={201: SuccessResult},
    ),
    bulk_delete=extend_schema(summary="Delete many persons", request=BulkDeleteBody, responses={202: BulkDeleteResult}),
    batch_by_distinct_ids=extend_schema(
        summary="Find persons by distinct ids", request=DistinctIdsBody, responses=BatchResult
    ),
    batch_by_uuids=extend_schema(summary="Find persons by uuids", request=UuidsBody, responses=BatchResult),
    cohorts=extend_schema(
        summary="List the cohorts of a person",
        description="Those that the person is in now, the newest first.",
        parameters=[OF_PERSON],
        responses=CohortsResult,
    ),
    values=extend_schema(
        summary="List values of a property",
        description="The commonest values with the number of persons that have them.",
        parameters=[KEY, VALUE],
        responses=PersonValueSerializer(many=True),
    ),
    activity=extend_schema(parameters=[PERSON_ID]),
)

describe_groups = extend_schema_view(
    list=extend_schema(description="The project's groups, the newest first."),
    find=extend_schema(
        summary="Find a group",
        parameters=[
            _query("group_type_index", OpenApiTypes.INT, "Index of the type.", required=True),
            _query("group_key", OpenApiTypes.STR, "Key of the group.", required=True),
        ],
        responses=GroupSerializer,
    ),
)


describe_group_types = extend_schema_view(list=extend_schema(summary="List the types of groups"))

NO_DELETION = extend_schema(
    description='Hard delete of this model is not allowed. Use a patch API call to set "deleted" to true',
    responses={405: NO_BODY},
)

describe_actions = extend_schema_view(
    list=extend_schema(description="The project's actions by name, without the deleted ones."),
    create=extend_schema(description="Give a name to the events that any of the steps describes."),
    retrieve=extend_schema(description="An action that is not deleted."),
    update=extend_schema(description="Replace an action, deleted or not."),
    partial_update=extend_schema(description="Change an action, deleted or not. `steps` are replaced as a whole."),
    destroy=NO_DELETION,
)

describe_cohorts = extend_schema_view(
    list=extend_schema(description="The project's cohorts, the newest first, without the deleted ones."),
    create=extend_schema(description="Make a cohort by criteria, or a static one of listed persons."),
    retrieve=extend_schema(description="A cohort that is not deleted. `count` is at most some minutes old."),
    update=extend_schema(description="Replace a cohort, deleted or not."),
    partial_update=extend_schema(description="Change a cohort, deleted or not."),
    destroy=NO_DELETION,
    persons=extend_schema(
        summary="List the persons of a cohort",
        description="Those who are in it now, the newest persons first.",
        responses=PersonBasicSerializer(many=True),
    ),
    add_persons_to_static_cohort=extend_schema(
        summary="Add persons to a static cohort", request=AddPersonsBody, responses=SuccessResult
    ),
    remove_person_from_static_cohort=extend_schema(
        summary="Remove a person from a static cohort", request=RemovePersonBody, responses=SuccessResult
    ),
)
