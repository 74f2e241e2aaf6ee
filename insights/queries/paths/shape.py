"""Counted transitions → the result JSON of paths. Pure."""

from insights.queries.paths.fetch import Edge
from insights.queries.paths.plan import PathsPlan
from insights.queries.responses import response
from insights.queries.wrapping import JSON


def shape(plan: PathsPlan, edges: list[Edge]) -> JSON:
    results = sorted((_result(edge) for edge in _reachable(edges)), key=_rank)
    return response(results, clock=plan.clock, date_from=plan.range.date_from, date_to=plan.range.date_to)


def _reachable(edges: list[Edge]) -> list[Edge]:
    """Edges beyond the limit are missing; what hung on them only would hang in the air."""
    reached = {(edge.step, edge.source) for edge in edges if edge.step == 1}
    kept = []
    for edge in sorted(edges, key=lambda edge: edge.step):
        if (edge.step, edge.source) in reached:
            reached.add((edge.step + 1, edge.target))
            kept.append(edge)
    return kept


def _result(edge: Edge) -> JSON:
    return {
        "source": f"{edge.step}_{edge.source}",
        "target": f"{edge.step + 1}_{edge.target}",
        "value": edge.count,
        "average_conversion_time": edge.milliseconds,
    }


def _rank(result: JSON) -> tuple[int, str, str]:
    return -result["value"], result["source"], result["target"]
