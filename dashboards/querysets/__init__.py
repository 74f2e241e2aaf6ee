from dashboards.querysets.collaborators import DashboardCollaboratorQuerySet
from dashboards.querysets.dashboards import GENERATED_PREFIX, DashboardManager, DashboardQuerySet
from dashboards.querysets.snapshots import DashboardSnapshotQuerySet
from dashboards.querysets.templates import GLOBAL, DashboardTemplateQuerySet
from dashboards.querysets.tiles import DashboardTileManager, DashboardTileQuerySet

__all__ = [
    "GENERATED_PREFIX",
    "GLOBAL",
    "DashboardCollaboratorQuerySet",
    "DashboardManager",
    "DashboardQuerySet",
    "DashboardSnapshotQuerySet",
    "DashboardTemplateQuerySet",
    "DashboardTileManager",
    "DashboardTileQuerySet",
]
