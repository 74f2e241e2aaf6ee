"""The rows of a funnel without those that change no count, before they are sorted."""

from events.filtering.sql import Sql, compose
from insights.queries.funnels.plan import FunnelPlan
from insights.queries.funnels.rows import bucket, of_team, person, rows


def thinned(plan: FunnelPlan) -> Sql:
    """As `rows`. Of whoever never takes the next step only the first beginning is left: in each bucket one.

    Most people get no further in most funnels. With exclusions it would matter which beginning is left, and an
    unordered funnel has no step that everybody has to take next.
    """
    if plan.exclusions or plan.order == "unordered":
        return rows(plan)
    whose = person(plan)
    is_same = " AND ".join(f"further.{key} = marked.{key}" for key in whose.split(", "))
    onward = sum(1 << step.index for step in plan.next_after(0))
    return compose(
        "WITH marked AS MATERIALIZED ({rows}),"
        f" further AS MATERIALIZED (SELECT DISTINCT {whose} FROM marked WHERE steps & {onward} <> 0)"
        f" SELECT {whose}, at, steps, first_step FROM marked JOIN further USING ({whose}) WHERE {{of_team}}"
        f" UNION ALL SELECT {whose}, min(at), 1, 1 FROM marked WHERE {{of_team}} AND steps & 1 <> 0"
        f" AND NOT EXISTS (SELECT FROM further WHERE {is_same}) GROUP BY {whose}, {{bucket}}",
        rows=rows(plan),
        of_team=of_team(plan),
        bucket=bucket(plan, "at"),
    )
