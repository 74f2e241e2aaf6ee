"""The pages behind public links: for whoever has the link, and for nobody's keys or sessions."""

import re
import time
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from common.addresses import client_address
from common.exception_handler import error
from common.exceptions import Forbidden, Missing, Refusal
from insights.queries.freshness import for_shared_access, parse_refresh
from sharing import signed_filters, unlock_tokens
from sharing.arrivals import Arrival, answer_part
from sharing.exports import export
from sharing.models import SharingConfiguration
from sharing.rendering import POLICY, render_page
from sharing.serializers.exported import look_of
from sharing.services.showing import Visit, note_visit
from sharing.services.unlocking import is_unlocked, issue_token, try_password

JSON = dict[str, Any]
COOKIE = "posthog_sharing_token"
TOKEN = re.compile(r"[A-Za-z0-9_-]{1,64}")
TYPES = {"embed", "image", "scene"}
SUFFIXES = {"", "json", "png"}
#: Where PostHog sends whoever asks for a picture that is not made yet. Here none ever is.
NO_PICTURE = f"{settings.STATIC_URL}blank-dashboard-hog.png"


class NoLink(Missing):
    """There is nothing at this link, for whatever reason. All reasons look the same."""


class NotSigned(Forbidden):
    pass


class AnyNegotiation(DefaultContentNegotiation):
    """The page itself looks at what is accepted; a browser that asks for HTML alone is not turned away."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type


class SharedPageView(APIView):
    """A shared dashboard or insight: a page, or its data with `.json` or `Accept: application/json`. `.png` leads to
    a picture of nothing.

    A share with a password shows nothing before it is unlocked: POST `{"password"}` gives a cookie and the same token
    as `shareToken`, for a day. Whatever the method, nothing is read of the dashboard before the gate is passed.
    """

    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]
    content_negotiation_class = AnyNegotiation
    http_method_names = ["get", "head", "post"]
    schema = None
    is_embedded = False

    def get(self, request: Request, reference: str) -> HttpResponseBase:
        share = self.find_share()
        token = self.unlocking_token()
        if share.password_required and not self._is_unlocked_by(token, share):
            return self._unlock_page(share)
        return self._show(share, share_token=token if share.password_required else None)

    def post(self, request: Request, reference: str) -> HttpResponseBase:
        share = self.find_share()
        return self._unlock(share) if share.password_required else self._show(share, share_token=None)

    # What the request says.

    @property
    def access_token(self) -> str:
        return self.kwargs["reference"].partition(".")[0]

    @property
    def address(self) -> str:
        return client_address(self.request._request)

    def is_json_path(self) -> bool:
        return self.kwargs["reference"].endswith(".json")

    def wants_json(self) -> bool:
        return self.is_json_path() or self.request.headers.get("Accept") == "application/json"

    def is_form_of_browser(self) -> bool:
        is_form = (self.request.content_type or "").startswith(("application/x-www-form-urlencoded", "multipart/"))
        return is_form and "text/html" in self.request.headers.get("Accept", "") and not self.is_json_path()

    def unlocking_token(self) -> str | None:
        scheme, _, bearer = self.request.headers.get("Authorization", "").partition(" ")
        return self.request.COOKIES.get(COOKIE) or (bearer.strip() if scheme == "Bearer" else None)

    # What stands in the way.

    def find_share(self) -> SharingConfiguration:
        """Raises NoLink."""
        token, dot, suffix = self.kwargs["reference"].partition(".")
        is_sound = TOKEN.fullmatch(token) and suffix in SUFFIXES and bool(dot) == bool(suffix)
        share = SharingConfiguration.objects.for_visitor(token) if is_sound else None
        if share is None or not share.admits(self.address):
            raise NoLink()
        if share.resource.deleted:
            raise Missing("No resource found") if self.wants_json() else NoLink()
        return share

    def _is_unlocked_by(self, token: str | None, share: SharingConfiguration) -> bool:
        unlocking = unlock_tokens.read(token) if token else None
        return is_unlocked(share, unlocking, access_token=self.access_token)

    def _locked_filters(self, share: SharingConfiguration) -> JSON:
        """Raises NotSigned. Filters in the link of a share without a secret are nobody's and are not looked at."""
        if share.locked_filters is None:
            return {}
        filters = signed_filters.read(
            self.request.GET,
            secret=share.locked_filters["secret"],
            access_token=self.access_token,
            now=time.time(),
        )
        if filters is None:
            raise NotSigned("This link is not signed by its owner, or its signature has run out.")
        return filters

    # What comes out.

    def _unlock(self, share: SharingConfiguration) -> HttpResponseBase:
        body = self.request.data
        attempt = try_password(share, body.get("password") if isinstance(body, Mapping) else None, address=self.address)
        if attempt.retry_after:
            unit = "second" if attempt.retry_after == 1 else "seconds"
            detail = f"Too many attempts. Try again in {attempt.retry_after} {unit}."
            return self._refuse_try(share, 429, detail, attempt.retry_after)
        if attempt.password is None:
            return self._refuse_try(share, 401, "Incorrect password")
        token = issue_token(share, attempt.password, access_token=self.access_token)
        answer: HttpResponseBase = (
            HttpResponseRedirect(self.request.get_full_path(), status=303)
            if self.is_form_of_browser()
            else Response({"shareToken": token})
        )
        self._set_cookie(answer, token)
        return answer

    def _refuse_try(
        self, share: SharingConfiguration, status: int, detail: str, retry_after: int | None = None
    ) -> HttpResponseBase:
        headers = {"Retry-After": str(retry_after)} if retry_after else {"WWW-Authenticate": "Bearer"}
        if self.is_form_of_browser():
            return self._unlock_page(share, status=status, complaint=detail, headers=headers)
        type_, code = (
            ("throttled_error", "throttled") if retry_after else ("authentication_error", "authentication_failed")
        )
        return Response({**error(type_, code, detail), "error": detail}, status=status, headers=headers)

    def _set_cookie(self, answer: HttpResponseBase, token: str) -> None:
        """Within a page of somebody else's, browsers keep only cookies that say they are meant to be there."""
        is_secure = self.request.is_secure()
        answer.set_cookie(
            COOKIE,
            token,
            max_age=unlock_tokens.LIFETIME,
            path=self.request.path.partition(".")[0],
            secure=is_secure,
            httponly=True,
            samesite="None" if self.is_embedded and is_secure else "Lax",
        )

    def _unlock_page(
        self, share: SharingConfiguration, *, status: int = 200, complaint: str = "", headers: Any = None
    ) -> HttpResponseBase:
        exported = {"type": "unlock", **look_of(share, "whitelabel")}
        if self.wants_json() and status == 200:
            return Response(exported)
        context = {"exported": exported, "complaint": complaint, "theme": share.option("theme")}
        return _page("unlock", context, status=status, headers=headers)

    def _show(self, share: SharingConfiguration, *, share_token: str | None) -> HttpResponseBase:
        locked_filters = self._locked_filters(share)
        if self.kwargs["reference"].endswith(".png"):
            return HttpResponseRedirect(NO_PICTURE)
        visit = Visit(
            share=share,
            locked_filters=locked_filters,
            refresh=for_shared_access(parse_refresh(self.request.GET.get("refresh"))),
        )
        arrival = Arrival(self.request.GET.dict())
        if arrival.is_part and not self.wants_json():
            return self._part(visit, arrival)
        if share.dashboard is not None:
            note_visit(share.dashboard)
        shown, page = export(visit if self.wants_json() else arrival.visit(visit))
        is_embed = self.is_embedded or "embedded" in self.request.GET
        exported = {"type": "embed" if is_embed else "scene", "accessToken": self.access_token, **shown}
        if share_token:
            exported["shareToken"] = share_token
        if self.is_json_path():
            return Response(exported)

        forced = self.request.GET.get("force_type")
        if forced in TYPES:
            exported["type"] = forced
        exported["rootClassName"] = f"export-type-{exported['type']}"
        if self.wants_json():
            return Response(exported)
        return _page("shared", {"exported": exported, "page": page, "arrival": arrival, "theme": share.option("theme")})

    def _part(self, visit: Visit, arrival: Arrival) -> HttpResponse:
        part = answer_part(visit, arrival)
        if part is None:
            raise NoLink()
        return part

    # What is true of every answer.

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, NoLink) or (isinstance(exc, NotSigned) and not self.wants_json()):
            assert isinstance(exc, Refusal)
            status = 404 if isinstance(exc, NoLink) else 403
            return _page("closed", {"detail": exc.detail if status == 403 else ""}, status=status)  # type: ignore[return-value]
        return super().handle_exception(exc)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Content-Security-Policy"] = POLICY.format(ancestors="*" if self.is_embedded else "'none'")
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex"
        # A link that was closed must be closed at once, also in the browser's memory.
        response["Cache-Control"] = "no-store"
        response.xframe_options_exempt = self.is_embedded
        return response


def _page(name: str, context: JSON, *, status: int = 200, headers: Any = None) -> HttpResponse:
    return render_page(f"sharing/{name}.html", context, status=status, headers=headers)
