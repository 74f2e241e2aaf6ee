from dashboards.models import Dashboard
from dashboards.querysets import DashboardQuerySet
from dashboards.services.activities import log_new_tags
from dashboards.views.base import DashboardsView
from tagging.mixins import BulkTagsViewMixin
from tagging.services import Tagged


class DashboardTagsMixin(BulkTagsViewMixin, DashboardsView):
    """`bulk_update_tags/` for dashboards: each one that changes gets a new version and an entry in the log."""

    def editable(self, queryset: DashboardQuerySet) -> DashboardQuerySet:  # type: ignore[override]
        return queryset.editable_by(self.caller, self.project)

    def after_bulk_tags(self, changed: list[Tagged]) -> None:
        if changed:
            Dashboard.objects.filter(pk__in=[row.id for row in changed]).bump()
            log_new_tags(changed, team=self.team, user=self.caller)
