"""Holders of a public link at the API: they may read what the link shows, and only at views that say so."""

import re
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import QueryDict
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from accounts.guests import Guest
from common.addresses import client_address
from sharing import unlock_tokens
from sharing.models import SharingConfiguration
from sharing.serializers.exported import redacted_insight, redacted_theme
from sharing.services.unlocking import is_unlocked

_BEARER = re.compile(r"^\s*Bearer\s+(\S+)\s*$")
#: What a guest may say in the query string. Nothing that filters, overrides or makes the server compute.
PARAMETERS = ("limit", "offset", "short_id", "basic", "format")
REDACTIONS = {"insight": redacted_insight, "datacolortheme": redacted_theme}


class ShareGuest(Guest):
    def __init__(self, share: SharingConfiguration) -> None:
        self.share = share

    def may(self, view: Any) -> bool:
        return view.project.pk == self.share.team_id and view.action in view.sharing_enabled_actions

    def narrow(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        name = queryset.model._meta.model_name
        if name == "insight":
            return queryset.filter(pk__in=self.share.covered_insights())
        return queryset if name in REDACTIONS else queryset.none()

    def redact(self, body: Any, view: Any) -> Any:
        redact = REDACTIONS[view.queryset.model._meta.model_name]
        if isinstance(body, dict) and "results" in body:
            return {**body, "results": [redact(row, self.share, is_listed=True) for row in body["results"]]}
        if isinstance(body, list):
            return [redact(row, self.share, is_listed=True) for row in body]
        return redact(body, self.share, is_listed=False)


class SharingTokenAuthentication(BaseAuthentication):
    """`?sharing_access_token=`, or the token of an unlocked share as bearer, at views with `sharing_enabled_actions`.

    It has to stand first. Elsewhere it only says that such a bearer is none, and challenges as the next one would. A
    view that allows sharing answers 403 where others say 401, as PostHog's do, since this one has no challenge of its
    own.
    """

    def authenticate(self, request: Request) -> tuple[AnonymousUser, ShareGuest] | None:
        if not _allows_sharing(request):
            _refuse_unlocking(request)
            return None
        token = request.query_params.get("sharing_access_token")
        share = _by_token(request, token) if token else _by_bearer(request)
        if share is None:
            return None
        _limit_parameters(request, share)
        return AnonymousUser(), ShareGuest(share)

    def authenticate_header(self, request: Request) -> str | None:
        return None if _allows_sharing(request) else "Bearer"


def _allows_sharing(request: Request) -> bool:
    view = (request.parser_context or {}).get("view")
    return bool(getattr(view, "sharing_enabled_actions", ()))


def _by_token(request: Request, token: str) -> SharingConfiguration | None:
    """None for a share with a password, which its plain token does not open. Raises AuthenticationFailed."""
    if request.method not in SAFE_METHODS:
        raise AuthenticationFailed("Sharing access token can only be used for GET requests.")
    share = _open_share(request, token)
    if share is None:
        raise AuthenticationFailed("Sharing access token is invalid.")
    return None if share.password_required else share


def _refuse_unlocking(request: Request) -> None:
    """Raises AuthenticationFailed for the token of a share where shares open nothing."""
    bearer = _BEARER.match(request.headers.get("Authorization", ""))
    if bearer and unlock_tokens.is_ours(bearer[1]):
        raise AuthenticationFailed("Token invalid.")


def _by_bearer(request: Request) -> SharingConfiguration | None:
    """Raises AuthenticationFailed for what was such a token once, or pretends to be one."""
    bearer = _BEARER.match(request.headers.get("Authorization", ""))
    if bearer is None or not unlock_tokens.is_ours(bearer[1]):
        return None
    if request.method not in SAFE_METHODS:
        raise AuthenticationFailed("Sharing access token can only be used for GET requests.")
    unlocking = unlock_tokens.read(bearer[1])
    share = _open_share(request, unlocking.access_token) if unlocking else None
    if (
        share is None
        or unlocking is None
        or not share.password_required
        or not is_unlocked(share, unlocking, access_token=unlocking.access_token)
    ):
        raise AuthenticationFailed("Token invalid.")
    return share


def _open_share(request: Request, token: str) -> SharingConfiguration | None:
    """Locked filters can only be told by a signed link, so that a share with them is not to be had here."""
    share = SharingConfiguration.objects.for_visitor(token)
    if share is None or share.locked_filters is not None or not share.admits(client_address(request._request)):
        return None
    return share


def _limit_parameters(request: Request, share: SharingConfiguration) -> None:
    """The views never hear what is not for guests to say. On a dashboard's share they ask as the dashboard does."""
    said = QueryDict(mutable=True)
    for name in PARAMETERS:
        if name in request.query_params:
            said[name] = request.query_params[name]
    if share.dashboard_id:
        said["from_dashboard"] = str(share.dashboard_id)
    request._request.GET = said  # type: ignore[assignment]
