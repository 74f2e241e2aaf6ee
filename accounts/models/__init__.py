from accounts.models.access_control import AccessControl
from accounts.models.organization import Organization, OrganizationMembership
from accounts.models.personal_api_key import PersonalAPIKey
from accounts.models.project import Project, Team
from accounts.models.rate_count import RateCount
from accounts.models.user import User

__all__ = [
    "AccessControl",
    "Organization",
    "OrganizationMembership",
    "PersonalAPIKey",
    "Project",
    "RateCount",
    "Team",
    "User",
]
