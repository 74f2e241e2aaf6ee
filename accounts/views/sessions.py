from typing import Any

from django.contrib.auth import authenticate, login, logout
from django.middleware.csrf import get_token
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import SessionAuthentication
from accounts.throttles import LoginThrottle
from common.exceptions import Refusal


class LoginBody(serializers.Serializer[Any]):
    email = serializers.CharField(max_length=254)
    password = serializers.CharField(max_length=128, trim_whitespace=False)


class LoginResult(serializers.Serializer[Any]):
    success = serializers.BooleanField()


class LoginView(APIView):
    """A session for a browser: sets `sessionid` and `posthog_csrftoken`."""

    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]
    throttle_classes = [LoginThrottle]

    @extend_schema(request=LoginBody, responses=LoginResult, summary="Sign in", operation_id="login_create")
    def post(self, request: Request) -> Response:
        body = LoginBody(data=request.data)
        body.is_valid(raise_exception=True)
        user = authenticate(
            request._request, username=body.validated_data["email"], password=body.validated_data["password"]
        )
        if user is None:
            raise Refusal("Invalid email or password.", code="invalid_credentials")
        login(request._request, user)
        get_token(request._request)
        return Response({"success": True})


class LogoutView(APIView):
    authentication_classes = [SessionAuthentication]
    permission_classes = [IsAuthenticated]

    @extend_schema(request=None, responses={204: None}, summary="Sign out", operation_id="logout_create")
    def post(self, request: Request) -> Response:
        logout(request._request)
        return Response(status=204)
