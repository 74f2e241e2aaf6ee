"""How often somebody may ask. Counted in Postgres, which all workers share."""

import hashlib
import random
from typing import ClassVar

import structlog
from django.conf import settings
from django.db import DatabaseError, InterfaceError
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from accounts.models import RateCount
from accounts.permissions import key_of
from accounts.rates import Rate
from common.addresses import client_network

logger = structlog.get_logger(__name__)

BURST = Rate("burst", 480, seconds=60)
SUSTAINED = Rate("sustained", 4800, seconds=3600)
CLICKHOUSE_BURST = Rate("clickhouse_burst", 240, seconds=60)
CLICKHOUSE_SUSTAINED = Rate("clickhouse_sustained", 1200, seconds=3600)
LOGIN = Rate("login", 10, seconds=60)

SWEEPS_PER_CHECK = 1 / 1000


class RateThrottle(BaseThrottle):
    """Some rates at once, in one statement. If they cannot be counted, the request passes."""

    rates: ClassVar[tuple[Rate, ...]]
    _wait: float | None = None

    def caller(self, request: Request) -> str | None:
        """Who is counted; None for those who may ask as often as they like."""
        raise NotImplementedError

    def allow_request(self, request: Request, view: APIView) -> bool:
        caller = self.caller(request)
        if caller is None:
            return True
        try:
            self._wait = RateCount.objects.count_request(caller, self.rates)
            if random.random() < SWEEPS_PER_CHECK:
                RateCount.objects.sweep()
        except (DatabaseError, InterfaceError) as exc:
            logger.warning("rate_not_counted", error=type(exc).__name__)
        return self._wait is None

    def wait(self) -> float | None:
        return self._wait


class APIRateThrottle(RateThrottle):
    """Of every key; of strangers by address. Sessions are free. Off unless RATE_LIMIT_ENABLED."""

    rates: ClassVar[tuple[Rate, ...]] = (BURST, SUSTAINED)

    def caller(self, request: Request) -> str | None:
        if not settings.RATE_LIMIT_ENABLED:
            return None
        key = key_of(request)
        if key is not None:
            return key.secure_value
        return None if request.user.is_authenticated else f"address {client_network(request)}"


class ClickHouseRateThrottle(APIRateThrottle):
    """Of views that compute results, besides what holds for every view. The name is PostHog's."""

    rates = (BURST, SUSTAINED, CLICKHOUSE_BURST, CLICKHOUSE_SUSTAINED)


class LoginThrottle(RateThrottle):
    """Ten tries a minute for an address and an email together. Always on."""

    rates = (LOGIN,)

    def caller(self, request: Request) -> str:
        email = request.data.get("email") if hasattr(request.data, "get") else None
        who = f"{client_network(request)} {str(email).lower()}"
        return hashlib.sha256(who.encode()).hexdigest()
