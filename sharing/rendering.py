"""Pages for browsers: the template, the one script with its fingerprint, and what a browser may do on them."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from django.http import HttpResponse
from django.template.loader import render_to_string

JSON = dict[str, Any]
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors {ancestors}"
)
#: Written by `npm run build` in frontend/, beside the script it names.
BUNDLE = Path(__file__).parent / "static" / "sharing" / "bundle.json"


@cache
def bundle() -> JSON:
    """`file`, below static, and `integrity` of the script that draws."""
    return json.loads(BUNDLE.read_text())


def render_page(template: str, context: JSON, *, status: int = 200, headers: Any = None) -> HttpResponse:
    html = render_to_string(template, {"bundle": bundle(), **context})
    return HttpResponse(html, status=status, headers=headers)
