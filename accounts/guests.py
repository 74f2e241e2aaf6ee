from abc import ABC, abstractmethod
from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request


class Guest(ABC):
    """A caller without an account, let in by something that he holds: `request.auth`, while `request.user` is nobody.

    What lets him in is known to an app above; here is only what a view of a project asks him.
    """

    @abstractmethod
    def may(self, view: Any) -> bool:
        """Whether this action of this project is open to him."""

    @abstractmethod
    def narrow(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows of the project that he may see."""

    @abstractmethod
    def redact(self, body: Any, view: Any) -> Any:
        """The view's answer, with nothing in it that is not for him."""


def guest_of(request: Request) -> Guest | None:
    return request.auth if isinstance(request.auth, Guest) else None
