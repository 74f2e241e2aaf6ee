"""From which address a request came."""

from functools import lru_cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

Network = IPv4Network | IPv6Network


def client_address(request: HttpRequest) -> str:
    """The nearest address that is none of our proxies; "" if the server told none.

    X-Forwarded-For is read from its end, where our own proxies wrote, and only if the request came through one of
    them: anybody may send that header.
    """
    address = request.META.get("REMOTE_ADDR") or ""
    if not settings.IS_BEHIND_PROXY:
        return address
    trusted = _networks(tuple(settings.TRUSTED_PROXIES))
    forwarded = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    while forwarded and _is_in(address, trusted) and _is_address(forwarded[-1]):
        address = forwarded.pop()
    return address


def client_network(request: HttpRequest) -> str:
    """The address, and of IPv6 its /64: a single household has as many addresses there as it likes."""
    address = client_address(request)
    if not _is_address(address):
        return address
    parsed = ip_address(address)
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    return str(parsed.ipv4_mapped or IPv6Network((parsed, 64), strict=False))


@lru_cache
def _networks(texts: tuple[str, ...]) -> tuple[Network, ...]:
    return tuple(ip_network(text.strip(), strict=False) for text in texts)


def _is_in(address: str, networks: tuple[Network, ...]) -> bool:
    return _is_address(address) and any(ip_address(address) in network for network in networks)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
