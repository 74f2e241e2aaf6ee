"""Logs: one JSON object a line, on stderr, without anybody's keys."""

import re
from collections.abc import MutableMapping
from typing import Any

import structlog

# Keys, passwords in JSON or forms, tokens in query strings and share links. The last letters stay, to tell them apart.
_SECRETS = (
    (re.compile(r"\b(phx|phs|pha|phr)_[A-Za-z0-9]+([A-Za-z0-9]{4})\b"), r"\1_...\2"),
    (
        re.compile(r"((?:sharing_access_token|personal_api_key|password|token)[\"']?\s*[=:]\s*[\"']?)[^\s&\"',}]+"),
        r"\1...",
    ),
    (re.compile(r"(/(?:shared|shared_dashboard|embedded)/)[\w-]+([\w-]{6})"), r"\1...\2"),
    (re.compile(r"(Bearer\s+)\S+"), r"\1..."),
)
_LINE_BREAKS = str.maketrans({"\r": "\\r", "\n": "\\n"})


def redact(text: str) -> str:
    """The text without secrets. Line breaks stay: a trace needs them."""
    for pattern, replacement in _SECRETS:
        text = pattern.sub(replacement, text)
    return text


def redact_event(logger: Any, name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor. Line breaks are escaped, so that nobody forges a line of the log."""
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = redact(value) if key == "exception" else redact(value).translate(_LINE_BREAKS)
    return event


def logging_settings(level: str) -> dict[str, Any]:
    """Django's LOGGING, for our own loggers and everybody else's alike."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    redact_event,
                    structlog.processors.JSONRenderer(),
                ],
                "foreign_pre_chain": shared,
            }
        },
        "filters": {
            # A probe that is told to wait is no error of anybody.
            "not_waiting": {
                "()": "django.utils.log.CallbackFilter",
                "callback": lambda record: getattr(record, "status_code", None) != 503,
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level},
        # Django's own line for each 4xx says nothing that the answer has not said to the client.
        "loggers": {
            "django.request": {"level": "ERROR", "filters": ["not_waiting"]},
            "django.server": {"handlers": ["stderr"], "propagate": False},
        },
    }
