"""Who asks. Scopes are not looked at here."""

import re
from typing import TYPE_CHECKING, Any

from django.conf import settings
from rest_framework import authentication
from rest_framework.exceptions import APIException, AuthenticationFailed
from rest_framework.request import Request

from accounts.models import PersonalAPIKey
from accounts.tokens import hash_key
from common.compiled import Compiled
from common.exceptions import Refusal

if TYPE_CHECKING:
    from accounts.models import User

#: How OAuth's access tokens begin. There is no OAuth here, so that each of them is a bad one.
OAUTH_PREFIX = "pha_"
IN_HEADER = "Authorization header"
_KEYS = Compiled(lambda secure_value: PersonalAPIKey.objects.with_hash(secure_value).order_by())
_BEARER = re.compile(r"^\s*Bearer\s+(\S.+?)\s*$")


class PersonalAPIKeyAuthentication(authentication.BaseAuthentication):
    """A personal API key: in the Authorization header, else in the body, else in the query (`personal_api_key`).

    Only the first one found is tried. Raises AuthenticationFailed, naming the place, for a key that opens nothing.
    """

    def authenticate(self, request: Request) -> "tuple[User, PersonalAPIKey] | None":
        found = find_key(request)
        if found is None:
            return None
        value, place = found
        if place == IN_HEADER and value.startswith(OAUTH_PREFIX):
            raise AuthenticationFailed("Invalid access token.")
        keys = _KEYS(hash_key(value))
        if not keys:
            raise AuthenticationFailed(f"Personal API key found in request {place} is invalid.")
        [key] = keys
        key.was_used()
        return key.user, key

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class SessionAuthentication(authentication.SessionAuthentication):
    """Names itself in WWW-Authenticate, without which DRF would answer 403 where PostHog answers 401."""

    def authenticate_header(self, request: Request) -> str:
        return "Session"


def find_key(request: Request) -> tuple[str, str] | None:
    header = _BEARER.match(request.headers.get("Authorization", ""))
    if header:
        return header[1], IN_HEADER
    in_body = _body(request).get("personal_api_key")
    if isinstance(in_body, str) and in_body:
        return in_body, "body"
    in_query = request.query_params.get("personal_api_key")
    return (in_query, "query string") if in_query else None


def _body(request: Request) -> Any:
    """The body if it is an object, else an empty one: a stranger with a broken body is first of all a stranger."""
    try:
        body = request.data
    except (APIException, Refusal):
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            raise
        return {}
    return body if hasattr(body, "get") else {}
