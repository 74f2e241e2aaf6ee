from accounts.models.organization import Organization, OrganizationMembership
from accounts.models.personal_api_key import PersonalAPIKey
from accounts.models.project import Project, Team
from accounts.models.rate_count import RateCount
from accounts.models.user import User

__all__ = ["Organization", "OrganizationMembership", "PersonalAPIKey", "Project", "RateCount", "Team", "User"]
