"""Who may edit a restricted dashboard besides its creator and the project's admins."""

from uuid import UUID

from django.db import transaction

from accounts.access import NONE
from accounts.models import Project, User
from common.exceptions import Missing, Refusal
from dashboards.models import Dashboard, DashboardCollaborator


@transaction.atomic
def add_collaborator(dashboard: Dashboard, *, user_uuid: UUID, level: int, project: Project) -> DashboardCollaborator:
    """Raises Refusal for whoever needs no invitation or can make no use of it."""
    _refuse_if_open(dashboard, deed="add collaborators to")
    if level != Dashboard.PrivilegeLevel.CAN_EDIT:
        raise Refusal("Only edit access can be explicitly specified currently.")

    user = User.objects.filter(uuid=user_uuid, is_active=True).first()
    if user is None:
        raise Refusal("User does not exist.")
    as_theirs = Project.objects.with_membership_of(user).get(pk=project.pk)
    if as_theirs.access_level in {None, NONE}:
        raise Refusal("Cannot add collaborators that have no access to the project.")
    if dashboard.may_be_restricted_by(user, as_theirs):
        raise Refusal(
            "Cannot add collaborators that already have inherent access (the dashboard owner or a project admins)."
        )

    collaborator, is_new = dashboard.collaborators.get_or_create(user=user, defaults={"level": level})
    if not is_new:
        raise Refusal("User already is a collaborator.")
    return collaborator


def remove_collaborator(dashboard: Dashboard, *, user_uuid: UUID) -> None:
    """Raises Refusal, and Missing for somebody who is none."""
    _refuse_if_open(dashboard, deed="remove collaborators from")
    removed, _ = dashboard.collaborators.of_user(user_uuid).delete()
    if not removed:
        raise Missing()


def _refuse_if_open(dashboard: Dashboard, *, deed: str) -> None:
    if dashboard.restriction_level < Dashboard.RestrictionLevel.ONLY_COLLABORATORS_CAN_EDIT:
        raise Refusal(f"Cannot {deed} a dashboard on the lowest restriction level.")
