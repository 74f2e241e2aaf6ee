"""A Django with one view, which answers bytes that were put aside for it: as fast as Django can be here.

`BARE_ANSWERS` names the folder; the path of a request names the file in it.
"""

import os
from functools import cache
from pathlib import Path

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

ANSWERS = Path(os.environ["BARE_ANSWERS"])


@cache
def _content(name: str) -> bytes:
    return (ANSWERS / name).read_bytes()


def answer(request: HttpRequest, name: str) -> HttpResponse:
    _ = request.body
    content = _content(name)
    return HttpResponse(content, content_type="application/json", headers={"Content-Length": len(content)})


urlpatterns = [path("<str:name>", answer)]
settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY="unused", MIDDLEWARE=[])
application = get_wsgi_application()
