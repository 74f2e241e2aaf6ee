"""What every computed answer has beside its results. Pure."""

from datetime import datetime
from typing import Any

from events.filtering.moments import Clock
from insights.queries.wrapping import JSON


def response(results: Any, *, clock: Clock, date_from: datetime, date_to: datetime) -> JSON:
    return {
        "results": results,
        "timezone": clock.zone.key,
        "resolved_date_range": {"date_from": date_from.isoformat(), "date_to": date_to.isoformat()},
        "hogql": "",
        "modifiers": None,
        "timings": None,
    }
