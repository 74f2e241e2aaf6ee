"""SQL from trusted templates. Whatever is not itself `Sql` becomes a bound parameter, so no value reaches the text."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from string import Formatter


@dataclass(frozen=True)
class Sql:
    text: str
    params: tuple[object, ...] = ()


EVENT_SOURCE = Sql("events e")
WITH_PERSONS = Sql("events e JOIN persons p ON p.team_id = e.team_id AND p.number = e.person_id")


def compose(template: str, **parts: object) -> Sql:
    """`compose("e.event = {name}::text", name="x")`. Templates are literals of this code base, never data."""
    pieces = list(_pieces(template, parts))
    return Sql("".join(piece.text for piece in pieces), tuple(param for piece in pieces for param in piece.params))


def joined(separator: str, parts: Iterable[Sql]) -> Sql:
    parts = list(parts)
    return Sql(separator.join(part.text for part in parts), tuple(param for part in parts for param in part.params))


def _pieces(template: str, parts: dict[str, object]) -> Iterator[Sql]:
    for literal, name, _, _ in Formatter().parse(template):
        yield Sql(literal.replace("%", "%%"))
        if name is not None:
            part = parts[name]
            yield part if isinstance(part, Sql) else Sql("%s", (part,))
