from collections.abc import Sequence

from accounts.models import User
from activity.changes import Change
from activity.services import Entry, log_activity
from sharing.models import SharingConfiguration


def log_share(share: SharingConfiguration, activity: str, *, user: User | None, changes: Sequence[Change] = ()) -> None:
    """Written down with what is shared. `user` is None for visitors."""
    resource = share.resource
    entry = Entry(
        item_id=resource.pk,
        name=resource.name or getattr(resource, "derived_name", None),
        short_id=getattr(resource, "short_id", None),
        changes=changes,
    )
    log_activity(entry, team=share.team, user=user, scope=share.resource_type, activity=activity)
