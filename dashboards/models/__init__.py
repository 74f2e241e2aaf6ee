from dashboards.models.cards import ButtonTile, Text
from dashboards.models.dashboard import Dashboard, DashboardCollaborator
from dashboards.models.snapshot import DashboardSnapshot
from dashboards.models.template import DashboardTemplate
from dashboards.models.tile import DashboardTile

__all__ = [
    "ButtonTile",
    "Dashboard",
    "DashboardCollaborator",
    "DashboardSnapshot",
    "DashboardTemplate",
    "DashboardTile",
    "Text",
]
