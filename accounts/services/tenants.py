"""People, organizations and projects: made, renamed, removed."""

import secrets
from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import Organization, OrganizationMembership, Project, Team, User
from accounts.services.keys import issue_personal_api_key
from accounts.tokens import hash_key
from common.exceptions import Conflict

BOOTSTRAP_LABEL = "bootstrap"
LEVELS = {level.name.lower(): level for level in OrganizationMembership.Level}


@transaction.atomic
def create_project(*, organization: Organization, name: str, api_token: str | None = None) -> Project:
    """A project with its one team."""
    project = Project.objects.create(organization=organization, name=name)
    team = Team(project=project, name=name)
    if api_token:
        team.api_token = api_token
    team.save(force_insert=True)
    return project


@transaction.atomic
def rename_project(*, project: Project, name: str) -> None:
    """A project and its team go by one name."""
    project.name = name
    project.save(update_fields=["name"])
    Team.objects.filter(pk=project.pk).update(name=name, updated_at=timezone.now())


def delete_user(user: User) -> None:
    """Raises Conflict while the user belongs to an organization."""
    if user.memberships.exists():
        raise Conflict("Cannot delete user with organization memberships.")
    user.delete()


@transaction.atomic
def bootstrap(
    *,
    email: str,
    organization_name: str,
    project_name: str,
    level: str = "owner",
    password: str | None = None,
    is_staff: bool = False,
    personal_api_key: str | None = None,
    project_api_key: str | None = None,
) -> dict[str, Any]:
    """Finds or creates user, organization, project and membership, and issues a key of scope `*`.

    Answers what a client needs to start: the JSON of `manage.py bootstrap`. `password` is null for a user who was
    there already and keeps the old one.
    """
    user, shown_password = _find_or_create_user(email=email, password=password, is_staff=is_staff)
    organization = Organization.objects.filter(name=organization_name).first() or Organization.objects.create(
        name=organization_name
    )
    OrganizationMembership.objects.get_or_create(
        organization=organization, user=user, defaults={"level": LEVELS[level]}
    )
    project = _find_or_create_project(organization=organization, name=project_name, api_token=project_api_key)
    if user.current_team_id is None:
        user.current_organization, user.current_team = organization, project.team
        user.save(update_fields=["current_organization", "current_team"])
    return {
        "host": settings.SITE_URL,
        "project_id": project.pk,
        "environment_id": project.team.pk,
        "project_api_key": project.team.api_token,
        "personal_api_key": _find_or_issue_key(user=user, value=personal_api_key),
        "organization_id": str(organization.pk),
        "user": {"id": user.pk, "uuid": str(user.uuid), "email": user.email},
        "password": shown_password,
    }


def _find_or_create_user(*, email: str, password: str | None, is_staff: bool) -> tuple[User, str | None]:
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        shown = password or secrets.token_urlsafe(12)
        return User.objects.create_user(email, shown, is_staff=is_staff, is_superuser=is_staff), shown
    if password:
        user.set_password(password)
    if is_staff:
        user.is_staff = user.is_superuser = True
    if password or is_staff:
        user.save(update_fields=["password", "is_staff", "is_superuser"])
    return user, password


def _find_or_create_project(*, organization: Organization, name: str, api_token: str | None) -> Project:
    project = organization.projects.select_related("team").filter(name=name).first()
    if project is None:
        return create_project(organization=organization, name=name, api_token=api_token)
    if api_token and project.team.api_token != api_token:
        project.team.api_token = api_token
        project.team.save(update_fields=["api_token", "updated_at"])
    return project


def _find_or_issue_key(*, user: User, value: str | None) -> str:
    if value and user.personal_api_keys.filter(secure_value=hash_key(value)).exists():
        return value
    key = issue_personal_api_key(user=user, label=BOOTSTRAP_LABEL, scopes=["*"], value=value)
    return key.value or ""


def is_time_zone(name: str) -> bool:
    return name in available_timezones()


@transaction.atomic
def create_organization(*, owner: User, **fields: Any) -> Organization:
    organization = Organization.objects.create(**fields)
    OrganizationMembership.objects.create(
        organization=organization, user=owner, level=OrganizationMembership.Level.OWNER
    )
    return organization
