from dataclasses import dataclass


@dataclass(frozen=True)
class Rate:
    """So many requests in so many seconds, from the first of them on."""

    name: str
    requests: int
    seconds: int
