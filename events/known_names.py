"""What the definitions say about names that events carry."""

from accounts.models import Project
from definitions.models import EventDefinition, PropertyDefinition


def custom_event_names(project: Project, *, containing: str | None = None) -> list[str]:
    """Of the events that are not PostHog's own."""
    definitions = EventDefinition.objects.for_project(project).custom().shown().order_by("name")
    if containing:
        definitions = definitions.search(containing)
    return list(definitions.values_list("name", flat=True))


def is_hidden(key: str, *, project: Project) -> bool:
    """Whether somebody wants nobody to be shown this property."""
    return PropertyDefinition.objects.for_project(project).filter(type="event", name=key, hidden=True).exists()
