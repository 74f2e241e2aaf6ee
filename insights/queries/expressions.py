"""The few expressions that can be read without a parser: the names of properties. Pure.

The seam for HogQL: whatever is not such a name is refused here, with its place.
"""

import re

from events.filtering.errors import Unsupported
from insights.queries.entities import Property

_NAME = r"(?:\.(?P<plain>[A-Za-z_$][\w$]*)|\['(?P<quoted>[^'\\]+)'\]|\.`(?P<ticked>[^`\\]+)`)"
_PROPERTY = re.compile(rf"(?P<person>person\.)?properties{_NAME}")


def property_in(text: str) -> Property | None:
    """`properties.x`, `properties['x y']`, `person.properties.x`; None for any other expression."""
    match = _PROPERTY.fullmatch(text.strip())
    if not match:
        return None
    key = match["plain"] or match["quoted"] or match["ticked"]
    return Property(scope="person" if match["person"] else "event", key=key)


def property_or_refuse(text: str, *, place: str) -> Property:
    found = property_in(text)
    if found is None:
        raise Unsupported(f"{place}: an expression other than a property")
    return found
