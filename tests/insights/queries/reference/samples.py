"""Events and persons as plain values, for the slow evaluator and for the database alike."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class SamplePerson:
    number: int
    properties: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class SampleEvent:
    event: str
    timestamp: datetime
    person: int = 1
    properties: dict[str, Any] = field(default_factory=dict)
