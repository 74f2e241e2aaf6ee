"""The same in friendlier words, if an OpenAI-compatible endpoint is named in the settings."""

import json
import urllib.request
from typing import Any

import structlog
from django.conf import settings

logger = structlog.get_logger(__name__)

TIMEOUT_SECONDS = 15
MOST_BYTES = 1_000_000
INSTRUCTIONS = (
    "You summarise how a product analytics dashboard changed. Rewrite the list that the user gives as at most six "
    "short plain-text bullets, the most important change first. Keep every number as it is, and add none."
)


def reword(text: str) -> str:
    """The text in other words; as it was, where no endpoint is set or the endpoint fails in whatever way."""
    if not (settings.OPENAI_BASE_URL and settings.OPENAI_MODEL):
        return text
    try:
        return _ask(text) or text
    except Exception as failure:
        logger.warning("not_reworded", error=type(failure).__name__)
        return text


def _ask(text: str) -> str:
    messages = [{"role": "system", "content": INSTRUCTIONS}, {"role": "user", "content": text}]
    request = urllib.request.Request(
        f"{settings.OPENAI_BASE_URL.rstrip('/')}/chat/completions",
        data=json.dumps({"model": settings.OPENAI_MODEL, "messages": messages}).encode(),
        headers={"Content-Type": "application/json"}
        | ({"Authorization": f"Bearer {settings.OPENAI_API_KEY}"} if settings.OPENAI_API_KEY else {}),
    )
    with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:
        completion: Any = json.loads(answer.read(MOST_BYTES))
    return str(completion["choices"][0]["message"]["content"] or "").strip()
