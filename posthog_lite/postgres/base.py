"""Django's Postgres engine, with two additions.

With `DATA_DIR` in the settings the server is our own embedded one: the first real connection starts or joins it.
And a pooled connection whose server has gone is noticed before it is handed out, without a round trip.
"""

import os
import select
from functools import cache
from pathlib import Path
from typing import Any, cast

import psycopg
from django.db import connections
from django.db.backends.postgresql import base

from posthog_lite.postgres.cluster import Character
from posthog_lite.postgres.server import EmbeddedServer, server_in

MAINTENANCE_DATABASE = "postgres"


class DatabaseWrapper(base.DatabaseWrapper):
    def __init__(self, settings_dict: dict[str, Any], alias: str = "default") -> None:
        super().__init__(settings_dict, alias)
        self.server = _server_of(settings_dict)
        if self.server and (pool := settings_dict["OPTIONS"].get("pool")):
            pool["connection_class"] = _connection_class(self.server)

    def get_connection_params(self) -> dict[str, Any]:
        params = super().get_connection_params()
        return params | self.server.address() if self.server else params

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        if self.server:
            if not self.server.is_joined:
                self.server.ensure_running()
            self.server.ensure_database(self.settings_dict["NAME"] or MAINTENANCE_DATABASE)
        connection = super().get_new_connection(conn_params)
        while self.pool and _has_lost_its_server(connection):
            connection.close()
            self.pool.putconn(connection)  # closed, so it is replaced
            connection = super().get_new_connection(conn_params)
        return connection


def embedded_server() -> EmbeddedServer | None:
    """The one that this program uses, or None where DATABASE_URL names another. Starts nothing."""
    return cast(DatabaseWrapper, connections["default"]).server


def _server_of(settings_dict: dict[str, Any]) -> EmbeddedServer | None:
    if not settings_dict.get("DATA_DIR"):
        return None
    character = Character(
        is_throwaway=settings_dict.get("IS_THROWAWAY", False),
        max_connections=settings_dict.get("MAX_CONNECTIONS", 100),
    )
    may_start = "POSTHOG_LITE_SUPERVISED" not in os.environ
    return server_in(Path(settings_dict["DATA_DIR"]) / "postgres", character, may_start=may_start)


@cache
def _connection_class(server: EmbeddedServer) -> type[psycopg.Connection]:
    """What the pool's own threads connect with: they too bring a server back that has died."""

    class JoiningConnection(psycopg.Connection):
        @classmethod
        def connect(cls, *args: Any, **kwargs: Any) -> Any:
            server.ensure_running()
            return super().connect(*args, **kwargs)

    return JoiningConnection


def _has_lost_its_server(connection: psycopg.Connection) -> bool:
    """An idle connection has nothing to read, unless its server has said goodbye or is no more."""
    if connection.closed:
        return True
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))
