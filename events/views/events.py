import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import key_of
from accounts.viewsets import ProjectScopedViewSet
from common.exceptions import Missing, Refusal
from events.asking import EventRow, EventsAsked
from events.clock import clock_of
from events.filtering.moments import Clock
from events.filters import MAX_LIMIT, events_asked, values_asked
from events.known_names import custom_event_names, is_hidden
from events.models import Action, Event
from events.renderers import TablesToo
from events.schema import describe_events
from events.serializers.events import EventSerializer, ValuesResult


@describe_events
class EventViewSet(TablesToo, ProjectScopedViewSet):
    """What was captured, event by event."""

    queryset = Event.objects.all()
    serializer_class = EventSerializer
    pagination_class = None
    filter_backends = []
    scope_object = "query"
    # The key of an event in the database is more than its id, so that it would be called `pk` in OpenAPI.
    lookup_url_kwarg = "id"
    # `retrieve` has words of its own for what is no uuid.
    lookup_pattern = re.compile(".*")

    def list(self, request: Request, **kwargs: Any) -> Response:
        limit = {"default_limit": MAX_LIMIT} if self.is_table else {}
        actions = Action.objects.for_project(self.project)
        with self.asking() as clock:
            asked = events_asked(request.query_params, actions=actions, clock=clock, **limit)
            if asked is None:
                return Response({"next": None, "results": []})
            rows = Event.objects.page(asked.with_one_more(), team_id=self.team.pk, clock=clock)
        shown = rows[: asked.limit]
        return Response({"next": self._next(asked, rows), "results": EventSerializer(shown, many=True).data})

    def retrieve(self, request: Request, **kwargs: Any) -> Response:
        row = Event.objects.with_uuid(_uuid(kwargs["id"]), team_id=self.team.pk)
        if row is None:
            raise Missing(f"No events exist for event UUID {kwargs['id']}")
        return Response(EventSerializer(row).data)

    @action(methods=["get"], detail=False, required_scopes=["query:read"])
    def values(self, request: Request, **kwargs: Any) -> Response:
        asked = values_asked(request.query_params, clock=clock_of(self.team))
        if asked.key == "custom_event":
            return self._values(custom_event_names(self.project, containing=asked.containing))
        if key_of(request) and not asked.events and asked.column is None:
            # A key may ask often, and over all events this is dear.
            raise Refusal("You must provide at least one event_name", attr="event_name")
        if asked.column is None and is_hidden(asked.key, project=self.project):
            return self._values([])
        return self._values(Event.objects.common_values(asked, team_id=self.team.pk))

    @contextmanager
    def asking(self) -> Iterator[Clock]:
        """Around all that reads conditions. A room above brings a clock here that can read expressions."""
        yield clock_of(self.team)

    def _values(self, values: Sequence[str]) -> Response:
        result = {"results": [{"name": value} for value in values], "refreshing": False}
        return Response(ValuesResult(result).data, headers={"Cache-Control": "max-age=10"})

    def _next(self, asked: EventsAsked, rows: Sequence[EventRow]) -> str | None:
        """Where the rows go on. Rows of one moment can be told apart only by counting them."""
        if len(rows) <= asked.limit:
            return None
        query = self.request.query_params.copy()
        last, following = rows[asked.limit - 1], rows[asked.limit]
        if last.timestamp == following.timestamp:
            query["before"] = query.get("before", asked.before.isoformat())
            query["offset"] = str(asked.offset + asked.limit)
        else:
            query["before" if asked.is_descending else "after"] = last.timestamp.isoformat()
            query.pop("offset", None)
        return self.request.build_absolute_uri(f"{self.request.path}?{query.urlencode()}")


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Refusal("Invalid UUID", code="invalid") from None
