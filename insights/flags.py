"""PostHog's words for yes in a query string; all others mean no."""

TRUTHY = {"1", "on", "t", "true", "y", "yes"}


def is_yes(text: object) -> bool:
    return str(text).strip().lower() in TRUTHY
