"""Where PostHog's document says something that ours does not."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from compatibility.shapes import JSON, Shape, resolved, shape_of

PROJECT = "/api/projects/{project_id}/"
SECOND_NAME = "/api/environments/{project_id}/"
METHODS = ("get", "post", "put", "patch", "delete")
#: Deeper than any object that is not a query.
DEEPEST = 5


@dataclass(frozen=True)
class Difference:
    operation: str
    place: str
    text: str

    def __str__(self) -> str:
        return f"{self.operation} {self.place}: {self.text}"


def operations_of(document: JSON) -> dict[str, JSON]:
    """By method and path, the path below the project. Those of `/environments/` only where nothing else is the same."""
    whole = {
        f"{method.upper()} {path.replace(PROJECT, '')}": operation
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if method in METHODS
    }
    return {
        name: operation
        for name, operation in whole.items()
        if name.replace(SECOND_NAME, "") not in whole.keys() - {name}
    }


def differences(official: JSON, ours: JSON) -> list[Difference]:
    here = operations_of(ours)
    found: list[Difference] = []
    for name, operation in operations_of(official).items():
        if name not in here:
            found.append(Difference(name, "operation", "missing"))
            continue
        found += _Comparison(name, official, ours).of_operations(operation, here[name])
    return found


@dataclass
class _Comparison:
    operation: str
    official: JSON
    ours: JSON
    found: list[Difference] = field(default_factory=list)

    def of_operations(self, there: JSON, here: JSON) -> list[Difference]:
        if there["operationId"] != here["operationId"]:
            self._note("operationId", f"`{there['operationId']}` there, `{here['operationId']}` here")
        self._parameters(there, here)
        self._bodies(there, here)
        return self.found

    def _parameters(self, there: JSON, here: JSON) -> None:
        known = {(one["in"], one["name"]): one for one in here.get("parameters", [])}
        for one in there.get("parameters", []):
            place = f"{one['in']} parameter `{one['name']}`"
            mine = known.pop((one["in"], one["name"]), None)
            if mine is None:
                self._note(place, "missing")
                continue
            self._schemas(one["schema"], mine["schema"], place)
            if mine.get("required") and not one.get("required"):
                self._note(place, "required here")
        for (where, name), mine in known.items():
            if mine.get("required"):
                self._note(f"{where} parameter `{name}`", "required here, unknown there")

    def _bodies(self, there: JSON, here: JSON) -> None:
        asked_there, asked_here = _content(there.get("requestBody")), _content(here.get("requestBody"))
        answered_here = self._answer(here)
        if asked_there and asked_here is None:
            self._note("request", "a body there, none here")
        elif asked_there and asked_here is not None:
            self._schemas(asked_there, asked_here, "request", elsewhere=answered_here)
            self._required(asked_there, asked_here)
        sent_here = set(shape_of(asked_here, self.ours).fields) if asked_here else set()
        for status, response in there["responses"].items():
            if status not in here["responses"]:
                self._note(f"status {status}", f"missing; here it is {_successes(here)}")
                continue
            shown_there = _content(resolved(response, self.official))
            shown_here = _content(resolved(here["responses"][status], self.ours))
            if shown_there and shown_here is None:
                self._note(f"answer {status}", "a body there, none here")
            elif shown_there and shown_here is not None:
                self._schemas(shown_there, shown_here, f"answer {status}", elsewhere=sent_here)

    def _answer(self, operation: JSON) -> set[str]:
        """The fields that ours answers with."""
        names: set[str] = set()
        for status, response in operation["responses"].items():
            shown = _content(resolved(response, self.ours))
            if status < "3" and shown:
                names |= set(shape_of(shown, self.ours).fields)
        return names

    def _required(self, there: JSON, here: JSON) -> None:
        for name in sorted(shape_of(here, self.ours).required - shape_of(there, self.official).required):
            self._note(f"request.{name}", "required here")

    def _schemas(
        self, there: JSON, here: JSON, place: str, *, elsewhere: set[str] | None = None, depth: int = 0
    ) -> None:
        """`elsewhere` are fields that ours takes only in requests, or only shows in answers: they are not missing."""
        wanted, given = shape_of(there, self.official), shape_of(here, self.ours)
        if wanted.kinds != given.kinds:
            self._note(place, f"{wanted} there, {given} here")
        if wanted.values and given.values and wanted.values - given.values:
            self._note(
                place, f"lacks the values {', '.join(f'`{one}`' for one in sorted(wanted.values - given.values))}"
            )
        if depth == DEEPEST:
            return
        if wanted.fields and given.kinds and not given.fields:
            self._note(place, "fields are described there, any are allowed here")
        else:
            self._fields(wanted, given, place, elsewhere=elsewhere or set(), depth=depth)
        if wanted.items is not None and given.items is not None:
            self._schemas(wanted.items, given.items, f"{place}[]", depth=depth + 1)

    def _fields(self, wanted: Shape, given: Shape, place: str, *, elsewhere: set[str], depth: int) -> None:
        for name, schema in wanted.fields.items():
            if name in given.fields:
                self._schemas(schema, given.fields[name], f"{place}.{name}", depth=depth + 1)
            elif given.fields and name not in elsewhere:
                self._note(f"{place}.{name}", "missing")

    def _note(self, place: str, text: str) -> None:
        self.found.append(Difference(self.operation, place, text))


def _content(holder: JSON | None) -> Any:
    """The JSON schema of a request or an answer, None if it has no such body."""
    return ((holder or {}).get("content", {}).get("application/json") or {}).get("schema")


def _successes(operation: JSON) -> str:
    return ", ".join(_of_success(operation))


def _of_success(operation: JSON) -> Iterator[str]:
    return (status for status in operation["responses"] if status < "4" or status == "405")
