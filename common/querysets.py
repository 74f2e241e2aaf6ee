from typing import Any, Self, TypeVar

from django.core.exceptions import ObjectDoesNotExist
from django.db import models

from common.exceptions import Missing

ModelT = TypeVar("ModelT", bound=models.Model)


class BaseQuerySet(models.QuerySet[ModelT]):
    def get_or_refuse(self, detail: str = "Not found.", **lookup: Any) -> ModelT:
        """The one row, or Missing with `detail`."""
        try:
            return self.get(**lookup)
        except ObjectDoesNotExist:
            raise Missing(detail) from None


def keep_related(row: models.Model, name: str, related: list[Any]) -> None:
    """Gives the row these for `row.name.all()`, as if `prefetch_related` had read them."""
    relation = row._meta.get_field(name)
    rows: Any = relation.related_model._base_manager.get_queryset()  # type: ignore[union-attr]
    rows._result_cache, rows._prefetch_done = related, True
    row.__dict__.setdefault("_prefetched_objects_cache", {})[name] = rows


class SoftDeleteQuerySet(BaseQuerySet[ModelT]):
    def live(self) -> Self:
        """`deleted` may be null, which counts as not deleted (PostHog's tiles)."""
        return self.exclude(deleted=True)
