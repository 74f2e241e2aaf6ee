"""The tiles of one dashboard while they are changed."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import timezone

from accounts.access import VIEWER
from accounts.models import Project, User
from common.exceptions import Forbidden, Refusal
from dashboards.layouts import CARD_SIZE, INSIGHT_SIZE, Grid
from dashboards.models import ButtonTile, Dashboard, DashboardTile, Text
from dashboards.models.tile import LOOK_FIELDS
from insights.models import Insight
from insights.services import create_insight

Element = Mapping[str, Any]
Card = Text | ButtonTile
#: What an element names, the tile's column, and what people call it.
CARDS: dict[str, tuple[type[Any], str]] = {"text": (Text, "Text"), "button_tile": (ButtonTile, "Button")}
CARD_COLUMNS = {"text": ["body"], "button_tile": ["url", "text", "placement", "style"]}
REQUIRED = {"text": (), "button_tile": ("url", "text")}


class Shelf:
    """All tiles of a locked dashboard, removed ones too. `put` and `add` work in memory, `save` writes together.

    So the number of statements does not grow with the tiles, and a refused element leaves nothing behind.
    """

    def __init__(self, dashboard: Dashboard, *, project: Project, user: User) -> None:
        self._dashboard, self._project, self._user = dashboard, project, user
        self._tiles = list(DashboardTile.objects_including_soft_deleted.for_editing(dashboard))
        self._fresh: list[DashboardTile] = []
        self._changed: dict[int, DashboardTile] = {}
        self._written_cards: dict[str, list[Any]] = {name: [] for name in CARDS}
        # Without those that a client only posts back, with their author: they are signed anew, and stay as they were.
        self._changed_cards: dict[str, list[Any]] = {name: [] for name in CARDS}
        self._insights: dict[int, Insight] = {}

    def put(self, elements: Iterable[Element]) -> None:
        """Each element changes the tile that it names, or adds one. Raises Refusal."""
        elements = list(elements)
        self._look_up_insights(elements)
        for index, element in enumerate(elements):
            self._put(element, place=f"tiles__{index}")

    def add(self, element: Element) -> DashboardTile:
        """A tile that the dashboard does not show yet. Raises Refusal."""
        self._look_up_insights([element])
        present = self._find(element, place="")
        if present is not None and not present.deleted:
            raise Refusal("This is already on the dashboard.")
        return self._put(element, place="")

    def save(self) -> None:
        self._place_fresh()
        for name, (model, _) in CARDS.items():
            model.objects.bulk_create([getattr(tile, name) for tile in self._fresh if getattr(tile, name)])
            columns = [*CARD_COLUMNS[name], "last_modified_at", "last_modified_by"]
            model.objects.bulk_update(self._written_cards[name], columns)
        tiles = DashboardTile.objects_including_soft_deleted
        tiles.bulk_create(self._fresh)
        tiles.bulk_update(self._changed.values(), [*LOOK_FIELDS, "deleted", "deleted_with"])
        if any(self._written_cards.values()):
            self._tell_others()

    def _tell_others(self) -> None:
        """A text or button changes wherever it is shown, which the user must be allowed to. Raises Forbidden."""
        others = Dashboard.objects.exclude(pk=self._dashboard.pk)
        if any(self._changed_cards.values()):
            changing = others.showing(self._changed_cards)
            if changing.not_editable_by(self._user, self._project).exists():
                raise Forbidden("You don't have edit permissions for another dashboard that shows this tile's content.")
        others.showing(self._written_cards).bump()

    def _put(self, element: Element, *, place: str) -> DashboardTile:
        tile = self._named(element, place=place)
        if tile is None:
            tile = self._find(element, place=place)
            if tile is not None and tile.deleted:
                self._set(tile, deleted=None, deleted_with=None)
        if tile is None:
            tile = self._new(element, place=place)
        else:
            self._edit_cards(tile, element)
        self._edit(tile, element)
        return tile

    def _named(self, element: Element, *, place: str) -> DashboardTile | None:
        """The tile whose id the element gives, which must show what the element says it shows."""
        if element.get("id") is None:
            return None
        tile = next((tile for tile in self._tiles if tile.pk == element["id"]), None)
        if tile is None:
            raise Refusal("Tile not found.", attr=f"{place}__id")
        if element.get("new_insight") or element.get("insight_id") not in (None, tile.insight_id):
            raise Refusal("A tile keeps its insight. Remove the tile and add another.", attr=f"{place}__insight")
        for name, (_, noun) in CARDS.items():
            card, present = element.get(name), getattr(tile, f"{name}_id")
            if card and present is None:
                raise Refusal(f"Tile is not a {noun.lower()} tile.", attr=f"{place}__{name}")
            if card and card.get("id") not in (None, present):
                raise Refusal(f"{noun} tile not found.", attr=name)
        return tile

    def _find(self, element: Element, *, place: str) -> DashboardTile | None:
        """The tile that shows what the element names by its id; None if the element brings something new.

        Raises Refusal, and Forbidden for an insight that a rule closes to the user.
        """
        pk = element.get("insight_id")
        if pk is not None:
            if pk not in self._insights:
                detail = f'Invalid pk "{pk}" - object does not exist.'
                raise Refusal(detail, code="does_not_exist", attr=_join(place, "insight_id"))
            present = self._showing("insight", pk)
            if present is None or present.deleted:
                self._insights[pk].refuse_unless_allows(VIEWER, self._user, self._project)
            return present
        for name, (_, noun) in CARDS.items():
            card = element.get(name) or {}
            if card.get("id") is not None:
                found = self._showing(name, card["id"])
                if found is None:
                    raise Refusal(f"{noun} tile not found.", attr=name)
                return found
        return None

    def _showing(self, name: str, pk: Any) -> DashboardTile | None:
        shown = (tile for tile in (*self._tiles, *self._fresh) if getattr(tile, f"{name}_id") == pk)
        return next(shown, None)

    def _new(self, element: Element, *, place: str) -> DashboardTile:
        tile = DashboardTile(dashboard=self._dashboard, layouts={})
        if element.get("insight_id") is not None:
            tile.insight = self._insights[element["insight_id"]]
        elif element.get("new_insight"):
            tile.insight = create_insight(
                {"saved": True, **element["new_insight"]}, project=self._project, user=self._user
            )
        else:
            name = next((name for name in CARDS if element.get(name)), None)
            if name is None:
                raise Refusal("A tile needs an id, or an insight, text or button to show.", attr=place or None)
            setattr(tile, name, self._new_card(name, element[name]))
        self._fresh.append(tile)
        return tile

    def _new_card(self, name: str, fields: Element) -> Card:
        missing = next((column for column in REQUIRED[name] if column not in fields), None)
        if missing is not None:
            raise Refusal("This field is required.", code="required", attr=f"{name}__{missing}")
        card = CARDS[name][0](team=self._project.team, created_by=self._user)
        self._refuse_foreign_author(name, card, fields)
        for column in CARD_COLUMNS[name]:
            if column in fields:
                setattr(card, column, fields[column])
        return card

    def _edit_cards(self, tile: DashboardTile, element: Element) -> None:
        for name in CARDS:
            fields = element.get(name)
            if not fields:
                continue
            card = getattr(tile, name)
            self._refuse_foreign_author(name, card, fields)
            sent = {column: fields[column] for column in CARD_COLUMNS[name] if column in fields}
            has_changed = any(getattr(card, column) != value for column, value in sent.items())
            if not has_changed and _author_in(fields) is None:
                continue
            for column, value in sent.items():
                setattr(card, column, value)
            card.last_modified_at, card.last_modified_by = timezone.now(), self._user
            for cards in (self._written_cards[name], *([self._changed_cards[name]] if has_changed else [])):
                if tile.pk and card not in cards:
                    cards.append(card)

    def _refuse_foreign_author(self, name: str, card: Card, fields: Element) -> None:
        """Who posts back what they read sends the author along; nobody else may be named."""
        pk = _author_in(fields)
        if pk is None or pk in (card.created_by_id, self._user.pk):
            return
        members = self._project.organization.memberships
        if not isinstance(pk, int) or isinstance(pk, bool) or not members.filter(user=pk).exists():
            raise Refusal("User not found in this organization.", attr=name)

    def _edit(self, tile: DashboardTile, element: Element) -> None:
        look = {name: element[name] for name in LOOK_FIELDS if name in element}
        if "deleted" in element:
            look |= {"deleted": True if element["deleted"] else None, "deleted_with": None}
        if look:
            self._set(tile, **look)

    def _set(self, tile: DashboardTile, **columns: Any) -> None:
        for name, value in columns.items():
            setattr(tile, name, value)
        if tile.pk is not None:
            self._changed[tile.pk] = tile

    def _place_fresh(self) -> None:
        """New tiles without layouts go below all that is shown, in their order."""
        shown = [tile.layouts for tile in (*self._tiles, *self._fresh) if not tile.deleted]
        grid = Grid(shown)
        for tile in self._fresh:
            if not tile.layouts:
                tile.layouts = grid.place(*(INSIGHT_SIZE if tile.insight else CARD_SIZE))

    def _look_up_insights(self, elements: Iterable[Element]) -> None:
        wanted = {element["insight_id"] for element in elements if element.get("insight_id") is not None}
        if wanted:
            insights = Insight.objects.for_project(self._project).with_rules_for(self._user)
            self._insights = insights.in_bulk(wanted)


def _author_in(card: Element) -> Any:
    """The id of the author whom a client that posts back what it read sends along."""
    return (card.get("created_by") or {}).get("id")


def _join(place: str, name: str) -> str:
    return f"{place}__{name}" if place else name
