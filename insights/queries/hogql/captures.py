"""RE2 patterns whose groups are read (`extract`, `replaceRegexpAll`), rewritten for Postgres.

Where alternatives begin alike, Postgres takes the longest, RE2 the first. Lazy repeats would change the meaning of the
whole pattern in Postgres, so they are refused.
"""

from common.exceptions import Refusal
from events.filtering.regexes import _Translation, to_postgres


def with_groups(pattern: str) -> str:
    to_postgres(pattern)
    return _Capturing(pattern).run()


class _Capturing(_Translation):
    def _group(self) -> str:
        start = self.at
        super()._group()
        return "(?:" if self.pattern.startswith("(?:", start) else "("

    def _skip_laziness(self) -> None:
        if self.pattern[self.at : self.at + 1] == "?":
            raise Refusal("Invalid regular expression: a lazy repeat (*?, +?, ??) cannot be used here.")
