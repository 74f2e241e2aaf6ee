"""Deeds over several of the tables of accounts. They know no request."""

from accounts.services.access_rules import Subject, set_rule, users_with_access
from accounts.services.deletion import delete_organization, delete_project
from accounts.services.keys import create_personal_api_key, issue_personal_api_key, roll_personal_api_key
from accounts.services.tenants import (
    LEVELS,
    bootstrap,
    create_organization,
    create_project,
    delete_user,
    is_time_zone,
    rename_project,
)

__all__ = [
    "LEVELS",
    "Subject",
    "bootstrap",
    "create_organization",
    "create_personal_api_key",
    "create_project",
    "delete_organization",
    "delete_project",
    "delete_user",
    "is_time_zone",
    "issue_personal_api_key",
    "rename_project",
    "roll_personal_api_key",
    "set_rule",
    "users_with_access",
]
