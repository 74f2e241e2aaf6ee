"""Rows that rules of access can be made for. They have a team and a creator, who is always let in."""

from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Cast

from accounts.access import MANAGER, VIEWER, highest, levels_from
from accounts.models import AccessControl
from accounts.querysets import ProjectScopedQuerySet
from common.exceptions import Forbidden

if TYPE_CHECKING:
    from accounts.models import Project

ModelT = TypeVar("ModelT", bound=models.Model)


class RuledQuerySet(ProjectScopedQuerySet[ModelT]):
    def with_rules_for(self, user: Any) -> Self:
        """Adds `own_rules`, the access levels that rules for the row give to the user."""
        return self.annotate(own_rules=ArraySubquery(self._rules(user).order_by().values("access_level")))

    def allowing(self, wanted: str, user: Any, project: "Project") -> Self:
        """Those on which the user has this level: `RuledModel.allows`, for many at once."""
        if project.is_administered:
            return self
        return self.filter(Q(created_by=user.pk) | self._open_to(user, project, wanted))

    def visible_to(self, user: Any, project: "Project") -> Self:
        """Without those that a rule closes to the user."""
        return self.allowing(VIEWER, user, project)

    def _open_to(self, user: Any, project: "Project", wanted: str) -> Q:
        """Rules for the row go before those for all rows of the kind."""
        kind = self.model.access_resource  # type: ignore[attr-defined]
        rules, enough = self._rules(user), levels_from(wanted, kind)
        by_rule = Q(Exists(rules.filter(access_level__in=enough)))
        return by_rule | ~Q(Exists(rules)) if project.level_for(kind) in enough else by_rule

    def _rules(self, user: Any) -> models.QuerySet[AccessControl]:
        kind = self.model.access_resource  # type: ignore[attr-defined]
        about = Cast(OuterRef("pk"), models.CharField())
        return AccessControl.objects.holding_for(user).filter(team=OuterRef("team"), resource=kind, resource_id=about)


class RuledModel(models.Model):
    #: What rules call the kind of rows.
    access_resource: ClassVar[str]

    class Meta:
        abstract = True

    def is_run_by(self, user: Any, project: "Project") -> bool:
        """By its creator and the project's admins, whom no rule stops."""
        is_creator = user.pk is not None and self.created_by_id == user.pk  # type: ignore[attr-defined]
        return is_creator or project.is_administered

    def access_level_of(self, user: Any, project: "Project") -> str:
        """By the rules for this row, else by those for all rows of the kind."""
        if self.is_run_by(user, project):
            return MANAGER
        return highest(self._rules_for(user), self.access_resource) or project.level_for(self.access_resource)

    def allows(self, wanted: str, user: Any, project: "Project") -> bool:
        return self.access_level_of(user, project) in levels_from(wanted, self.access_resource)

    def refuse_unless_allows(self, wanted: str, user: Any, project: "Project") -> None:
        """Raises Forbidden."""
        if not self.allows(wanted, user, project):
            raise Forbidden(f"You do not have {wanted} access to this resource.")

    def _rules_for(self, user: Any) -> list[str]:
        """The levels that they give; `with_rules_for(user)` saves the question to the database."""
        if hasattr(self, "own_rules"):
            return self.own_rules
        rules = self.team.access_controls.holding_for(user)  # type: ignore[attr-defined]
        return list(rules.about(self.access_resource, self.pk).values_list("access_level", flat=True))
