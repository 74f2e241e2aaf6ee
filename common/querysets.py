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


class SoftDeleteQuerySet(BaseQuerySet[ModelT]):
    def live(self) -> Self:
        """`deleted` may be null, which counts as not deleted (PostHog's tiles)."""
        return self.exclude(deleted=True)
