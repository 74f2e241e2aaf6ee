"""Rules of access: made, removed, and what they come to for everybody."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from accounts.access import ADMIN, MANAGER, NONE, PROJECT, default_of, highest, levels_of
from accounts.models import AccessControl, OrganizationMembership, Project, User
from common.exceptions import Refusal


@dataclass(frozen=True)
class Subject:
    """What rules are about: a project, one row with its creator, or all rows of a kind."""

    project: Project
    resource: str
    resource_id: object = None
    creator_id: int | None = None

    @property
    def rules(self) -> Any:
        return AccessControl.objects.for_project(self.project).about(self.resource, self.resource_id)


@dataclass(frozen=True)
class Access:
    """What somebody may do, and why."""

    membership: OrganizationMembership
    access_level: str
    access_source: str

    @property
    def user_id(self) -> int:
        return self.membership.user_id

    @property
    def organization_membership_id(self) -> UUID:
        return self.membership.pk

    @property
    def organization_membership_level(self) -> int:
        return self.membership.level


def set_rule(
    subject: Subject, *, access_level: str | None, organization_member: str | None = None, user: User
) -> AccessControl | None:
    """Makes or changes the rule for the member, or for everybody; None removes it. Raises Refusal."""
    member = _member(subject.project, organization_member) if organization_member else None
    key = {"organization_member": member, "resource": subject.resource}
    key["resource_id"] = None if subject.resource_id is None else str(subject.resource_id)
    rules = AccessControl.objects.for_project(subject.project)
    if access_level is None:
        rules.filter(**key).delete()
        return None
    rule, _ = rules.update_or_create(
        **key, team=subject.project.team, defaults={"access_level": access_level}, create_defaults={
            "access_level": access_level, "created_by": user,
        },
    )  # fmt: skip
    return rule


def users_with_access(subject: Subject) -> list[Access]:
    """Every active member who may do something, in the order of joining. Three queries."""
    rules = AccessControl.objects.for_project(subject.project)
    own = _by_member(subject.rules)
    general = _by_member(rules.about(subject.resource))
    of_project = _by_member(rules.about(PROJECT, subject.project.pk))
    memberships = subject.project.organization.memberships.of_active_users()
    found = [_access_of(membership, subject, own, general, of_project) for membership in memberships]
    return [access for access in found if access.access_level != NONE]


Levels = dict[Any, list[str]]


def _access_of(
    membership: OrganizationMembership, subject: Subject, own: Levels, general: Levels, of_project: Levels
) -> Access:
    top = levels_of(subject.resource)[-1]
    project_level = highest(_levels(of_project, membership), PROJECT)
    if membership.level >= OrganizationMembership.Level.ADMIN:
        return Access(membership, top, "organization_admin")
    if project_level == NONE:
        return Access(membership, NONE, "default")
    if subject.creator_id == membership.user_id:
        return Access(membership, top, "creator")
    if project_level == ADMIN and subject.resource != PROJECT:
        return Access(membership, MANAGER, "project_admin")
    level = highest(_levels(own, membership), subject.resource) or highest(
        _levels(general, membership), subject.resource
    )
    is_explicit = level is not None and level in own.get(membership.pk, general.get(membership.pk, []))
    return Access(membership, level or default_of(subject.resource), "explicit_member" if is_explicit else "default")


def _levels(rules: Levels, membership: OrganizationMembership) -> list[str]:
    return [*rules.get(None, []), *rules.get(membership.pk, [])]


def _by_member(rules: Any) -> Levels:
    """Levels by membership; those for everybody under None."""
    found: Levels = {}
    for member, level in rules.values_list("organization_member", "access_level"):
        found.setdefault(member, []).append(level)
    return found


def _member(project: Project, reference: str) -> OrganizationMembership:
    try:
        pk = UUID(reference)
    except ValueError:
        pk = None
    member = project.organization.memberships.filter(pk=pk).first() if pk else None
    if member is None:
        raise Refusal("Invalid organization member id. It names no member.", attr="organization_member")
    return member
