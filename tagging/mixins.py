from collections.abc import Collection
from typing import Any, ClassVar

from django.db import transaction
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.viewsets import ProjectScopedViewSet
from tagging.serializers import SKIPPED, BulkUpdateTagsBody, BulkUpdateTagsResult
from tagging.services import Tagged, bulk_update_tags


class BulkTagsViewMixin(ProjectScopedViewSet):
    """`bulk_update_tags/`: tags of many rows at once. Stands before `ProjectScopedViewSet` in the bases.

    It is open to keys once the view names it in `scope_object_write_actions`.
    """

    #: Of rows whose ids are no integers, bodies of their own.
    bulk_tags_body: ClassVar[type[BulkUpdateTagsBody]] = BulkUpdateTagsBody
    bulk_tags_result: ClassVar[type[BulkUpdateTagsResult]] = BulkUpdateTagsResult
    why_skipped: ClassVar[str] = SKIPPED

    @extend_schema(summary="Tag many of them at once", request=BulkUpdateTagsBody, responses=BulkUpdateTagsResult)
    @action(methods=["post"], detail=False)
    def bulk_update_tags(self, request: Request, **kwargs: Any) -> Response:
        body = self.body(self.bulk_tags_body)
        with transaction.atomic():
            rows = self.editable(self.get_queryset())
            self.before_bulk_tags(rows, body["ids"])
            tagged = bulk_update_tags(rows, team=self.team, **body)
            self.after_bulk_tags([row for row in tagged if row.has_changed])

        updated = {row.id: sorted(row.after) for row in tagged}
        skipped = dict.fromkeys(pk for pk in body["ids"] if pk not in updated)
        result = {
            "updated": [{"id": pk, "tags": tags} for pk, tags in updated.items()],
            "skipped": [{"id": pk, "reason": self.why_skipped} for pk in skipped],
        }
        return Response(self.bulk_tags_result(result).data)

    def load(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        # Of these rows only ids and tags are read.
        return queryset if self.action == "bulk_update_tags" else super().load(queryset)

    def editable(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those of the project's rows that the caller may edit; the others are skipped."""
        return queryset

    def before_bulk_tags(self, rows: QuerySet[Any], ids: Collection[Any]) -> None:
        """In the same transaction: for locks that have to be taken in an order of their own."""

    def after_bulk_tags(self, changed: list[Tagged]) -> None:
        """In the same transaction, with the rows still locked: for versions and the activity log."""
