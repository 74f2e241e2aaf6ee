"""Requests that start at the same moment, each on a connection of its own."""

from collections.abc import Callable
from threading import Barrier, Thread

from django.db import connection
from rest_framework.test import APIClient

from tests.factories.accounts import MembershipFactory, PersonalAPIKeyFactory, ProjectFactory, UserFactory


class Race:
    """A project with an owner, and `run`, which calls all at once."""

    def __init__(self) -> None:
        self.project = ProjectFactory()
        self.user = UserFactory()
        MembershipFactory(organization=self.project.organization, user=self.user, level=15)
        self._key = PersonalAPIKeyFactory(user=self.user).value

    @property
    def team(self):
        return self.project.team

    def post(self, path: str, body: dict) -> int:
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {self._key}")
        return client.post(f"/api/projects/{self.project.pk}/{path}", body).status_code

    def run(self, *deeds: Callable[[], list[int]]) -> list[int]:
        """The statuses that all deeds answered, in no order."""
        start, statuses = Barrier(len(deeds)), []

        def do(deed):
            start.wait()
            try:
                statuses.extend(deed())
            finally:
                connection.close()

        threads = [Thread(target=do, args=[deed]) for deed in deeds]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return statuses
