"""The reasons for what differs, from `explanations.toml`."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from compatibility.differences import Difference

FILE = Path(__file__).with_name("explanations.toml")


@dataclass(frozen=True)
class Rule:
    pattern: re.Pattern[str]
    because: str

    def explains(self, difference: Difference) -> bool:
        return self.pattern.search(str(difference)) is not None


@dataclass(frozen=True)
class Explanations:
    """`promised` are the paths, below the project, whose every difference must have a reason."""

    promised: tuple[str, ...]
    rules: tuple[Rule, ...]

    def rule_for(self, difference: Difference) -> Rule | None:
        """The first that fits."""
        return next((rule for rule in self.rules if rule.explains(difference)), None)

    def promises(self, difference: Difference) -> bool:
        return difference.operation.partition(" ")[2].startswith(self.promised)


def read_explanations(file: Path = FILE) -> Explanations:
    content = tomllib.loads(file.read_text())
    rules = tuple(Rule(re.compile(rule["pattern"]), rule["because"]) for rule in content["rules"])
    return Explanations(promised=tuple(content["promised"]), rules=rules)
