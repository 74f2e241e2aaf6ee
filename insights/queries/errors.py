"""What a query run says when it cannot give an answer in time."""

from common.exceptions import TimedOut


class QueryTimeout(TimedOut):
    """The database was stopped after `QUERY_TIMEOUT_SECONDS`."""

    def __init__(self) -> None:
        super().__init__("Query has timed out. Try a shorter date range or fewer filters.", code="query_timeout")
