"""Tags of rows, and of many rows at once. Set-based: the number of statements does not grow with rows or tags."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models import Model, OuterRef, QuerySet

from accounts.models import Team
from tagging.models import Tag, TaggableModel

Names = frozenset[str]

ACTIONS: dict[str, Callable[[Names, Names], Names]] = {
    "add": lambda worn, named: worn | named,
    "remove": lambda worn, named: worn - named,
    "set": lambda worn, named: named,
}


@dataclass(frozen=True)
class Tagged:
    """A row and its tags before and after."""

    id: int
    before: Names
    after: Names

    @property
    def has_changed(self) -> bool:
        return self.before != self.after


def normalise(names: Iterable[str]) -> list[str]:
    """Stripped, lower-cased, each once, sorted; empty ones dropped."""
    return sorted({name.strip().lower() for name in names} - {""})


@transaction.atomic
def set_tags(row: TaggableModel, names: Iterable[str], *, team: Team) -> None:
    """The row's tags are exactly these from now on. Tags that nothing wears any more are removed after the commit."""
    wanted = {tag.pk for tag in find_or_create_tags(names, team=team)}
    worn = set(row.tags.values_list("pk", flat=True))
    row.tags.add(*(wanted - worn))
    if worn - wanted:
        row.tags.remove(*(worn - wanted))
        sweep_orphans_later(team)


@transaction.atomic
def bulk_update_tags(
    rows: QuerySet[Any], *, ids: Collection[int], action: str, tags: Iterable[str], team: Team
) -> list[Tagged]:
    """Adds, removes or sets tags on those of `rows` that have these ids, and answers them in the order of `rows`.

    The rows are locked in the order of their ids until the surrounding transaction ends. Two statements if nothing
    changes, five at most, and the sweep after the commit.
    """
    named = frozenset(normalise(tags))
    found = rows.filter(pk__in=ids)
    _lock(found)

    tagged = [Tagged(pk, frozenset(worn), ACTIONS[action](frozenset(worn), named)) for pk, worn in _with_names(found)]
    losing = [row for row in tagged if row.before - row.after]
    gaining = [row for row in tagged if row.after - row.before]
    if losing:
        _take_off(losing, model=rows.model)
    if gaining:
        _put_on(gaining, model=rows.model, team=team)
    if losing:
        sweep_orphans_later(team)
    return tagged


def find_or_create_tags(names: Iterable[str], *, team: Team) -> list[Tag]:
    """One statement, which also locks the tags that were there: nobody sweeps them before they are put on a row."""
    return Tag.objects.bulk_create(
        [Tag(team=team, name=name) for name in normalise(names)],
        update_conflicts=True,
        unique_fields=["team", "name"],
        update_fields=["name"],
    )


def sweep_orphans_later(team: Team) -> None:
    """Removes the team's tags that nothing wears, once the transaction is committed.

    Not inside it: two transactions that take off a tag's last wearings at one moment each still see the other's. The
    later commit sees both gone.
    """
    transaction.on_commit(partial(sweep_orphans, team), robust=True)


@transaction.atomic
def sweep_orphans(team: Team) -> None:
    """Looks twice: what a tag was put on between the first look and the lock is seen by the second."""
    tags = Tag.objects.filter(team=team)
    orphans = list(tags.unworn().not_being_put_on().values_list("pk", flat=True))
    if orphans:
        # Django's own delete would first clear each table of wearings, which are empty of these.
        tags.filter(pk__in=orphans).unworn()._raw_delete(tags.db)


def _lock(rows: QuerySet[Any]) -> None:
    # Apart from `rows`, whose joins and order Postgres might refuse to lock.
    locked = rows.model._base_manager.filter(pk__in=rows.order_by().values("pk")).order_by("pk")
    list(locked.select_for_update(of=("self",), no_key=True).values_list("pk"))


def _with_names(rows: QuerySet[Any]) -> Iterable[tuple[int, list[str]]]:
    through, row = _wearings(rows.model)
    names = through._default_manager.filter(**{row: OuterRef("pk")}).values("tag__name")
    return rows.annotate(tag_names=ArraySubquery(names)).values_list("pk", "tag_names")


def _take_off(losing: list[Tagged], *, model: type[Model]) -> None:
    """What one row loses no other keeps, so that one statement serves them all."""
    through, row = _wearings(model)
    lost = frozenset[str]().union(*(tagged.before - tagged.after for tagged in losing))
    wearings = through._default_manager.filter(**{f"{row}__in": [tagged.id for tagged in losing]})
    wearings.filter(tag__name__in=lost).delete()


def _put_on(gaining: list[Tagged], *, model: type[Model], team: Team) -> None:
    through, row = _wearings(model)
    gained = frozenset[str]().union(*(tagged.after - tagged.before for tagged in gaining))
    tags = find_or_create_tags(gained, team=team)
    through._default_manager.bulk_create(
        [
            through(**{f"{row}_id": tagged.id, "tag": tag})
            for tagged in gaining
            for tag in tags
            if tag.name in tagged.after and tag.name not in tagged.before
        ],
        ignore_conflicts=True,
    )


def _wearings(model: type[Model]) -> tuple[type[Model], str]:
    """The table between this model and tags, and its column for the row."""
    tags: Any = model._meta.get_field("tags")
    return tags.remote_field.through, tags.m2m_field_name()
