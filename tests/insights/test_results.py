"""`answer_all`, where HTTP does not reach: sharing, failing alone, waiting for one another."""

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from common.exceptions import Refusal
from insights import queries
from insights.models import CachedResult
from insights.queries import QueryTimeout
from insights.queries.freshness import RefreshMode
from insights.results import Answer, answer_all
from insights.results.single_flight import compute_once
from tests.factories.insights import TRENDS, WRAPPED_TRENDS, CachedResultFactory, trends_of

BLOCKING, FORCED, CACHED = RefreshMode.BLOCKING, RefreshMode.FORCE_BLOCKING, RefreshMode.FORCE_CACHE


@pytest.fixture
def runs(monkeypatch):
    """Replaces the computing: counts, takes `seconds`, fails for events named so."""

    class Runs(list):
        seconds = 0.0

        def __call__(self, query, **kwargs):
            event = queries.wrapping.source_of(query)["series"][0]["event"]
            self.append(event)
            time.sleep(self.seconds)
            if event == "refused":
                raise Refusal("This makes no sense.")
            if event == "crashed":
                raise ZeroDivisionError
            return {"results": [event], "timezone": "UTC"}

    runs = Runs()
    monkeypatch.setattr(queries, "run", runs)
    return runs


def test_answers_come_in_the_order_of_the_questions(team, runs):
    first, nothing, second = answer_all([trends_of("a"), None, trends_of("b")], team=team, refresh=BLOCKING)

    assert (first.result, second.result) == (["a"], ["b"])
    assert nothing == Answer()


def test_equal_questions_are_computed_once_and_keep_their_own_words(team, runs):
    bare, wrapped = answer_all([TRENDS, WRAPPED_TRENDS], team=team, refresh=FORCED)

    assert runs == ["$pageview"]
    assert bare.result == wrapped.result
    assert (bare.query, wrapped.query) == (TRENDS, WRAPPED_TRENDS)


def test_each_fails_alone(team, runs):
    asked = [trends_of(event) for event in ("refused", "good", "crashed")]

    refused, good, crashed = answer_all(asked, team=team, refresh=BLOCKING)

    assert good.result == ["good"]
    assert refused.error == {"type": "validation_error", "code": "invalid_input", "message": "This makes no sense."}
    assert crashed.error == {"type": "server_error", "code": "error", "message": "The query could not be computed."}
    assert CachedResult.objects.count() == 1
    with pytest.raises(Refusal):
        refused.or_refuse()
    assert crashed.or_refuse() is crashed


def test_without_leave_nothing_is_computed(team, runs):
    (answer,) = answer_all([TRENDS], team=team, refresh=CACHED)

    assert runs == []
    assert (answer.response, answer.is_cached, answer.error, answer.cache_target_age) == (None, False, None, None)
    assert answer.cache_key == queries.cache_key(TRENDS, team=team)


def test_even_a_stale_answer_is_shown_where_nothing_is_computed(team, runs):
    CachedResultFactory(team=team, query=TRENDS, last_refresh=datetime.now(UTC) - timedelta(days=30))

    (answer,) = answer_all([TRENDS], team=team, refresh=CACHED)

    assert (answer.result, answer.is_cached) == ([{"label": "stored"}], True)


@pytest.mark.parametrize("rows", [1, 20])
def test_one_statement_looks_up_all(team, rows, django_assert_num_queries):
    asked = [trends_of(f"event {number}") for number in range(rows)]
    for query in asked:
        CachedResultFactory(team=team, query=query)

    with django_assert_num_queries(1):
        answers = answer_all(asked, team=team, refresh=BLOCKING)

    assert all(answer.is_cached for answer in answers)


def test_nothing_asked_costs_nothing(team, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert answer_all([None], team=team, refresh=FORCED) == [Answer()]


def test_old_answers_are_swept_out_by_new_ones(team, runs, monkeypatch):
    monkeypatch.setattr("insights.results.answers.SWEEP_EVERY", 1)
    for event, days in [("old", 63), ("kept", 61)]:
        last_refresh = datetime.now(UTC) - timedelta(days=days)
        CachedResultFactory(team=team, query=trends_of(event), last_refresh=last_refresh)

    answer_all([trends_of("new")], team=team, refresh=BLOCKING)

    kept = {queries.cache_key(trends_of(event), team=team) for event in ("kept", "new")}
    assert set(CachedResult.objects.values_list("key", flat=True)) == kept


@pytest.mark.django_db(transaction=True)
class TestManyAtOnce:
    def at_once(self, count, ask) -> list:
        """What `ask` gave in as many threads, begun together."""
        answers, gate = [], threading.Barrier(count)

        def work():
            gate.wait()
            try:
                answers.append(ask())
            finally:
                connection.close()

        threads = [threading.Thread(target=work) for _ in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return answers

    def test_one_computes_and_the_others_take_what_it_stored(self, team, runs):
        runs.seconds = 0.3

        answers = self.at_once(8, lambda: answer_all([TRENDS], team=team, refresh=BLOCKING)[0])

        assert runs == ["$pageview"]
        assert [answer.result for answer in answers] == [["$pageview"]] * 8
        assert sum(not answer.is_cached for answer in answers) == 1

    def test_who_forces_waits_for_one_that_began_after_they_asked(self, team, runs):
        runs.seconds = 0.3

        answers = self.at_once(8, lambda: answer_all([TRENDS], team=team, refresh=FORCED)[0])

        assert len(runs) <= 2
        assert len(answers) == 8

    def test_more_may_wait_than_there_are_connections(self, team, runs):
        runs.seconds = 1.0

        answers = self.at_once(30, lambda: answer_all([TRENDS], team=team, refresh=BLOCKING)[0])

        assert runs == ["$pageview"]
        assert [answer.result for answer in answers] == [["$pageview"]] * 30

    def test_a_failure_leaves_no_lock_behind(self, team, runs):
        answers = self.at_once(4, lambda: answer_all([trends_of("refused")], team=team, refresh=BLOCKING)[0])

        assert {answer.error["message"] for answer in answers} == {"This makes no sense."}
        started = time.monotonic()
        answer_all([trends_of("refused")], team=team, refresh=BLOCKING)
        assert time.monotonic() - started < 1

    def test_who_waits_too_long_gives_up(self, team, settings):
        settings.QUERY_TIMEOUT_SECONDS = 0.2
        is_computing, may_end = threading.Event(), threading.Event()

        def compute():
            is_computing.set()
            may_end.wait(10)
            return 1

        def hold():
            compute_once("a key", find=lambda: None, compute=compute)
            connection.close()

        holder = threading.Thread(target=hold)
        holder.start()
        is_computing.wait(10)
        try:
            with pytest.raises(QueryTimeout):
                compute_once("a key", find=lambda: None, compute=lambda: 2)
        finally:
            may_end.set()
            holder.join()
        assert compute_once("a key", find=lambda: None, compute=lambda: 3) == 3
