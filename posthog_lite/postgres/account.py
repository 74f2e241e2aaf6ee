"""As whom Postgres runs. It refuses to run as root, so root lends it another user."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from posthog_lite.postgres.refusal import CannotRunPostgres

SYSTEM_USERS = ("postgres", "nobody", "daemon")
# Nothing of ours: PGPORT or PGDATA of the caller would change what the programs do.
ENVIRONMENT = {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL": "C", "TZ": "UTC"}


@dataclass(frozen=True)
class Account:
    """Whom the files belong to, and how to run a program as that user."""

    uid: int
    gid: int
    name: str = ""  # empty: the user we are
    wrapper: tuple[str, ...] = ()

    def run(
        self,
        command: Sequence[str | Path],
        *,
        cwd: Path,
        env: dict[str, str] | None = None,
        keep_open: tuple[int, ...] = (),
    ) -> "Finished":
        lent = {"user": self.uid, "group": self.gid, "extra_groups": []} if self.name else {}
        done = subprocess.run(
            [*self.wrapper, *map(str, command)],
            cwd=cwd,
            env=ENVIRONMENT | (env or {}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=keep_open,
            check=False,
            **lent,  # type: ignore[call-overload]
        )
        return Finished(done.returncode == 0, done.stdout.decode(errors="replace").strip())

    def can(self, flag: str, path: Path) -> bool:
        """What `test -r` or `test -x` says about the path as this user: the kernel knows about all kinds of rights."""
        try:
            return self.run(["test", flag, path], cwd=Path("/")).is_ok
        except OSError:
            return False

    def own(self, path: Path) -> None:
        """Make the path, and what is below it, this user's; only root ever has to."""
        if os.geteuid() != 0 or path.stat().st_uid == self.uid:
            return
        for below in path.rglob("*"):
            os.chown(below, self.uid, self.gid, follow_symlinks=False)
        os.chown(path, self.uid, self.gid)


@dataclass(frozen=True)
class Finished:
    is_ok: bool
    output: str


def account_for(base: Path) -> Account:
    """Who is to run the server whose folder is `base`: an ordinary caller itself; for root the first that can."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())

    for user in _candidates(base):
        account = Account(user.pw_uid, user.pw_gid, user.pw_name)
        if account.can("-x", base):
            return account

    # Root itself, without its powers, seen by Postgres as an ordinary user: it may go wherever root's own modes allow.
    unprivileged = Account(0, 0, wrapper=_in_user_namespace())
    if unprivileged.wrapper and unprivileged.can("-x", base):
        return unprivileged
    raise CannotRunPostgres(
        f"Postgres does not run as root, and no other user can reach {_barrier(base)}. "
        f"Let others enter it (chmod o+x), set DATA_DIR to another folder, or run this as an ordinary user."
    )


def _candidates(base: Path) -> Iterator[pwd.struct_passwd]:
    owners = [path.stat().st_uid for path in (base / "cluster", base, *base.parents) if path.exists()]
    system = [user.pw_uid for user in pwd.getpwall() if user.pw_name in SYSTEM_USERS]
    for uid in dict.fromkeys([owners[0], *sorted(system, key=_rank), *owners]):
        try:
            user = pwd.getpwuid(uid)  # initdb asks for the name
        except KeyError:
            continue
        if uid != 0:
            yield user


def _rank(uid: int) -> int:
    return SYSTEM_USERS.index(pwd.getpwuid(uid).pw_name)


def _in_user_namespace() -> tuple[str, ...]:
    unshare = shutil.which("unshare")
    user = next((user for user in pwd.getpwall() if user.pw_name in SYSTEM_USERS), None)
    if unshare is None or user is None:
        return ()
    return (unshare, "--user", f"--map-user={user.pw_uid}", f"--map-group={user.pw_gid}", "--")


def _barrier(base: Path) -> Path:
    """The first folder on the way that not everybody may enter."""
    way = [*reversed(base.parents), base]
    return next((folder for folder in way if not folder.stat().st_mode & 0o001), base)
