"""Levels of access, from the lowest up, and which of several rules holds. Pure."""

from collections.abc import Iterable

NONE = "none"
PROJECT = "project"
MEMBER, ADMIN = "member", "admin"
VIEWER, EDITOR, MANAGER = "viewer", "editor", "manager"

LEVELS_OF_PROJECTS = (NONE, MEMBER, ADMIN)
LEVELS_OF_ROWS = (NONE, VIEWER, EDITOR, MANAGER)
#: Kinds of rows that rules can be made for.
RESOURCES = ("dashboard", "insight")


def levels_of(resource: str) -> tuple[str, ...]:
    return LEVELS_OF_PROJECTS if resource == PROJECT else LEVELS_OF_ROWS


def default_of(resource: str) -> str:
    """What an ordinary member has where no rule says otherwise."""
    return MEMBER if resource == PROJECT else EDITOR


def highest(levels: Iterable[str], resource: str) -> str | None:
    """The rule that holds: the one that gives most. None if there is none."""
    return max(levels, key=levels_of(resource).index, default=None)


def levels_from(wanted: str, resource: str) -> tuple[str, ...]:
    """`wanted` and all above it."""
    levels = levels_of(resource)
    return levels[levels.index(wanted) :]
