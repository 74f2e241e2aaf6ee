"""The SQL over actions."""

import re
from collections.abc import Callable, Collection
from functools import cache
from typing import TYPE_CHECKING, Self

from django.db import models

from accounts.querysets import ProjectScopedQuerySet
from events.filtering.actions import MeantAction

_ID = re.compile(r"[0-9]{1,18}")

if TYPE_CHECKING:
    # Named in quotes below, where ruff does not look.
    from events.models import Action  # noqa: F401


class ActionQuerySet(ProjectScopedQuerySet["Action"]):
    def live(self) -> Self:
        return self.filter(deleted=False)

    def for_list(self) -> Self:
        return self.for_detail().order_by("name", "id")

    def for_detail(self) -> Self:
        return self.select_related("created_by").prefetch_related("tags")

    def with_id(self, text: str) -> "Action | None":
        """None for what can be no id, too."""
        return self.filter(pk=int(text)).first() if _ID.fullmatch(text) else None

    def with_name(self, name: str, *, other_than: int | None = None) -> Self:
        return self.live().filter(name=name).exclude(pk=other_than)

    def meant_by(self, ids: Collection[int], *, team_id: int) -> dict[int, MeantAction]:
        """By id, as queries need them. Ids that Postgres could not hold name nothing."""
        actions = self.filter(team_id=team_id, pk__in=[one for one in ids if 0 <= one < 2**63])
        return {action.pk: MeantAction(name=action.name, alternatives=action.alternatives) for action in actions}

    def lookup(self, *, team_id: int) -> Callable[[int], MeantAction | None]:
        """What `Clock.action_of` asks: a statement for each action that a behaviour names, once."""

        @cache
        def action_of(action_id: int) -> MeantAction | None:
            return self.meant_by([action_id], team_id=team_id).get(action_id)

        return action_of

    def locked(self) -> Self:
        return self.select_for_update(of=("self",), no_key=True)


class ActionManager(models.Manager.from_queryset(ActionQuerySet)):  # type: ignore[misc]
    def get_queryset(self) -> ActionQuerySet:
        return super().get_queryset().live()
