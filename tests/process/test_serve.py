"""`make run` as its owner meets it: started, killed in every way, and stopped."""

import json
import os
import re
import signal
import socket
import subprocess
import time

from tests.process.conftest import eventually


def test_first_start_prints_what_is_needed_and_sigterm_ends_everything(serve, postmaster):
    served = serve()
    welcome = served.welcome()

    assert f"http://127.0.0.1:{served.port}" in welcome
    assert re.search(r"project id +\d+", welcome)
    assert served.credentials["project_api_key"] in welcome
    assert served.credentials["personal_api_key"] in welcome
    assert served.credentials["password"] in welcome
    assert (served.data_dir / "credentials.json").stat().st_mode & 0o777 == 0o600
    assert served.get("/_livez") == 200
    assert served.get("/_readyz") == 200
    assert served.get_with_key("/api/users/@me/") == 200

    assert served.stop() == 0
    assert postmaster() is None


def test_the_second_start_keeps_the_key_and_ctrl_c_ends_it(serve):
    first = serve()
    first.welcome()
    key = first.credentials["personal_api_key"]
    first.stop()

    second = serve()

    assert key in second.welcome()
    assert second.get_with_key("/api/users/@me/") == 200
    assert second.stop(signal.SIGINT) == 0


def test_a_key_that_was_deleted_does_not_come_back(serve, connect):
    first = serve()
    first.welcome()
    deleted = first.credentials["personal_api_key"]
    with connect() as database:
        database.execute("DELETE FROM accounts_personalapikey")
    first.stop()

    second = serve()
    second.welcome()

    assert second.credentials["personal_api_key"] != deleted
    assert second.get_with_key("/api/users/@me/") == 200
    assert second.get("/api/users/@me/", Authorization=f"Bearer {deleted}") == 401


def test_bootstrap_beside_it_stops_nothing(serve, manage):
    served = serve()
    served.welcome()

    made = manage("bootstrap", "--json", "--email", "bob@example.com")

    assert served.get("/api/users/@me/", Authorization=f"Bearer {json.loads(made.stdout)['personal_api_key']}") == 200
    assert served.get("/_readyz") == 200


def test_a_killed_postmaster_comes_back_under_the_same_web_server(serve, postmaster):
    served = serve()
    served.welcome()
    workers = served.workers()
    killed = postmaster()

    os.kill(killed.pid, signal.SIGKILL)
    killed.wait_until_gone(within=5)

    assert eventually(lambda: served.get("/_readyz") == 200) < 5
    assert served.get_with_key("/api/users/@me/") == 200
    assert served.workers() == workers


def test_while_the_database_does_not_answer_the_process_is_live_and_not_ready(serve, postmaster):
    served = serve()
    served.welcome()
    stopped = postmaster().pid

    os.kill(stopped, signal.SIGSTOP)
    try:
        start = time.monotonic()
        assert served.get("/_readyz") == 503
        assert time.monotonic() - start < 2
        assert served.get("/_livez") == 200
    finally:
        os.kill(stopped, signal.SIGCONT)

    eventually(lambda: served.get("/_readyz") == 200)


def test_a_killed_worker_is_replaced(serve):
    served = serve()
    served.welcome()
    (worker,) = served.workers()

    os.kill(worker, signal.SIGKILL)

    eventually(lambda: served.workers() not in ([], [worker]))
    eventually(lambda: _gets(served, "/_readyz") == 200, within=10)


def test_a_killed_web_server_ends_everything_with_an_error(serve, postmaster):
    served = serve()
    served.welcome()
    (worker,) = served.workers()
    web = int(_parent(worker))

    os.kill(web, signal.SIGKILL)

    assert served.process.wait(20) == 1
    assert "ended by itself" in served.errors()
    assert postmaster() is None
    assert _gets(served, "/_livez") is None


def test_a_killed_launcher_takes_everything_along(serve, postmaster):
    served = serve()
    served.welcome()

    served.process.kill()

    eventually(lambda: _gets(served, "/_livez") is None, within=15)
    eventually(lambda: postmaster() is None)
    again = serve()
    again.welcome()
    assert again.get_with_key("/api/users/@me/") == 200


def test_a_busy_port_is_named(serve, environment):
    with socket.create_server(("127.0.0.1", int(environment["PORT"]))):
        served = serve()

        assert served.process.wait(20) == 1

    assert f"Cannot listen on 127.0.0.1:{served.port}" in served.errors()


def test_a_request_in_flight_is_finished_before_the_end(serve):
    served = serve()
    served.welcome()
    body = b'{"first_name": "Late"}'
    with socket.create_connection(("127.0.0.1", int(served.port)), timeout=10) as client:
        client.sendall(_chunked_head(served, "/api/users/@me/") + _chunk(body[:10]))
        time.sleep(0.5)
        served.process.terminate()
        time.sleep(0.5)
        client.sendall(_chunk(body[10:]) + _chunk(b""))

        assert client.recv(100).startswith(b"HTTP/1.1 200")

    assert served.process.wait(20) == 0


def test_a_body_without_a_length_arrives_and_has_a_limit(serve):
    served = serve()
    served.welcome()

    assert _send_chunked(served, b'{"first_name": "Chunky"}') == b"200"
    assert _send_chunked(served, b" " * (21 * 1024 * 1024)) == b"413"


def _send_chunked(served, body):
    with socket.create_connection(("127.0.0.1", int(served.port)), timeout=20) as client:
        client.sendall(_chunked_head(served, "/api/users/@me/"))
        for start in range(0, len(body), 1024 * 1024):
            client.sendall(_chunk(body[start : start + 1024 * 1024]))
        client.sendall(_chunk(b""))
        return client.recv(100).split()[1]


def _chunked_head(served, path):
    key = served.credentials["personal_api_key"]
    return (
        f"PATCH {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {key}\r\nTransfer-Encoding: chunked\r\n\r\n"
    ).encode()


def _chunk(piece):
    return b"%x\r\n%s\r\n" % (len(piece), piece)


def _gets(served, path):
    try:
        return served.get(path)
    except OSError:
        return None


def _parent(pid):
    return subprocess.run(["ps", "-o", "ppid=", "-p", str(pid)], capture_output=True, text=True, check=True).stdout
