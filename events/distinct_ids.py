"""What a distinct id may be, and which ones name nobody in particular. Pure."""

from typing import Any

import orjson

MAX_LENGTH = 200

# What clients send when their variable was empty. Merging by one of these would melt strangers into one person.
_NAMES_OF_NOBODY = frozenset(
    ["anonymous", "guest", "distinctid", "distinct_id", "id", "not_authenticated", "email", "undefined"]
    + ["true", "false"]
)
_VALUES_OF_NOTHING = frozenset(["[object Object]", "NaN", "None", "none", "null", "0"])


def clean_distinct_id(value: Any) -> str | None:
    """The text under which a person is kept; None where nothing usable was sent."""
    if value is None:
        return None
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    return text[:MAX_LENGTH] if text.strip() else None


def may_be_merged(distinct_id: str) -> bool:
    name = _unquoted(distinct_id.strip())
    return bool(name.strip()) and name.lower() not in _NAMES_OF_NOBODY and name not in _VALUES_OF_NOTHING


def _unquoted(text: str) -> str:
    is_quoted = len(text) >= 2 and text[0] == text[-1] and text[0] in "'\""
    return text[1:-1] if is_quoted else text
