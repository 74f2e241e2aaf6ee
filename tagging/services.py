"""Tags of rows, and of many rows at once. Set-based: the number of statements does not grow with rows or tags."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Exists, ManyToManyRel, OuterRef

from accounts.models import Team
from tagging.models import Tag, TaggableModel


def normalise(names: Iterable[str]) -> list[str]:
    """Stripped, lower-cased, each once, sorted; empty ones dropped."""
    return sorted({name.strip().lower() for name in names} - {""})


@transaction.atomic
def set_tags(row: TaggableModel, names: Iterable[str], *, team: Team) -> None:
    """The row's tags are exactly these from now on. Tags that nothing wears any more are removed."""
    row.tags.set(find_or_create_tags(names, team=team))
    sweep_orphans(team)


def find_or_create_tags(names: Iterable[str], *, team: Team) -> list[Tag]:
    wanted = normalise(names)
    if not wanted:
        return []
    Tag.objects.bulk_create([Tag(team=team, name=name) for name in wanted], ignore_conflicts=True)
    return list(Tag.objects.filter(team=team, name__in=wanted))


def sweep_orphans(team: Team) -> None:
    worn = [
        Exists(relation.through._default_manager.filter(tag=OuterRef("pk")))
        for relation in Tag._meta.related_objects
        if isinstance(relation, ManyToManyRel) and relation.through is not None
    ]
    orphans = Tag.objects.filter(team=team)
    for wearer in worn:
        orphans = orphans.filter(~wearer)
    orphans.delete()
