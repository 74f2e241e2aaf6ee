"""A cluster's files: made once and in one piece, configured at every start."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from posthog_lite.postgres import binaries
from posthog_lite.postgres.account import Account
from posthog_lite.postgres.folder import PORT, Folder
from posthog_lite.postgres.refusal import CannotRunPostgres

SUPERUSER = "postgres"
INITDB = [
    *("--username", SUPERUSER, "--auth-local=trust", "--auth-host=reject"),
    # The wheel is built without ICU; the builtin locale sorts alike on every machine.
    *("--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-sync"),
]
SETTINGS = {
    "listen_addresses": "''",
    "port": str(PORT),
    # The only way in, and only for the user that Postgres runs as, and for root: hence `trust` in pg_hba.conf.
    "unix_socket_permissions": "0700",
    "shared_buffers": "256MB",
    "work_mem": "32MB",
    "maintenance_work_mem": "128MB",
    "effective_cache_size": "1GB",
    "random_page_cost": "1.1",
    "max_wal_size": "2GB",
    "wal_compression": "on",
    "jit": "off",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "log_line_prefix": "'%m [%p] '",
    "log_checkpoints": "off",
    # A web process that was killed must not leave its queries running, nor a lost session its locks.
    "client_connection_check_interval": "'2s'",
    "idle_in_transaction_session_timeout": "'5min'",
    "temp_file_limit": "'5GB'",
}
# For tests alone: a crash of the machine may cost the whole cluster.
THROWAWAY_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class Character:
    """What kind of server it is to be: a test's may lose everything, another nothing."""

    is_throwaway: bool = False
    max_connections: int = 100


def prepare(folder: Folder, character: Character, package: Path, account: Account) -> None:
    """Make the cluster if there is none, give everything to the account, and write the configuration."""
    _make_private(folder.log.parent, account)
    _make_new(folder.sockets, account)
    if not folder.cluster.exists():
        _initialise(folder, character, package, account)
    _refuse_other_version(folder.cluster)
    account.own(folder.cluster)
    _configure(folder, character)


def _initialise(folder: Folder, character: Character, package: Path, account: Account) -> None:
    """Under another name until it is whole and on disk: an interrupted one is thrown away by the next starter."""
    draft = folder.base / "cluster.draft"
    _make_new(draft, account)
    initdb = binaries.programs(package) / "initdb"

    made = account.run([initdb, *INITDB, "--pgdata", draft], cwd=folder.base)
    if not made.is_ok:
        raise CannotRunPostgres(f"initdb failed in {draft}:\n{made.output}")
    if not character.is_throwaway:
        account.run([initdb, "--sync-only", "--pgdata", draft], cwd=folder.base)
    draft.rename(folder.cluster)


def _make_private(path: Path, account: Account) -> None:
    path.mkdir(mode=0o700, exist_ok=True)
    account.own(path)


def _make_new(path: Path, account: Account) -> None:
    """An empty folder, surely ours: the one for sockets may lie in /tmp, where others can make things too."""
    shutil.rmtree(path, ignore_errors=True)
    try:
        path.mkdir(mode=0o700)
    except FileExistsError:
        raise CannotRunPostgres(
            f"{path} belongs to somebody else. Remove it, or set DATA_DIR to another folder."
        ) from None
    account.own(path)


def _refuse_other_version(cluster: Path) -> None:
    made_by = (cluster / "PG_VERSION").read_text().strip()
    if made_by != binaries.major_version():
        raise CannotRunPostgres(
            f"{cluster} was made by PostgreSQL {made_by}, and this is {binaries.major_version()}. "
            f"Dump it with the former version and load it into a new DATA_DIR."
        )


def _configure(folder: Folder, character: Character) -> None:
    """Write postgresql.conf anew, so that settings follow the program; ALTER SYSTEM still wins over it."""
    settings = SETTINGS | {
        "unix_socket_directories": _quoted(str(folder.sockets)),
        "max_connections": str(character.max_connections),
    }
    if character.is_throwaway:
        settings |= THROWAWAY_SETTINGS
    text = "# Written by posthog-lite at every start. Use ALTER SYSTEM for changes of your own.\n"
    text += "".join(f"{name} = {value}\n" for name, value in settings.items())
    (folder.cluster / "postgresql.conf").write_text(text)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
