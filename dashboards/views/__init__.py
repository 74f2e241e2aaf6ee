from dashboards.views.collaborators import DashboardCollaboratorViewSet
from dashboards.views.dashboards import DashboardViewSet
from dashboards.views.templates import DashboardTemplateViewSet

__all__ = ["DashboardCollaboratorViewSet", "DashboardTemplateViewSet", "DashboardViewSet"]
