"""Dashboards from templates: found, filled in with values, and put on the grid."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import structlog

from accounts.models import Project, User
from common.exceptions import Refusal
from dashboards.blueprints import BY_KEY
from dashboards.layouts import CARD_SIZE, INSIGHT_SIZE, Grid
from dashboards.models import ButtonTile, Dashboard, DashboardTemplate, DashboardTile, Text
from dashboards.models.tile import LOOK_FIELDS
from insights.legacy_filters import as_query
from insights.models import Insight
from tagging.services import normalise

logger = structlog.get_logger(__name__)

JSON = dict[str, Any]
Fields = Mapping[str, Any]
Values = Mapping[str, Any]

INSIGHT, TEXT, BUTTON = "INSIGHT", "TEXT", "BUTTON"
#: The parts of a tile in which a variable may stand.
WITH_VARIABLES = ("query", "filters")
MATH = ("math", "math_property", "math_hogql", "math_group_type_index")
BUTTON_COLUMNS = ("url", "text", "placement", "style")


def find_template(name: str, *, project: Project) -> JSON:
    """A built-in one by its key, or one that the project can see by its name; built-in ones have names too.

    Raises Refusal.
    """
    if name in BY_KEY:
        return BY_KEY[name]
    template = DashboardTemplate.objects.for_project(project).live().named(name, project)
    built_in = next((one for one in BY_KEY.values() if one["template_name"] == name), None)
    if template is None and built_in is not None:
        return built_in
    if template is None:
        raise Refusal(f"Invalid template provided: {name}", attr="use_template")
    return {
        "template_name": template.template_name,
        "dashboard_description": template.dashboard_description or "",
        "dashboard_filters": template.dashboard_filters or {},
        "tags": template.tags,
        "variables": template.variables,
        "tiles": template.tiles,
    }


def fields_from(template: JSON, fields: Fields, *, values: Values | None = None) -> JSON:
    """What `create_dashboard` needs to make a dashboard from it: the template's, with `fields` over them."""
    return {
        "name": template["template_name"],
        "description": template["dashboard_description"],
        **{name: value for name, value in fields.items() if value is not None},
        "filters": template["dashboard_filters"],
        "tags": template.get("tags") or [] if fields.get("tags") is None else fields["tags"],
        "template_tiles": fill_in(template, values or {}),
    }


def fields_for_use(template: JSON, fields: Fields) -> JSON:
    """As PostHog's `use_template` has it: the template's text and tags stay, whatever else is sent."""
    tags = normalise([*(fields.get("tags") or []), *(template.get("tags") or [])])
    own = {
        **fields,
        "name": fields.get("name") or template["template_name"],
        "description": template["dashboard_description"],
        "tags": tags,
        "creation_mode": Dashboard.CreationMode.TEMPLATE,
    }
    return fields_from(template, own)


def fill_in(template: JSON, values: Values) -> list[JSON]:
    """The template's tiles, with a value wherever a variable stands. Raises Refusal for values of no variable."""
    variables = template.get("variables") or []
    known = {variable["id"]: variable["default"] for variable in variables}
    stray = next((name for name in values if name not in known), None)
    if stray is not None:
        raise Refusal(f"Unknown variable: {stray}", attr=f"variables_values__{stray}")

    chosen = {f"{{{name}}}": value for name, value in {**known, **values}.items()}
    return [
        {**tile, **{part: _replaced(tile[part], chosen, part) for part in WITH_VARIABLES if tile.get(part)}}
        for tile in template["tiles"]
    ]


def put_tiles(dashboard: Dashboard, elements: Sequence[JSON], *, project: Project, user: User) -> None:
    """The elements as tiles of a new dashboard, in as many statements for one as for all."""
    tiles = [tile for element in elements if (tile := _tile(element, dashboard, project=project, user=user))]
    grid = Grid(tile.layouts for tile in tiles)
    for tile in tiles:
        if not tile.layouts:
            tile.layouts = grid.place(*(INSIGHT_SIZE if tile.insight else CARD_SIZE))
    Insight.objects.bulk_create(_shown(tiles, "insight"))
    Text.objects.bulk_create(_shown(tiles, "text"))
    ButtonTile.objects.bulk_create(_shown(tiles, "button_tile"))
    DashboardTile.objects_including_soft_deleted.bulk_create(tiles)


def _shown(tiles: Iterable[DashboardTile], name: str) -> list[Any]:
    return [getattr(tile, name) for tile in tiles if getattr(tile, name) is not None]


def _tile(element: JSON, dashboard: Dashboard, *, project: Project, user: User) -> DashboardTile | None:
    tile = DashboardTile(dashboard=dashboard, layouts={})
    for name in LOOK_FIELDS:
        if element.get(name) is not None:
            setattr(tile, name, element[name])
    kind = element["type"]
    if kind == INSIGHT:
        tile.insight = _insight(element, project=project, user=user)
    elif kind == TEXT:
        tile.text = Text(team=project.team, body=element["body"])
    elif kind == BUTTON:
        columns = {name: element[name] for name in BUTTON_COLUMNS if element.get(name)}
        tile.button_tile = ButtonTile(team=project.team, **columns)
    else:
        logger.warning("template_tile_skipped", type=kind)
        return None
    return tile


def _insight(element: JSON, *, project: Project, user: User) -> Insight:
    filters = element.get("filters") or {}
    query = element.get("query") or as_query(filters)
    return Insight(
        team=project.team,
        name=element.get("name"),
        description=element.get("description") or "",
        query=query,
        filters={} if query else filters,
        saved=True,
        is_sample=True,
        created_by=user,
        last_modified_by=user,
    )


def _replaced(value: Any, chosen: Values, part: str) -> Any:
    """Texts that are nothing but a variable become its value; in queries, in the form that queries have."""
    if isinstance(value, str) and value in chosen:
        found = chosen[value]
        is_legacy = part == "query" and isinstance(found, dict) and "kind" not in found and "id" in found
        return _as_series(found) if is_legacy else found
    if isinstance(value, dict):
        return {key: _replaced(one, chosen, part) for key, one in value.items()}
    if isinstance(value, list):
        return [_replaced(one, chosen, part) for one in value]
    return value


def _as_series(entity: JSON) -> JSON:
    """An event or action as filters describe it, in the form that a query has."""
    own = {key: entity[key] for key in ("name", *MATH, "properties") if entity.get(key) is not None}
    if entity.get("type") == "actions":
        return {"kind": "ActionsNode", "id": entity["id"], **own}
    return {"kind": "EventsNode", "event": entity["id"], **own}
