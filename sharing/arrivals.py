"""A page comes at once, with what is stored. What has to be computed first arrives after it, tile by tile.

`?part=tile-5` is one tile as it stands on the page, computed if need be; `?wait=true` the page with all of them, for
browsers that run no script.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import HttpResponse

from sharing.exports import export
from sharing.rendering import render_page
from sharing.services.showing import Visit

PART = re.compile(r"tile-([0-9]{1,18})|insight")
WAITING = {"wait": "true"}
#: A page that loads itself again, for a screen on the wall: `?reload=300`.
RELOAD_SECONDS = range(30, 86_401)


@dataclass(frozen=True)
class Arrival:
    """What the address of a page says of the way its tiles come."""

    params: Mapping[str, str]

    @property
    def is_part(self) -> bool:
        return "part" in self.params

    @property
    def reload_seconds(self) -> int | None:
        """None also for what is too often, too seldom or no number."""
        text = self.params.get("reload", "")
        seconds = int(text) if re.fullmatch("[0-9]{1,5}", text) else 0
        return seconds if seconds in RELOAD_SECONDS else None

    @property
    def waiting_address(self) -> str:
        return "?" + urlencode([*self.params.items(), *WAITING.items()])

    def visit(self, visit: Visit) -> Visit:
        """The same with what is asked of it: one tile, or all without computing any, or all."""
        if self.is_part:
            found = PART.fullmatch(self.params["part"])
            return replace(visit, part=int(found[1] or 0) if found else 0)
        return replace(visit, computes=self.params.get("wait") == "true")


def answer_part(visit: Visit, arrival: Arrival) -> HttpResponse | None:
    """The one tile that is asked for. None if there is no such, or nothing to compute in it."""
    page = export(arrival.visit(visit))[1]
    if not page.parts or page.parts[0].kind != "insight":
        return None
    return render_page("sharing/insight.html", {"page": page, "part": page.parts[0]})
