"""Which questions share one stored answer."""

import hashlib

import orjson

from accounts.models import Team
from insights.queries.wrapping import JSON, source_of


def cache_key(query: JSON, *, team: Team) -> str:
    """The same for every spelling of one question. `query` is the effective one, dashboard filters and all."""
    source = source_of(query)
    question = {
        "runner": source.get("kind"),
        "query": {key: value for key, value in source.items() if key not in ("response", "tags")},
        "team": team.pk,
        "timezone": team.timezone,
        "week_start_day": team.week_start_day or 0,
        "test_account_filters": team.test_account_filters if _leaves_out_test_accounts(source) else None,
    }
    canonical = orjson.dumps(question, option=orjson.OPT_SORT_KEYS)
    return f"cache_{team.pk}_{hashlib.sha256(canonical).hexdigest()}"


def _leaves_out_test_accounts(source: JSON) -> bool:
    """SQL has its filters apart, a dashboard's too."""
    filters = source.get("filters")
    return any(one.get("filterTestAccounts") for one in (source, filters) if isinstance(one, dict))
