"""The results of series → the results of formulas over them. Pure."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from insights.queries.trends.breakdowns import NULL_VALUE, OTHER_VALUE
from insights.queries.trends.formula import Number
from insights.queries.trends.plan import LETTERS, FormulaPlan, TrendsPlan

JSON = dict[str, Any]


def formula_results(plan: TrendsPlan, results: list[JSON]) -> list[JSON]:
    return [
        result
        for index, formula in enumerate(plan.formulas)
        for period in plan.periods
        for result in _of_period(
            plan, formula, index, [one for one in results if one.get("compare_label") == period.compare_label]
        )
    ]


def _of_period(plan: TrendsPlan, formula: FormulaPlan, index: int, results: list[JSON]) -> list[JSON]:
    """One result, or one for each breakdown value that any of the series has: the largest first."""
    found = [_result(plan, formula, index, group) for group in _groups(results)]
    if plan.breakdown is None:
        return found
    return sorted(found, key=lambda one: (_place(_value(one)), -_size(one), _value(one)))


def _place(value: list[str]) -> int:
    return 2 if OTHER_VALUE in value else int(NULL_VALUE in value)


def _groups(results: list[JSON]) -> Iterator[list[JSON]]:
    for _, group in groupby(sorted(results, key=_value), key=_value):
        yield list(group)


def _value(result: JSON) -> list[str]:
    value = result.get("breakdown_value", "")
    return value if isinstance(value, list) else [str(value)]


def _result(plan: TrendsPlan, formula: FormulaPlan, index: int, group: list[JSON]) -> JSON:
    by_letter = {LETTERS[one["order"]]: one for one in group if one["order"] < len(LETTERS)}
    result = {**group[0], "action": None, "label": formula.label, "order": index}
    if plan.is_total_value:
        numbers = {letter: one["aggregated_value"] for letter, one in by_letter.items()}
        return {**result, "aggregated_value": formula.expression.at(numbers), "data": None, "count": 0}

    data = [
        formula.expression.at({letter: one["data"][bucket] for letter, one in by_letter.items()})
        for bucket in range(len(group[0]["data"]))
    ]
    return {**result, "data": data, "count": _count(plan, data)}


def _count(plan: TrendsPlan, data: list[Number]) -> Number:
    if plan.is_cumulative:
        return data[-1] if data else 0
    return sum(data)


def _size(result: JSON) -> Number:
    return result["aggregated_value"] if "aggregated_value" in result else result["count"]
