from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import IntegrityError

from accounts.services import LEVELS, bootstrap


class Command(BaseCommand):
    help = "Finds or creates a user, an organization and a project, issues a key, and prints them as one JSON object."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="Accepted for clarity: the answer is always JSON.")
        parser.add_argument("--email", default="admin@posthog-lite.local")
        parser.add_argument("--organization", default="My organization")
        parser.add_argument("--project", default="Default project")
        parser.add_argument("--level", choices=list(LEVELS), default="owner")
        parser.add_argument("--password", help="Sets it, also for a user who is there already.")
        parser.add_argument("--staff", action="store_true", help="May use the admin and edit what is global.")
        parser.add_argument("--personal-api-key", help="Use this key, found or made, instead of a new one.")
        parser.add_argument("--project-api-key", help="The token that events are captured with.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = bootstrap(
                email=options["email"],
                organization_name=options["organization"],
                project_name=options["project"],
                level=options["level"],
                password=options["password"],
                is_staff=options["staff"],
                personal_api_key=options["personal_api_key"],
                project_api_key=options["project_api_key"],
            )
        except IntegrityError as exc:
            raise CommandError("That key belongs to another user or project already.") from exc
        self.stdout.write(orjson.dumps(made, option=orjson.OPT_INDENT_2).decode())
