"""OpenAPI: what is true of every operation, so that views need not say it."""

from typing import Any

from drf_spectacular.openapi import AutoSchema as SpectacularAutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

PROJECT_ID = OpenApiParameter(
    name="project_id",
    type=OpenApiTypes.STR,
    location=OpenApiParameter.PATH,
    description="Id of the project, as `/api/projects/` lists it, or `@current` for the caller's current one.",
)
VERBS = {
    "list": "List {things}",
    "create": "Create {thing}",
    "retrieve": "Retrieve {thing}",
    "update": "Update {thing}",
    "partial_update": "Update {thing}",
    "destroy": "Delete {thing}",
}


class AutoSchema(SpectacularAutoSchema):
    """PostHog's ways: operation ids without `projects_`, tags by resource, and the scopes of each operation."""

    def get_override_parameters(self) -> list[Any]:
        return [PROJECT_ID] if "{project_id}" in self.path else []

    def get_operation_id(self) -> str:
        operation_id = super().get_operation_id()
        return operation_id.removeprefix("projects_") if "/{project_id}/" in self.path else operation_id

    def get_tags(self) -> list[str]:
        return [self._resource()]

    def get_summary(self) -> str | None:
        things = self._resource().replace("_", " ")
        action = getattr(self.view, "action", None) or self.method.lower()
        sentence = VERBS.get(action, f"{action.replace('_', ' ').capitalize()}: {{things}}")
        return sentence.format(things=things, thing=things.removesuffix("s"))

    def get_auth(self) -> list[dict[str, list[str]]]:
        scopes_of = getattr(self.view, "scopes_of", None)
        scopes = scopes_of(getattr(self.view, "action", None)) if scopes_of else None
        return [{"PersonalAPIKeyAuth": scopes}] if scopes is not None else []

    def _resource(self) -> str:
        """The collection: `dashboards` in /api/projects/{project_id}/dashboards/{id}/."""
        segments = [part for part in self.path.split("/") if part and not part.startswith("{")][1:]
        if len(segments) > 1 and segments[0] in {"projects", "environments", "organizations"}:
            return segments[1]
        return segments[0]


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
