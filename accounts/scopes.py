"""What a key may be allowed, and whether it is. Pure: knows no request and no view."""

from collections.abc import Collection, Iterable

WILDCARD = "*"
READ, WRITE = "read", "write"
# The viewset with this object takes no keys at all.
INTERNAL = "INTERNAL"

SCOPE_OBJECTS = frozenset(
    {
        "access_control",
        "action",
        "activity_log",
        "alert",
        "annotation",
        "cohort",
        "dashboard",
        "dashboard_template",
        "dataset",
        "element",
        "event_definition",
        "experiment",
        "export",
        "feature_flag",
        "file_system",
        "group",
        "hog_function",
        "insight",
        "insight_variable",
        "integration",
        "llm_analytics",
        "notebook",
        "organization",
        "organization_member",
        "person",
        "plugin",
        "project",
        "property_definition",
        "query",
        "session_recording",
        "session_recording_playlist",
        "sharing_configuration",
        "subscription",
        "survey",
        "tag",
        "task",
        "user",
        "warehouse_table",
        "warehouse_view",
        "web_analytics",
        "webhook",
    }
)

READ_ACTIONS = frozenset({"list", "retrieve", "metadata"})
WRITE_ACTIONS = frozenset({"create", "update", "partial_update", "patch", "destroy"})


def is_scope(text: str) -> bool:
    scope_object, _, access = text.partition(":")
    return text == WILDCARD or (scope_object in SCOPE_OBJECTS and access in {READ, WRITE})


def scopes_for_action(
    action: str | None, *, scope_object: str, read_actions: Collection[str], write_actions: Collection[str]
) -> list[str] | None:
    """The scopes that an action without `required_scopes` of its own needs; None when it takes no keys."""
    if scope_object == INTERNAL or action is None:
        return None
    if action in READ_ACTIONS or action in read_actions:
        return [f"{scope_object}:{READ}"]
    if action in WRITE_ACTIONS or action in write_actions:
        return [f"{scope_object}:{WRITE}"]
    return None


def missing_scope(held: Collection[str], required: Iterable[str]) -> str | None:
    """The first required scope that `held` does not satisfy. Writing includes reading, never the other way."""
    if WILDCARD in held:
        return None
    return next((scope for scope in required if not _is_held(scope, held)), None)


def _is_held(scope: str, held: Collection[str]) -> bool:
    scope_object, _, access = scope.partition(":")
    return scope in held or (access == READ and f"{scope_object}:{WRITE}" in held)
