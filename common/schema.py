"""OpenAPI: what is true of every operation, so that views need not say it."""

from typing import Any

from drf_spectacular.openapi import AutoSchema as SpectacularAutoSchema
from drf_spectacular.plumbing import force_instance
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

PROJECT_ID = OpenApiParameter(
    name="project_id",
    type=OpenApiTypes.STR,
    location=OpenApiParameter.PATH,
    description="Id of the project, as `/api/projects/` lists it, or `@current` for the caller's current one.",
)
REFUSAL = {"$ref": "#/components/schemas/Error"}
ERROR = {
    "type": "object",
    "description": "What every refusal looks like.",
    "properties": {
        "type": {
            "type": "string",
            "description": "`validation_error`, `authentication_error`, `server_error` and so on.",
        },
        "code": {"type": "string", "description": "For programs: `required`, `not_found`, `throttled` and so on."},
        "detail": {"type": "string", "description": "For people."},
        "attr": {"type": "string", "nullable": True, "description": "The field or parameter that it is about."},
        "error": {"type": "string", "description": "`detail` again, where older clients look for it."},
    },
    "required": ["type", "code", "detail", "attr"],
}
ERRORS = {
    "400": "Something in the request is wrong: `attr` names the place.",
    "401": "Without a key or session, or with one that is not known.",
    "403": "The caller, or the key's scopes, do not reach this.",
    "404": "It is not there, or not for the caller.",
    "429": "Too many requests: `Retry-After` says when to come back.",
    "503": "The database is busy or away: `Retry-After` says when to come back.",
    "504": "It took too long, and was stopped.",
}
ERRORS_OF_WRITES = {
    "409": "Another write, or what is stored already, is in the way.",
    "413": "The body is too large.",
    "415": "The body is of a media type that is not read here.",
}
OUTDATED = {"412": "It has changed since the ETag in `If-Match` was read."}
VERBS = {
    "list": "List {things}",
    "create": "Create {thing}",
    "retrieve": "Retrieve {thing}",
    "update": "Update {thing}",
    "partial_update": "Update {thing}",
    "destroy": "Delete {thing}",
}


class AutoSchema(SpectacularAutoSchema):
    """PostHog's ways: operation ids without `projects_`, tags by resource or second prefix, scopes by operation."""

    def get_override_parameters(self) -> list[Any]:
        return [PROJECT_ID] if "{project_id}" in self.path else []

    def get_operation_id(self) -> str:
        operation_id = super().get_operation_id()
        return operation_id.removeprefix("projects_") if "/{project_id}/" in self.path else operation_id

    def get_tags(self) -> list[str]:
        return ["environments"] if self.path.startswith("/api/environments/") else [self._resource()]

    def get_serializer_name(self, serializer: Any, direction: Any) -> str:
        """`CopyTileRequest`, not `CopyTileBodyRequest`."""
        name = super().get_serializer_name(serializer, direction)
        return name.removesuffix("Body") if direction == "request" else name

    def get_extensions(self) -> dict[str, Any]:
        """PostHog's word for the part of the product, which its code generators group by."""
        is_core = self._resource() == "dashboards" or "/sharing/" in self.path
        return super().get_extensions() | ({"x-explicit-tags": ["core"]} if is_core else {})

    def get_summary(self) -> str | None:
        things = self._resource().replace("_", " ")
        action = getattr(self.view, "action", None) or self.method.lower()
        sentence = VERBS.get(action, f"{action.replace('_', ' ').capitalize()}: {{things}}")
        return sentence.format(things=things, thing=things.removesuffix("s"))

    def get_auth(self) -> list[dict[str, list[str]]]:
        scopes_of = getattr(self.view, "scopes_of", None)
        scopes = scopes_of(getattr(self.view, "action", None)) if scopes_of else None
        return [{"PersonalAPIKeyAuth": scopes}] if scopes is not None else []

    def _map_basic_serializer(self, serializer: Any, direction: Any) -> Any:
        """Read-only fields that say `required=False` may be absent from answers, and `has_other_keys` leaves room.

        What says `is_null_only_in_requests` is so.
        """
        schema = super()._map_basic_serializer(serializer, direction)
        fields = force_instance(serializer).fields
        required = [name for name in schema.get("required", []) if not _may_be_absent(fields[name])]
        schema.pop("required", None)
        if required:
            schema["required"] = required
        for name, field in fields.items() if direction == "response" else ():
            if getattr(field, "is_null_only_in_requests", False):
                schema["properties"][name] = _without_null(schema["properties"][name])
        if getattr(serializer, "has_other_keys", False):
            schema["additionalProperties"] = {}
        return schema

    def _resource(self) -> str:
        """The collection: `dashboards` in /api/projects/{project_id}/dashboards/{id}/."""
        segments = [part for part in self.path.split("/") if part and not part.startswith("{")][1:]
        if len(segments) > 1 and segments[0] in {"projects", "environments", "organizations"}:
            return segments[1]
        return segments[0]


