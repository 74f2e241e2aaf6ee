"""docs/compatibility.md."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from compatibility.differences import Difference, operations_of
from compatibility.explanations import Explanations, Rule
from compatibility.shapes import JSON

HEAD = """# Compatibility with PostHog's API

What `python -m compatibility` found when it held our OpenAPI document against PostHog's, operation by operation and
field by field: missing operations, parameters, fields and statuses, other types, other nullability, values that are not
known here, and what only we require. What we have beyond PostHog is no difference, nor is a field that we only take or
only show. `/api/projects/{project_id}/` is left out of the paths, and so is its second name with `environments`.
PostHog's documents are not part of this project.
"""
OPERATIONS_HEAD = "## Operations here\n"
UNEXPLAINED = Rule(pattern=re.compile(""), because="Not explained.")


def write_report(
    official: Mapping[str, JSON], ours: JSON, found: Mapping[str, list[Difference]], reasons: Explanations
) -> str:
    """`official` and `found` are by the name of the document that they are of."""
    parts = [HEAD, _summary(official, ours, found, reasons)]
    for name, differences in found.items():
        parts.append(f"## {name}\n")
        parts += _grouped(differences, reasons)
    parts.append(list_of_operations(ours))
    return "\n".join(parts)


def list_of_operations(ours: JSON) -> str:
    """Of the second prefix there are none: it has what the first has."""
    lines = "\n".join(f"- `{operation}`" for operation in sorted(operations_of(ours), key=_by_path))
    return f"{OPERATIONS_HEAD}\n{lines}\n"


def _summary(
    official: Mapping[str, JSON], ours: JSON, found: Mapping[str, list[Difference]], reasons: Explanations
) -> str:
    here = operations_of(ours)
    lines = [
        "| | operations there | of these here | differences | of resources that we promise | unexplained |",
        "|---|---|---|---|---|---|",
    ]
    for name, document in official.items():
        there, differences = operations_of(document), found[name]
        promised = sum(reasons.promises(difference) for difference in differences)
        unexplained = sum(reasons.rule_for(difference) is None for difference in differences)
        numbers = [len(there), len(there.keys() & here.keys()), len(differences), promised, unexplained]
        lines.append(f"| {name} | {' | '.join(map(str, numbers))} |")
    promised_paths = ", ".join(f"`{path}`" for path in reasons.promised)
    return "\n".join([*lines, "", f"We promise {promised_paths}: there every difference has a reason.", ""])


def _grouped(differences: Iterable[Difference], reasons: Explanations) -> Iterable[str]:
    by_rule: dict[Rule, list[Difference]] = defaultdict(list)
    for difference in differences:
        by_rule[reasons.rule_for(difference) or UNEXPLAINED].append(difference)
    for rule in [UNEXPLAINED, *reasons.rules]:
        if rule in by_rule:
            yield f"### {rule.because}\n\n{_table(by_rule[rule])}\n"


def _table(differences: list[Difference]) -> str:
    """Equal differences of several operations in one line."""
    by_difference: dict[tuple[str, str], list[str]] = defaultdict(list)
    for difference in differences:
        by_difference[difference.place, difference.text].append(difference.operation)
    lines = [
        f"| {_cell(place)} | {_cell(text)} | {', '.join(f'`{operation}`' for operation in operations)} |"
        for (place, text), operations in by_difference.items()
    ]
    return "\n".join(["| where | difference | operations |", "|---|---|---|", *lines])


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _by_path(operation: str) -> tuple[str, str]:
    method, _, path = operation.partition(" ")
    return path, method
