import hashlib

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView


class LoginThrottle(SimpleRateThrottle):
    """Ten tries a minute for an address and an email together, counted for all workers in one store."""

    scope = "login"
    rate = "10/min"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        email = request.data.get("email") if hasattr(request.data, "get") else None
        who = f"{self.get_ident(request)} {str(email).lower()}"
        return f"login_{hashlib.sha256(who.encode()).hexdigest()}"
