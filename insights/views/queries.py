import re
from collections.abc import Mapping
from typing import Any

from rest_framework.decorators import action
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from accounts.throttles import ClickHouseRateThrottle
from accounts.viewsets import ProjectScopedViewSet
from common.exceptions import Missing, Refusal
from insights.formatting import format_results
from insights.jobs import Asker, Question, answer_now_or_later, cancel, find
from insights.models import QueryJob
from insights.overrides import effective_query
from insights.queries.freshness import RefreshMode, for_query_endpoint
from insights.queries.wrapping import source_of
from insights.results import Answer, Busy, stored_answer
from insights.schema import QuerySchema, describe_query
from insights.serializers import QueryBody, QueryResult, QueryStatus, UpgradeBody
from insights.serializers.insights import is_for_agent
from insights.variable_services import fill_variables

KIND = re.compile(r"[A-Z][A-Za-z]*(Query|Node)")
#: After which it makes sense to ask again, when too many jobs are waiting.
RETRY_AFTER_SECONDS = 5


@describe_query
class QueryViewSet(ProjectScopedViewSet):
    """Questions that nobody saved, answered at once or later."""

    queryset = QueryJob.objects.all()
    serializer_class = QueryBody
    throttle_classes = [ClickHouseRateThrottle]
    scope_object = "query"
    schema = QuerySchema()
    # A question only reads, though it comes by POST, and so does taking it back.
    scope_object_read_actions = ("create", "create_with_kind", "destroy", "upgrade", "check_auth_for_async")

    def create(self, request: Request, **kwargs: Any) -> Response:
        body = self.body(QueryBody)
        asked = effective_query(body["query"], body.get("filters_override") or {})
        [query] = fill_variables([asked], body.get("variables_override") or {}, team=self.team)
        question = Question(query=query, query_id=body.get("client_query_id"))
        refresh = _refresh_of(body)
        asker = Asker(team=self.team, user=self.caller)
        [answer] = answer_now_or_later([question], asker=asker, refresh=refresh)
        if isinstance(answer.failure, Busy):
            raise Throttled(RETRY_AFTER_SECONDS, detail=answer.failure.detail)

        answer.or_raise()
        return Response(self._shown(answer, refresh), status=202 if answer.job else 200)

    @action(methods=["post"], detail=True)
    def create_with_kind(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """The kind stands in the path as well, so that logs of requests show it."""
        if not KIND.fullmatch(pk):
            raise Missing()
        query = self.body(QueryBody)["query"]
        if pk not in (query["kind"], source_of(query)["kind"]):
            raise Refusal(f"The query is a {query['kind']}, not a {pk}.", attr="query")
        return self.create(request, **kwargs)

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        job = find(self.get_queryset(), pk)
        if job.has_failed:
            return _failed(job)
        answer = stored_answer(job.query, key=job.cache_key, team=self.team) if job.is_complete else None
        return Response(_status(job, answer), status=200 if job.is_complete else 202)

    def destroy(self, request: Request, pk: str, **kwargs: Any) -> Response:
        jobs: Any = self.get_queryset()
        find(jobs, pk)
        is_cancelled = cancel(jobs.called(pk))
        return Response({"message": "Query was cancelled." if is_cancelled else "Query was complete already."})

    @action(methods=["post"], detail=False)
    def upgrade(self, request: Request, **kwargs: Any) -> Response:
        """There is one version of every node, so that the query comes back as it was sent."""
        return Response({"query": self.body(UpgradeBody)["query"]})

    @action(methods=["post"], detail=False)
    def check_auth_for_async(self, request: Request, **kwargs: Any) -> Response:
        self.body(Serializer)  # nothing is asked for, but what is sent must be readable
        return Response({"user": "ok"})

    def _shown(self, answer: Answer, refresh: RefreshMode) -> dict[str, Any]:
        if answer.job and refresh is RefreshMode.FORCE_ASYNC:
            return _status(answer.job)
        if answer.job and answer.response is None:
            return {"cache_key": answer.cache_key, **_status(answer.job)}
        shown = dict(QueryResult(answer).data)
        text = format_results(answer.query or {}, answer.response) if is_for_agent(self.request) else None
        return shown if text is None else shown | {"formatted_results": text}


def _refresh_of(body: Mapping[str, Any]) -> RefreshMode:
    wish = body.get("refresh") or (RefreshMode.ASYNC if body.get("async") else RefreshMode.FORCE_CACHE)
    return for_query_endpoint(wish)


def _status(job: QueryJob, answer: Answer | None = None) -> dict[str, Any]:
    return {"query_status": QueryStatus(job, context={"answer": answer}).data}


def _failed(job: QueryJob) -> Response:
    """400 where the asker may know why, 500 where we do not. Like every error it has the four keys."""
    is_told = job.error_message is not None
    error = {
        "type": "validation_error" if is_told else "server_error",
        "code": job.error_code,
        "detail": job.error_message if is_told else "A server error occurred.",
        "attr": None,
    }
    return Response(error | _status(job), status=400 if is_told else 500)
