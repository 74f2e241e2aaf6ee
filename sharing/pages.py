"""The exported data as a page that needs no JavaScript. Made of what is exported, and of how it is drawn. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from dashboards.layouts import box, dimensions
from sharing.drawings import Drawing
from sharing.markdown import html_of
from sharing.moments import is_unfinished, minute_name, span_name
from sharing.numbers import BigNumber, big_number
from sharing.palettes import palette_of
from sharing.pictures import Palette, picture_of
from sharing.tables import Table, table_of

JSON = dict[str, Any]
MOST_ROWS_OF_GRID = 24
MOST_NAMED = 5
TEXT_SIZE = (12, 2)
#: These displays of totals are no single number, even if there is but one.
DRAWN_TOTALS = {"ActionsPie", "ActionsBarValue", "ActionsTable", "WorldMap", "CalendarHeatmap"}
KINDS = {
    "TrendsQuery": "Trend",
    "FunnelsQuery": "Funnel",
    "RetentionQuery": "Retention",
    "LifecycleQuery": "Lifecycle",
    "StickinessQuery": "Stickiness",
    "PathsQuery": "Paths",
    "EventsQuery": "Events",
    "HogQLQuery": "SQL",
}


@dataclass(frozen=True, kw_only=True)
class Part:
    """One tile. `html` is a text's; of an answer there is a number, a table, a picture of the table, or nothing.

    One that `is_awaited` shows an old answer or nothing until the script has asked for a newer one.
    """

    id: str
    kind: str
    place: str = ""
    title: str = ""
    description: str = ""
    details: str = ""
    html: str = ""
    text: str = ""
    url: str = ""
    number: BigNumber | None = None
    table: Table | None = None
    picture: JSON | None = None
    has_failed: bool = False
    is_awaited: bool = False
    last_refresh: str = ""

    @property
    def as_of(self) -> str:
        """To the minute, for people."""
        return minute_name(self.last_refresh)


@dataclass(frozen=True, kw_only=True)
class Page:
    title: str
    description: str = ""
    has_header: bool = True
    has_credit: bool = True
    is_detailed: bool = False
    is_single: bool = False
    last_refresh: str = ""
    parts: list[Part] = field(default_factory=list)

    @property
    def is_awaited(self) -> bool:
        return any(part.is_awaited for part in self.parts)

    @property
    def summary(self) -> str:
        """What a messenger writes below the link."""
        insights = [part.title for part in self.parts if part.kind == "insight"]
        return self.description or (", ".join(insights[:MOST_NAMED]) if not self.is_single else "")

    @property
    def as_of(self) -> str:
        return minute_name(self.last_refresh)


@dataclass(frozen=True)
class Maker:
    """What all tiles of a page have in common."""

    drawings: Mapping[int, Drawing]
    awaited: Collection[int]
    palette: Palette
    has_legend: bool
    has_details: bool

    def part(self, tile: JSON) -> Part:
        name = f"tile-{tile['id']}"
        if tile["text"]:
            place = place_of(tile["layouts"], TEXT_SIZE)
            return Part(id=name, kind="text", place=place, html=html_of(tile["text"]["body"] or ""))
        if tile["button_tile"]:
            button, place = tile["button_tile"], place_of(tile["layouts"], (2, 1))
            return Part(id=name, kind="button", place=place, text=button["text"], url=button["url"])
        insight = tile["insight"]
        description = (insight["description"] or "") if tile["show_description"] else ""
        return self.answer(
            name, insight, place=place_of(tile["layouts"]), description=description, has_failed="error" in tile
        )

    def answer(self, name: str, insight: JSON, *, place: str, description: str, has_failed: bool) -> Part:
        drawing = self.drawings.get(insight["id"], Drawing())
        result, columns = insight["result"], insight["columns"]
        number = big_number(result, drawing.format) if drawing.display not in DRAWN_TOTALS else None
        picture = None if number else picture_of(result, columns, drawing, self.palette)
        return Part(
            id=name,
            kind="insight",
            place=place,
            title=_title(insight),
            description=description,
            details=_details(insight, drawing) if self.has_details else "",
            number=number,
            table=table_of(result, columns),
            picture=self._finished(picture, insight, drawing),
            has_failed=has_failed,
            is_awaited=insight["id"] in self.awaited,
            last_refresh=insight["last_refresh"] or "",
        )

    def _finished(self, picture: JSON | None, insight: JSON, drawing: Drawing) -> JSON | None:
        """With what the page and the time of asking add to it."""
        if picture is None:
            return None
        begun = picture["rows"][-1]["date"] if picture["kind"] == "heat" else (picture.get("labels") or [None])[-1]
        unfinished = is_unfinished(begun, drawing.interval, as_of=insight["last_refresh"], timezone=insight["timezone"])
        return {**picture, "unfinished": unfinished, "legend": self.has_legend or picture.get("legend", False)}


def page_of(exported: JSON, drawings: Mapping[int, Drawing], *, awaited: Collection[int] = ()) -> Page:
    """`drawings` by the ids of insights; `awaited` are ids of those whose newer answer comes later."""
    shown = exported["insight"] if "insight" in exported else exported["dashboard"]
    maker = Maker(
        drawings=drawings,
        awaited=awaited,
        palette=palette_of(exported["themes"], shown.get("data_color_theme_id"), shown.get("breakdown_colors")),
        has_legend=bool(exported.get("legend")),
        has_details=not exported.get("hideExtraDetails"),
    )
    if "insight" in exported:
        has_failed = shown["query_status"] is not None
        title, parts = _title(shown), [maker.answer("insight", shown, place="", description="", has_failed=has_failed)]
    else:
        title, parts = shown["name"] or "Dashboard", [maker.part(tile) for tile in shown["tiles"]]
    return Page(
        title=title,
        description=shown["description"] or "",
        has_header=not exported.get("noHeader"),
        has_credit=not exported.get("whitelabel"),
        is_detailed=bool(exported.get("detailed")),
        is_single="insight" in exported,
        last_refresh=min((part.last_refresh for part in parts if part.last_refresh), default=""),
        parts=parts,
    )


def place_of(layouts: Any, usual: tuple[int, int] = (6, 5)) -> str:
    """The classes that put a tile on the grid. Its row follows from the order of the tiles."""
    width, height = dimensions(layouts, "sm", usual)
    found = box(layouts)
    column = f"x{found.x} " if found else ""
    return f"{column}w{found.w if found else width} h{min(height, MOST_ROWS_OF_GRID)}"


def _title(insight: JSON) -> str:
    return insight["name"] or insight["derived_name"] or "Insight"


def _details(insight: JSON, drawing: Drawing) -> str:
    """The kind of question and the days it looks at."""
    days = insight.get("resolved_date_range")
    span = span_name(days.get("date_from"), days.get("date_to")) if isinstance(days, Mapping) else ""
    return " · ".join(part for part in (KINDS.get(drawing.kind, ""), span) if part)