class ListCalledRetrieve(AutoSchema):
    """As PostHog's clients call some lists, which their document does not know for lists: `persons_values_retrieve`."""

    def get_operation_id(self) -> str:
        return super().get_operation_id().removesuffix("_list") + "_retrieve"


def _may_be_absent(field: Any) -> bool:
    # DRF forgets the difference between "not required" and "not said": a read-only field is never required in requests.
    return field.read_only and field._kwargs.get("required") is False


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    kinds = schema.get("type")
    kind = next(kind for kind in kinds if kind != "null") if isinstance(kinds, list) else kinds
    return {name: value for name, value in schema.items() if name != "nullable"} | {"type": kind}


def mend_nulls(result: Any, **kwargs: Any) -> Any:
    """What is left wrong in 3.1: `nullable`, which is of 3.0, and "either anything or null", which no null obeys.

    It is a postprocessing hook, and walks down by itself.
    """
    if isinstance(result, list):
        return [mend_nulls(part) for part in result]
    if not isinstance(result, dict) or str(result.get("openapi", "3.1")).startswith("3.0"):
        return result
    mended = {name: mend_nulls(part) for name, part in result.items()}
    if mended.get("oneOf") == [{}, {"type": "null"}]:
        del mended["oneOf"]
    if mended.get("nullable") is True and isinstance(mended.get("type"), str):
        del mended["nullable"]
        mended["type"] = [mended["type"], "null"]
    return mended


def document_errors(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """The refusals that any operation of its kind may answer with. What an operation says of a status itself stays."""
    components = result.setdefault("components", {})
    components.setdefault("schemas", {})["Error"] = ERROR
    components["responses"] = {
        f"Error{status}": {"description": description, "content": {"application/json": {"schema": REFUSAL}}}
        for status, description in sorted((ERRORS | ERRORS_OF_WRITES | OUTDATED).items())
    }
    for operations in result["paths"].values():
        for method, operation in operations.items():
            errors = ERRORS if method == "get" else ERRORS | ERRORS_OF_WRITES
            if any(parameter["name"] == "If-Match" for parameter in operation.get("parameters", [])):
                errors = errors | OUTDATED
            for status in errors:
                operation["responses"].setdefault(status, {"$ref": f"#/components/responses/Error{status}"})
            operation["responses"] = dict(sorted(operation["responses"].items()))
    return result


def mark_environments_deprecated(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """The environments paths are a second name of the projects paths. Also adds the scheme of the keys and the tags."""
    for path, operations in result["paths"].items():
        if path.startswith("/api/environments/"):
            for operation in operations.values():
                operation["deprecated"] = True
    schemes = result.setdefault("components", {}).setdefault("securitySchemes", {})
    schemes["PersonalAPIKeyAuth"] = {"type": "http", "scheme": "bearer"}
    tags = {tag for operations in result["paths"].values() for one in operations.values() for tag in one["tags"]}
    result["x-tagGroups"] = [{"name": "All endpoints", "tags": sorted(tags)}]
    return result
