from dashboards.views.dashboards import DashboardViewSet

__all__ = ["DashboardViewSet"]
