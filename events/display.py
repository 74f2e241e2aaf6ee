"""How a person is called where people look. Pure."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

NAME_PROPERTIES = ("email", "Email", "$email", "name", "Name", "username", "Username", "UserName")
# What SDKs make up for somebody they do not know.
_ANONYMOUS = re.compile(r"(?:[A-Za-z0-9]+-){4}[A-Za-z0-9]+")


def display_name(properties: Mapping[str, Any], distinct_ids: Iterable[str], *, preferred: Iterable[str] = ()) -> str:
    """The first property that names the person, else a distinct id that somebody chose; else ""."""
    for name in (*preferred, *NAME_PROPERTIES):
        if properties.get(name):
            return str(properties[name])
    return next((distinct_id for distinct_id in distinct_ids if not is_anonymous(distinct_id)), "")


def chosen_first(distinct_ids: Iterable[str]) -> list[str]:
    return sorted(distinct_ids, key=is_anonymous)


def is_anonymous(distinct_id: str) -> bool:
    return _ANONYMOUS.fullmatch(distinct_id) is not None
