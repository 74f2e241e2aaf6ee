"""The WSGI entry point: what granian serves."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from posthog_lite.chunked import with_chunked_bodies

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "posthog_lite.settings")

application = with_chunked_bodies(get_wsgi_application(), limit=settings.CAPTURE_BODY_LIMIT)
