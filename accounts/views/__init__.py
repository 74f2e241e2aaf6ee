from accounts.views.keys import PersonalAPIKeyViewSet
from accounts.views.organizations import OrganizationViewSet
from accounts.views.projects import OrganizationProjectViewSet, ProjectViewSet
from accounts.views.sessions import LoginView, LogoutView
from accounts.views.users import UserViewSet

__all__ = [
    "LoginView",
    "LogoutView",
    "OrganizationProjectViewSet",
    "OrganizationViewSet",
    "PersonalAPIKeyViewSet",
    "ProjectViewSet",
    "UserViewSet",
]
