"""Steps renamed: parts of a name replaced by an alias, names that fit a wildcard put together under it. Pure.

Done here and not in SQL, because the two dialects of patterns agree on what matches, but not on how much of it.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import re2

from common.exceptions import Refusal
from events.filtering.errors import at_place
from events.filtering.regexes import to_postgres
from insights.queries.nodes.insights import PathCleaningFilter, PathsFilter

MAX_RULES = 50
# Rules may double a name one after the other. No address that anybody reads is longer.
MAX_LENGTH, MAX_ALIAS = 5000, 400
PLACE = "pathsFilter.localPathCleaningFilters"


@dataclass(frozen=True)
class Renaming:
    """First every replacement, one after the other; then the first wildcard that fits. `*` stands for any text."""

    replacements: tuple[tuple[str, str], ...]
    wildcards: tuple[str, ...]

    def __call__(self, name: str) -> str:
        for pattern, alias in self._patterns:
            shorter, name = name, pattern.sub(alias, name)
            if len(name) > max(MAX_LENGTH, len(shorter)):
                raise Refusal(f"{PLACE}: they make a name of more than {MAX_LENGTH} characters.")
        return next((glob for glob, pattern in self._globs if pattern.search(name)), name)

    @cached_property
    def _patterns(self) -> list[tuple[Any, str]]:
        return [(re2.compile(pattern), _literal(alias)) for pattern, alias in self.replacements]

    @cached_property
    def _globs(self) -> list[tuple[str, Any]]:
        return [(glob, re2.compile(re2.escape(glob).replace(r"\*", ".*"))) for glob in self.wildcards]


def renaming_of(asked: PathsFilter) -> Renaming | None:
    rules = asked.localPathCleaningFilters or []
    wildcards = tuple(asked.pathGroupings or [])
    if len(rules) + len(wildcards) > MAX_RULES:
        raise Refusal(f"pathsFilter: more than {MAX_RULES} groupings and cleaning rules.")
    replacements = tuple(_replacement(rule, f"{PLACE}.{place}") for place, rule in enumerate(rules) if rule.regex)
    return Renaming(replacements, wildcards) if replacements or wildcards else None


def _replacement(rule: PathCleaningFilter, place: str) -> tuple[str, str]:
    with at_place(place):
        to_postgres(rule.regex or "")  # Refuses what is no pattern, or too large a one.
    if len(rule.alias or "") > MAX_ALIAS:
        raise Refusal(f"{place}.alias: longer than {MAX_ALIAS} characters.")
    return rule.regex or "", rule.alias or ""


def _literal(alias: str) -> str:
    return alias.replace("\\", "\\\\")
