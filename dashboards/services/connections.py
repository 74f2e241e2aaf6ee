from django.db import connection


def give_connection_back() -> None:
    """Before a long wait: others need the connection meanwhile. The next statement takes another one."""
    if not connection.in_atomic_block:
        connection.close()
