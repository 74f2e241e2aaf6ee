"""Templates that people store."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import Team, User
from common.exceptions import Forbidden, Missing, Refusal
from dashboards.models import DashboardTemplate

Fields = Mapping[str, Any]

CONSTRAINTS = ("one_template_per_name", "one_template_of_nobody_per_name")
#: What null means in a body.
NEVER_NULL = {"tags": [], "deleted": False, "scope": DashboardTemplate.Scope.TEAM}


def create_template(fields: Fields, *, team: Team, user: User) -> DashboardTemplate:
    """One of the project's own; global only by staff. Raises Forbidden, and Refusal for a name that is taken."""
    columns = _columns(fields)
    _refuse_global(columns, user)
    with _each_name_once():
        return DashboardTemplate.objects.create(team=team, created_by=user, **columns)


def update_template(template: DashboardTemplate, fields: Fields, *, user: User) -> DashboardTemplate:
    """Raises Missing for a removed one that is not brought back, Forbidden, Refusal."""
    columns = _columns(fields)
    with _each_name_once():
        template = DashboardTemplate.objects.for_detail().locked().get_or_refuse(pk=template.pk)
        if template.deleted and columns.get("deleted") is not False:
            raise Missing()
        if template.team_id is None and columns.get("scope", template.scope) != template.scope:
            raise Refusal("A global template that belongs to no project cannot become a project's.", attr="scope")
        _refuse_global(columns, user)
        for name, value in columns.items():
            setattr(template, name, value)
        template.save(update_fields=list(columns))
    return template


def _columns(fields: Fields) -> dict[str, Any]:
    return {name: NEVER_NULL[name] if not value and name in NEVER_NULL else value for name, value in fields.items()}


def _refuse_global(columns: Fields, user: User) -> None:
    if columns.get("scope") == DashboardTemplate.Scope.GLOBAL and not user.is_staff:
        raise Forbidden("Only staff users can make templates global.")


@contextmanager
def _each_name_once() -> Iterator[None]:
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if not any(name in str(error) for name in CONSTRAINTS):
            raise
        raise Refusal("There is a template with this name already.", code="unique", attr="template_name") from error
