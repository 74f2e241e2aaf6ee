"""What a template may be, as JSON Schema. Keys that are not named here are ignored."""

from pprint import pformat
from typing import Any

from jsonschema import Draft7Validator
from jsonschema.exceptions import ValidationError, best_match

JSON = dict[str, Any]
MOST_CHARS = 1500

TILES: JSON = {
    "type": "array",
    "minItems": 1,
    "maxItems": 1000,
    "items": {"type": "object"},
    "description": "`INSIGHT` with a query, `TEXT` with a body, `BUTTON` with a url and a text.",
}
VARIABLES: JSON = {
    "anyOf": [
        {"type": "null"},
        {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "id": {"type": "string", "description": "Stands in the tiles' queries in braces, as `{SIGNUP}`."},
                    "name": {"type": "string", "description": "What people read."},
                    "type": {"type": "string", "enum": ["event", "element"]},
                    "default": {"type": "object", "description": "What stands there unless something is chosen."},
                    "description": {"type": "string"},
                    "required": {"type": "boolean"},
                },
                "required": ["id", "name", "type", "default", "description", "required"],
            },
        },
    ]
}
TEMPLATE: JSON = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "title": "Dashboard template",
    "type": "object",
    "properties": {
        "id": {"type": "string"},
        "template_name": {"type": "string", "maxLength": 400, "description": "The name of dashboards made from it."},
        "team_id": {"type": ["number", "null"]},
        "created_at": {"type": "string"},
        "image_url": {"type": ["string", "null"]},
        "is_featured": {"type": "boolean"},
        "dashboard_description": {"type": "string"},
        "dashboard_filters": {"type": "object"},
        "tags": {"type": "array", "items": {"type": "string", "maxLength": 255}},
        "tiles": TILES,
        "variables": VARIABLES,
    },
    "required": ["template_name", "dashboard_description", "dashboard_filters", "tiles"],
}


def complaint(candidate: Any, schema: JSON = TEMPLATE) -> str | None:
    """What is wrong with it first, in the validator's words; None if nothing is."""
    error = best_match(Draft7Validator(schema).iter_errors(candidate))
    return None if error is None else _in_words(error)


def _in_words(error: ValidationError) -> str:
    """As the validator says it, but short: schema and instance may be large."""
    return (
        f"{error.message[:MOST_CHARS]}\n\n"
        f"Failed validating {error.validator!r} in schema{_path(error.relative_schema_path, but=1)}:\n"
        f"{_shown(error.schema)}\n\nOn instance{_path(error.relative_path)}:\n{_shown(error.instance)}"
    )


def _path(steps: Any, *, but: int = 0) -> str:
    steps = list(steps)
    return "".join(f"[{step!r}]" for step in steps[: len(steps) - but])


def _shown(value: Any) -> str:
    # A large value would take long to lay out nicely.
    text = repr(value)
    text = pformat(value, width=72, sort_dicts=False) if len(text) <= MOST_CHARS else f"{text[:MOST_CHARS]}…"
    return "\n".join(f"    {line}" for line in text.splitlines())
