"""Values for the variables that SQL declares. Pure: the project's variables come as rows, by their code names.

Values are kept by the id of a variable, as `{id: {code_name, variableId, value, isNull}}`. Ids go stale when a variable
is deleted and made again; its code name, which stands in the SQL, stays.
"""

from collections.abc import Mapping
from typing import Any

from insights.queries.wrapping import source_of

JSON = dict[str, Any]
Known = Mapping[str, Any]


def declared_in(query: Any) -> JSON:
    """The variables that a query has values for, by their ids."""
    source = source_of(query) if isinstance(query, dict) else {}
    variables = source.get("variables") if source.get("kind") == "HogQLQuery" else None
    return variables if isinstance(variables, dict) else {}


def brought_up_to_date(values: JSON, known: Known) -> JSON:
    """The values under the present ids of their variables. Those of no variable are dropped, the later of two stays."""
    present: JSON = {}
    for entry in values.values():
        variable = known.get(_code_name(entry))
        if variable is not None:
            present[str(variable.pk)] = {**entry, "variableId": str(variable.pk)}
    return present


def with_values(query: JSON, chosen: JSON, known: Known) -> JSON:
    """The query with the chosen values, or else its own, or else the variables' defaults. Others are not added."""
    declared = declared_in(query)
    if not declared:
        return query
    by_code = {_code_name(entry): entry for entry in brought_up_to_date(chosen, known).values()}
    filled: JSON = {}
    for key, own in declared.items():
        code_name = _code_name(own)
        entry = _chosen(own, by_code.get(code_name))
        variable = known.get(code_name)
        if variable is None:
            filled[key] = entry
        else:
            filled[str(variable.pk)] = {**_with_default(entry, variable), "variableId": str(variable.pk)}
    return _with_variables(query, filled)


def _chosen(own: Any, entry: JSON | None) -> Any:
    if entry is None:
        return own
    kept = {name: value for name, value in own.items() if name not in ("value", "isNull")}
    return {**kept, **{name: entry[name] for name in ("value", "isNull") if entry.get(name) is not None}}


def _with_default(entry: JSON, variable: Any) -> JSON:
    is_set = entry.get("isNull") or entry.get("value") is not None
    return entry if is_set else {**entry, "value": variable.default_value}


def _with_variables(query: JSON, variables: JSON) -> JSON:
    if source_of(query) is query:
        return {**query, "variables": variables}
    return {**query, "source": {**query["source"], "variables": variables}}


def _code_name(entry: Any) -> str:
    code_name = entry.get("code_name") if isinstance(entry, dict) else None
    return code_name if isinstance(code_name, str) else ""
