from collections.abc import Iterator
from contextlib import contextmanager

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from events.clock import clock_of
from events.filtering.moments import Clock
from events.views.events import EventViewSet
from insights.queries.hogql.conditions import compiling


class AskedEventViewSet(EventViewSet):
    """Events, also by conditions in HogQL, which the room below cannot read."""

    @contextmanager
    def asking(self) -> Iterator[Clock]:
        with compiling(clock_of(self.team), team=self.team) as clock:
            yield clock


_list = AskedEventViewSet.as_view({"get": "list"})


@csrf_exempt  # As are all views of the API: they see to it where there is a session.
def events_csv(request: HttpRequest, project_id: str) -> HttpResponseBase:
    """`events.csv` is another name of `events/?format=csv`."""
    return _list(request, project_id=project_id, format="csv")
