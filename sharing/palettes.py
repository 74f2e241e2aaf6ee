"""The colours of a page's charts: those of its theme, in their order, and those given to single values. Pure."""

import re
from collections.abc import Callable
from typing import Any

from sharing.names import value_name

JSON = dict[str, Any]
HEX = re.compile(r"#[0-9a-fA-F]{6}")
#: Where no theme has any.
FALLBACK = ("#1d4aff", "#621da6", "#42827e", "#ce0e74", "#f14f58", "#7c440e", "#529a0a")


def palette_of(themes: list[JSON], wanted: Any, given: Any) -> Callable[[int, Any], str]:
    """The colour of the nth series, or of a breakdown's value that has one of its own (`given`)."""
    colors = _colors(themes, wanted) or FALLBACK
    own = {
        value_name(one.get("breakdownValue")): colors[(int(number[1]) - 1) % len(colors)]
        for one in (given if isinstance(given, list) else [])
        if isinstance(one, dict) and (number := re.fullmatch(r"preset-(\d{1,4})", str(one.get("colorToken"))))
    }

    def color(place: int, value: Any) -> str:
        return (own.get(value_name(value)) if value is not None else None) or colors[place % len(colors)]

    return color


def _colors(themes: list[JSON], wanted: Any) -> tuple[str, ...]:
    """Of the wanted theme, else of the first global one."""
    for theme in sorted(themes, key=lambda theme: (theme["id"] != wanted, not theme["is_global"], theme["id"])):
        colors = theme["colors"]
        values = list(colors.values()) if isinstance(colors, dict) else colors
        return tuple(color for color in values or [] if isinstance(color, str) and HEX.fullmatch(color))
    return ()
