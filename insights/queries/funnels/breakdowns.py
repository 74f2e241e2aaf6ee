"""By which value a funnel is broken down, and which of a person's events gives it. Pure."""

from dataclasses import dataclass

from common.exceptions import Refusal
from insights.queries.breakdowns import limit_of, plain_properties
from insights.queries.entities import Property
from insights.queries.nodes import BreakdownFilter
from insights.queries.nodes.insights import FunnelsFilter


@dataclass(frozen=True, kw_only=True)
class FunnelBreakdown:
    """`step` is the one that gives the value, with the attribution "step"."""

    properties: tuple[Property, ...]
    attribution: str
    step: int
    limit: int


def breakdown_of(asked: BreakdownFilter | None, shown: FunnelsFilter, *, step_count: int) -> FunnelBreakdown | None:
    properties = plain_properties(asked)
    if asked is None or not properties:
        return None
    attribution = shown.breakdownAttributionType or "first_touch"
    step = shown.breakdownAttributionValue or 0
    if attribution == "step" and not 0 <= step < step_count:
        raise Refusal("funnelsFilter.breakdownAttributionValue: there is no such step.")
    if attribution == "step" and shown.funnelOrderType == "unordered" and step != 0:
        raise Refusal(
            "Breakdown attribution value must be 0 for unordered funnels: their steps come in any order.",
            attr="breakdownAttributionValue",
        )
    return FunnelBreakdown(properties=properties, attribution=attribution, step=step, limit=limit_of(asked))
