"""The exported data as a page that needs no JavaScript. Made of what is exported anyway: it can tell no more. Pure."""

from dataclasses import dataclass, field
from typing import Any

from sharing.tables import Table, table_of

JSON = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Part:
    """One tile. `text` is a card's; `table` an answer's, None if it has none."""

    id: str
    kind: str
    title: str = ""
    description: str = ""
    text: str = ""
    url: str = ""
    table: Table | None = None
    has_failed: bool = False
    last_refresh: str = ""

    @property
    def as_of(self) -> str:
        """To the minute, for people."""
        return f"{self.last_refresh[:10]} {self.last_refresh[11:16]} UTC"


@dataclass(frozen=True, kw_only=True)
class Page:
    title: str
    description: str = ""
    has_header: bool = True
    parts: list[Part] = field(default_factory=list)


def page_of(exported: JSON) -> Page:
    has_header = not exported.get("noHeader")
    if "insight" in exported:
        insight = exported["insight"]
        part = _answer("insight", insight, description="", has_failed=insight["query_status"] is not None)
        return Page(
            title=_title(insight), description=insight["description"] or "", has_header=has_header, parts=[part]
        )
    dashboard = exported["dashboard"]
    return Page(
        title=dashboard["name"] or "Dashboard",
        description=dashboard["description"] or "",
        has_header=has_header,
        parts=[_part(tile) for tile in dashboard["tiles"]],
    )


def _part(tile: JSON) -> Part:
    name = f"tile-{tile['id']}"
    if tile["text"]:
        return Part(id=name, kind="text", text=tile["text"]["body"] or "")
    if tile["button_tile"]:
        return Part(id=name, kind="button", text=tile["button_tile"]["text"], url=tile["button_tile"]["url"])
    insight = tile["insight"]
    description = (insight["description"] or "") if tile["show_description"] else ""
    return _answer(name, insight, description=description, has_failed="error" in tile)


def _answer(name: str, insight: JSON, *, description: str, has_failed: bool) -> Part:
    return Part(
        id=name,
        kind="insight",
        title=_title(insight),
        description=description,
        table=table_of(insight["result"], insight["columns"]),
        has_failed=has_failed,
        last_refresh=insight["last_refresh"] or "",
    )


def _title(insight: JSON) -> str:
    return insight["name"] or insight["derived_name"] or "Insight"
