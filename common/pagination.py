from rest_framework import pagination


class LimitOffsetPagination(pagination.LimitOffsetPagination):
    """PostHog's pages: 100 rows unless asked otherwise, never an error for a bad `limit` or `offset`."""

    default_limit = 100
    max_limit = 10_000
    template = None


class ResultsPagination(LimitOffsetPagination):
    """For rows that carry results or properties, which are heavy."""

    max_limit = 1000
