from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.progress import Progress

from accounts.models import OrganizationMembership, Project
from posthog_lite.demo import build
from posthog_lite.demo.product import DAYS


class Command(BaseCommand):
    help = "Fills a project with 90 days of events of a small notes app, and with dashboards over them. Once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--project", type=int, required=True, help="Id of the project to fill.")

    def handle(self, *args: Any, **options: Any) -> None:
        membership = (
            OrganizationMembership.objects.select_related("user")
            .filter(organization__projects=options["project"])
            .order_by("-level", "joined_at")
            .first()
        )
        if membership is None:
            raise CommandError(f"There is no project {options['project']}, or nobody belongs to it.")
        project = Project.objects.with_membership_of(membership.user).get(pk=options["project"])
        if build.is_built(project.team):
            return
        with Progress(console=Console(stderr=True)) as progress:
            days = progress.add_task("Living 90 days", total=DAYS)
            build.build(project=project, user=membership.user, advance=lambda: progress.advance(days))
