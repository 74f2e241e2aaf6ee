from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Organization, Team, User
from accounts.scopes import is_scope
from accounts.services import issue_personal_api_key


def comma_separated(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


class Command(BaseCommand):
    help = "Makes a personal API key for a user and prints it. The value is shown this once."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="Accepted for clarity: the answer is always JSON.")
        parser.add_argument("--email", required=True)
        parser.add_argument("--label", required=True)
        parser.add_argument(
            "--scopes", required=True, type=comma_separated, help="For example dashboard:read,query:read"
        )
        parser.add_argument("--teams", default=[], type=comma_separated, help="Ids of the projects it is confined to.")
        parser.add_argument("--organizations", default=[], type=comma_separated, help="UUIDs it is confined to.")

    def handle(self, *args: Any, **options: Any) -> None:
        key = issue_personal_api_key(
            user=self._user(options["email"]),
            label=options["label"][:40],
            scopes=self._scopes(options["scopes"]),
            scoped_teams=self._teams(options["teams"]),
            scoped_organizations=self._organizations(options["organizations"]),
        )
        made = {
            "id": key.pk,
            "value": key.value,
            "label": key.label,
            "mask_value": key.mask_value,
            "scopes": key.scopes,
            "scoped_teams": key.scoped_teams,
            "scoped_organizations": key.scoped_organizations,
            "user_id": key.user_id,
        }
        self.stdout.write(orjson.dumps(made, option=orjson.OPT_INDENT_2).decode())

    def _user(self, email: str) -> User:
        user = User.objects.filter(email__iexact=email).first()
        if user is None:
            raise CommandError(f"No user has the email {email}.")
        return user

    def _scopes(self, scopes: list[str]) -> list[str]:
        unknown = [scope for scope in scopes if not is_scope(scope)]
        if unknown or not scopes:
            raise CommandError(f"Invalid scope: {', '.join(unknown) or 'none given'}")
        return scopes

    def _teams(self, ids: list[str]) -> list[int]:
        if not all(text.isascii() and text.isdigit() for text in ids):
            raise CommandError("--teams takes integer ids.")
        known = set(Team.objects.filter(pk__in=[int(text) for text in ids]).values_list("pk", flat=True))
        if len(known) != len(set(ids)):
            raise CommandError("--teams names a project that does not exist.")
        return sorted(known)

    def _organizations(self, uuids: list[str]) -> list[str]:
        known = {str(pk) for pk in Organization.objects.values_list("pk", flat=True)}
        if not known.issuperset(uuids):
            raise CommandError("--organizations names an organization that does not exist.")
        return uuids
