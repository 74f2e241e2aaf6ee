"""Every route of the API, read from the resolver: the laws below hold for whatever is there, without being told."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.viewsets import ViewSetMixin


@dataclass(frozen=True)
class Route:
    template: str
    method: str
    action: str
    viewset: Any

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.template}"

    @property
    def is_of_project(self) -> bool:
        return "{project_id}" in self.template

    @property
    def names_a_row(self) -> bool:
        return "{" in self.template.replace("{project_id}", "").replace("{organization_id}", "")

    @property
    def scopes(self) -> list[str] | None:
        return self.viewset.scopes_of(self.action)

    def path(self, **values: Any) -> str:
        return re.sub(r"{(\w+)}", lambda match: str(values.get(match[1], "1")), self.template)


def viewset_routes() -> list[Route]:
    """Routes of viewsets below /api/, projects prefix only (the environments are their mirror)."""
    return [route for route in _all_routes() if "/environments/{project_id}" not in route.template]


def all_templates() -> set[str]:
    return {route.template for route in _all_routes()}


def _all_routes() -> list[Route]:
    return list(_walk(get_resolver().url_patterns, "/"))


def _walk(patterns: list[Any], prefix: str) -> Iterator[Route]:
    for pattern in patterns:
        whole = prefix + readable(str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, whole)
        elif isinstance(pattern, URLPattern) and whole.startswith("/api/"):
            yield from _routes_of(pattern, whole)


def _routes_of(pattern: URLPattern, template: str) -> Iterator[Route]:
    viewset = getattr(pattern.callback, "cls", None)
    if viewset is None or not issubclass(viewset, ViewSetMixin):
        return
    for method, action in pattern.callback.actions.items():
        if method != "head":
            yield Route(template=template, method=method, action=action, viewset=viewset)


def readable(pattern: str) -> str:
    pattern = re.sub(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)", r"{\1}", pattern)
    pattern = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", pattern)
    readable = pattern.replace("^", "").replace("/?$", "/").replace("$", "").replace("\\Z", "")
    return readable.replace("{id}", "{pk}")
