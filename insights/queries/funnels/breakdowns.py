"""By which value a funnel is broken down, and which of a person's events gives it."""

from dataclasses import dataclass

from accounts.models import Team
from common.exceptions import Refusal
from events.filtering.errors import Unsupported
from events.filtering.moments import Clock
from insights.queries import breakdowns
from insights.queries.breakdowns import Dimension
from insights.queries.nodes import BreakdownFilter
from insights.queries.nodes.insights import FunnelsFilter


@dataclass(frozen=True, kw_only=True)
class FunnelBreakdown:
    """`step` is the one that gives the value, with the attribution "step"."""

    dimensions: tuple[Dimension, ...]
    attribution: str
    step: int
    limit: int

    @property
    def reads_persons(self) -> bool:
        return any(one.reads_persons for one in self.dimensions)


def breakdown_of(
    asked: BreakdownFilter | None, shown: FunnelsFilter, *, step_count: int, team: Team, clock: Clock
) -> FunnelBreakdown | None:
    """None without a breakdown. Cohorts are none of its kinds."""
    plan = breakdowns.breakdown_of(asked, team=team, clock=clock)
    if plan is None:
        return None
    if any(one.bins for one in plan.dimensions):
        raise Unsupported("breakdownFilter: histograms of this kind of insight", "are not supported")
    attribution = shown.breakdownAttributionType or "first_touch"
    step = shown.breakdownAttributionValue or 0
    if attribution == "step" and not 0 <= step < step_count:
        raise Refusal("funnelsFilter.breakdownAttributionValue: there is no such step.")
    if attribution == "step" and shown.funnelOrderType == "unordered" and step != 0:
        raise Refusal(
            "Breakdown attribution value must be 0 for unordered funnels: their steps come in any order.",
            attr="breakdownAttributionValue",
        )
    return FunnelBreakdown(dimensions=plan.dimensions, attribution=attribution, step=step, limit=plan.limit)
