from typing import TYPE_CHECKING, Self

from django.db.models import Exists, ManyToManyRel, OuterRef

from accounts.querysets import ProjectScopedQuerySet

if TYPE_CHECKING:
    from tagging.models import Tag


class TagQuerySet(ProjectScopedQuerySet["Tag"]):
    def unworn(self) -> Self:
        """On no row of any kind."""
        tags = self
        for relation in self.model._meta.related_objects:
            if isinstance(relation, ManyToManyRel) and relation.through is not None:
                tags = tags.filter(~Exists(relation.through._default_manager.filter(tag=OuterRef("pk"))))
        return tags

    def not_being_put_on(self) -> Self:
        """Locked until the transaction ends, without those that another transaction is putting on a row."""
        return self.select_for_update(skip_locked=True, of=("self",))
