"""What a query run says when it will not, or cannot in time, give an answer."""

from common.exceptions import Refusal, TimedOut


class QueryTimeout(TimedOut):
    """The database was stopped after `QUERY_TIMEOUT_SECONDS`."""

    def __init__(self) -> None:
        super().__init__("Query has timed out. Try a shorter date range or fewer filters.", code="query_timeout")


class Unsupported(Refusal):
    """A question that is valid but that this server cannot answer; `place` names the part of the query."""

    def __init__(self, place: str, reason: str = "is not supported yet") -> None:
        super().__init__(f"{place} {reason}.")
