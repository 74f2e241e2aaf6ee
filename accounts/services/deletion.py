"""Rows and all that hangs on them, deleted where they lie.

Django's own cascade reads rows before it deletes them, which for the persons of a large project is more than fits.
"""

from collections.abc import Iterator
from typing import Any

from django.db import models, transaction

from accounts.models import Organization, Project, Team


@transaction.atomic
def delete_project(project: Project) -> None:
    """With its team, and everything in it."""
    _lock(Team.objects.filter(pk=project.pk))
    _delete(Project.objects.filter(pk=project.pk))


@transaction.atomic
def delete_organization(organization: Organization) -> None:
    """With its projects, and everything in them."""
    _lock(Team.objects.filter(project__organization=organization))
    _delete(Organization.objects.filter(pk=organization.pk))


def _lock(teams: models.QuerySet[Team]) -> None:
    """Whoever wants to put something into them waits, and then finds them gone."""
    list(teams.order_by("pk").select_for_update(of=("self",)).values_list("pk"))


def _delete(rows: models.QuerySet[Any]) -> None:
    """What hangs on the rows first. As many statements for one row as for a million."""
    for relation in _relations_to(rows.model):
        hanging = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": rows.values("pk")})
        if relation.on_delete is models.CASCADE:
            _delete(hanging)
        elif relation.on_delete is models.SET_NULL:
            hanging.update(**{relation.field.name: None})
    rows._raw_delete(rows.db)


def _relations_to(model: type[models.Model]) -> Iterator[Any]:
    for field in model._meta.get_fields(include_hidden=True):
        if field.auto_created and not field.concrete and (field.one_to_many or field.one_to_one):
            yield field
