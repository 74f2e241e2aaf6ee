"""What the launcher raises. A database error, so that a request answers 503 and a command prints one sentence."""

import psycopg


class CannotRunPostgres(psycopg.OperationalError):
    """The embedded server is not there, and cannot or may not be started from here."""
