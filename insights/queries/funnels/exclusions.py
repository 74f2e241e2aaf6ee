"""Events that spoil an attempt when they happen between two of its steps. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from common.exceptions import Refusal
from events.filtering.conditions import Condition
from events.filtering.errors import Unsupported
from insights.queries.entities import Entity, entity_of
from insights.queries.funnels.rules import is_same
from insights.queries.nodes import Series
from insights.queries.nodes.series import FunnelExclusion

MAX_EXCLUSIONS = 32


@dataclass(frozen=True, kw_only=True)
class Exclusion:
    index: int
    entity: Entity
    from_step: int
    to_step: int


def exclusions_of(
    asked: Sequence[FunnelExclusion], *, series: Sequence[Series], order: str, common: Condition
) -> tuple[Exclusion, ...]:
    if len(asked) > MAX_EXCLUSIONS:
        raise _invalid(f"A funnel has at most {MAX_EXCLUSIONS} exclusions.")
    return tuple(_exclusion(node, index, series, order, common) for index, node in enumerate(asked))


def _exclusion(node: FunnelExclusion, index: int, series: Sequence[Series], order: str, common: Condition) -> Exclusion:
    place = f"funnelsFilter.exclusions.{index}"
    _check_span(node, len(series), order)
    if any(is_same(step, node) for step in series[node.funnelFromStep : node.funnelToStep + 1]):
        raise _invalid("Exclusion steps cannot contain an event that's part of funnel steps.")
    if series[node.funnelFromStep].optionalInFunnel or series[node.funnelToStep].optionalInFunnel:
        raise Unsupported(f"{place}: an exclusion that begins or ends with an optional step")
    entity = entity_of(node, place=place, common=common)
    return Exclusion(index=index, entity=entity, from_step=node.funnelFromStep, to_step=node.funnelToStep)


def _check_span(node: FunnelExclusion, count: int, order: str) -> None:
    first, last = node.funnelFromStep, node.funnelToStep
    if first >= last:
        raise _invalid("Exclusion event range is invalid. End of range should be greater than start.")
    if not 0 <= first < count - 1:
        raise _invalid("Exclusion event range is invalid. Start of range is greater than number of steps.")
    if last > count - 1:
        raise _invalid("Exclusion event range is invalid. End of range is greater than number of steps.")
    if order == "unordered" and (first, last) != (0, count - 1):
        raise _invalid("Partial Exclusions not allowed in unordered funnels")


def _invalid(words: str) -> Refusal:
    return Refusal(words, code="funnel_exclusions_invalid")
