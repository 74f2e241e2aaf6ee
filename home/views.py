"""The pages for those who sign in. Everything on them is also to be had through the API."""

from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import View
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.models import PersonalAPIKey
from accounts.services import create_personal_api_key
from accounts.throttles import LoginThrottle
from accounts.views.sessions import LoginBody
from common.exceptions import Refusal
from home.overview import ACCESSES, READING, find_dashboard, overview_of
from insights.queries.freshness import for_shared_access, parse_refresh
from sharing.arrivals import Arrival, answer_part
from sharing.exports import export
from sharing.models import SharingConfiguration
from sharing.rendering import POLICY, render_page
from sharing.services.showing import Visit

JSON = dict[str, Any]
LONGEST_LABEL = 40


def read_me_for_models(request: HttpRequest) -> HttpResponse:
    """`llms.txt`: what this is and how to use it, for language models. For everybody."""
    return HttpResponse(_llms_txt(), content_type="text/plain; charset=utf-8")


@cache
def _llms_txt() -> str:
    return (settings.BASE_DIR / "llms.txt").read_text()


class PageView(View):
    """A page of ours: nothing from elsewhere on it, in nobody's frame, kept in no cache."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        response["Content-Security-Policy"] = POLICY.format(ancestors="'none'")
        response["Cache-Control"] = "no-store"
        return response

    def sign_in_page(self, *, status: int = 200, **context: Any) -> HttpResponse:
        context |= {"csrf_token": get_token(self.request), "theme": None}
        return render_page("home/sign_in.html", context, status=status)

    def home_page(self, *, status: int = 200, **context: Any) -> HttpResponse:
        user: Any = self.request.user
        context |= {
            "user": user,
            "theme": user.theme_mode,
            "site_url": settings.SITE_URL,
            "projects": overview_of(user),
            "keys": user.personal_api_keys.all(),
            "csrf_token": get_token(self.request),
        }
        return render_page("home/home.html", context, status=status)


class HomeView(PageView):
    """Home, or for strangers the way in."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            return self.home_page()
        return self.sign_in_page(next=request.GET.get("next", ""))

    def post(self, request: HttpRequest) -> HttpResponse:
        goal, email = request.POST.get("next", ""), request.POST.get("email", "")
        throttle = LoginThrottle()
        if not throttle.allow_request(Request(request, parsers=[FormParser(), MultiPartParser()]), APIView()):
            return self.sign_in_page(
                status=429, next=goal, email=email, complaint="Too many attempts. Try again in a minute."
            )
        body = LoginBody(data=request.POST)
        user = body.is_valid() and authenticate(
            request, username=body.validated_data["email"], password=body.validated_data["password"]
        )
        if not user:
            return self.sign_in_page(status=401, next=goal, email=email, complaint="Invalid email or password.")
        login(request, user)
        is_ours = goal.startswith("/") and url_has_allowed_host_and_scheme(goal, allowed_hosts=None)
        return redirect(goal if is_ours else "home")


class MemberView(PageView):
    """Strangers are asked to sign in first, and come back then."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            goal = f"?next={request.path}" if request.method == "GET" else ""
            return redirect(f"/{goal}")
        return super().dispatch(request, *args, **kwargs)


class SignOutView(MemberView):
    def post(self, request: HttpRequest) -> HttpResponse:
        logout(request)
        return redirect("home")


class CreateKeyView(MemberView):
    """The answer shows the key, this once."""

    def post(self, request: HttpRequest) -> HttpResponse:
        label = request.POST.get("label", "").replace("\0", "").strip()[:LONGEST_LABEL]
        scopes = ACCESSES.get(request.POST.get("access", ""), ACCESSES[READING])
        if not label:
            return self.home_page(status=400, complaint="A key needs a name, so that you know it again.")
        try:
            key = create_personal_api_key(user=request.user, label=label, scopes=scopes)  # type: ignore[arg-type]
        except Refusal as refusal:
            return self.home_page(status=400, complaint=refusal.detail)
        return self.home_page(new_key=key)


class DeleteKeyView(MemberView):
    def post(self, request: HttpRequest, key_id: str) -> HttpResponse:
        PersonalAPIKey.objects.filter(pk=key_id, user=request.user.pk).delete()
        return redirect("home")


class DashboardView(MemberView):
    """A dashboard as its shared page looks, for members."""

    def get(self, request: HttpRequest, dashboard_id: int) -> HttpResponse:
        user: Any = request.user
        dashboard = find_dashboard(dashboard_id, user) if dashboard_id < 2**63 else None
        if dashboard is None:
            return self._nothing()
        visit = Visit(
            share=SharingConfiguration(team_id=dashboard.team_id, dashboard=dashboard),
            locked_filters={},
            refresh=for_shared_access(parse_refresh(request.GET.get("refresh"))),
        )
        arrival = Arrival(request.GET.dict())
        if arrival.is_part:
            return answer_part(visit, arrival) or self._nothing()
        _, page = export(arrival.visit(visit))
        return render_page("home/dashboard.html", {"page": page, "arrival": arrival, "theme": user.theme_mode})

    def _nothing(self) -> HttpResponse:
        user: Any = self.request.user
        return render_page("home/nothing.html", {"theme": user.theme_mode}, status=404)
