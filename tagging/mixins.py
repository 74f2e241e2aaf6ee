from typing import Any

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

    @extend_schema(summary="Tag many of them at once", request=BulkUpdateTagsBody, responses=BulkUpdateTagsResult)
    @action(methods=["post"], detail=False)
    def bulk_update_tags(self, request: Request, **kwargs: Any) -> Response:
        body = self.body(BulkUpdateTagsBody)
        with transaction.atomic():
            tagged = bulk_update_tags(self.editable(self.get_queryset()), team=self.team, **body)
            self.after_bulk_tags([row for row in tagged if row.has_changed])

        updated = {row.id: sorted(row.after) for row in tagged}
        skipped = dict.fromkeys(pk for pk in body["ids"] if pk not in updated)
        result = {
            "updated": [{"id": pk, "tags": tags} for pk, tags in updated.items()],
            "skipped": [{"id": pk, "reason": SKIPPED} for pk in skipped],
        }
        return Response(BulkUpdateTagsResult(result).data)

    def load(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        # Of these rows only ids and tags are read.
        return queryset if self.action == "bulk_update_tags" else super().load(queryset)

    def editable(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those of the project's rows that the caller may edit; the others are skipped."""
        return queryset

    def after_bulk_tags(self, changed: list[Tagged]) -> None:
        """In the same transaction, with the rows still locked: for versions and the activity log."""
