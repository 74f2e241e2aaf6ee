from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from posthog_lite import launcher


class Command(BaseCommand):
    help = "Starts everything: Postgres unless DATABASE_URL is set, the web server, migrations, the first user."
    requires_system_checks = []  # They cost a quarter of the time to the first answer; `make lint` runs them.

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--demo", action="store_true", help="Fill the project with demo data.")

    def handle(self, *args: Any, demo: bool, **options: Any) -> None:
        launcher.run(demo=demo)
