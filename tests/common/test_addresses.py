import pytest
from django.test import RequestFactory

from common.addresses import client_address, client_network

PROXIES = ["10.0.0.0/8", "fd00::/8"]


def request(remote, forwarded=None):
    headers = {"X-Forwarded-For": forwarded} if forwarded is not None else {}
    return RequestFactory().get("/", REMOTE_ADDR=remote, headers=headers)


@pytest.mark.parametrize(
    ("remote", "forwarded", "address"),
    [
        ("203.0.113.9", None, "203.0.113.9"),
        # nobody's header is believed but our own proxies'
        ("203.0.113.9", "1.1.1.1", "203.0.113.9"),
        ("10.0.0.1", "1.1.1.1", "1.1.1.1"),
        # what the client itself wrote stands before what our proxy saw
        ("10.0.0.1", "6.6.6.6, 1.1.1.1", "1.1.1.1"),
        ("10.0.0.1", "6.6.6.6, 1.1.1.1, 10.0.0.2", "1.1.1.1"),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("10.0.0.1", "nonsense", "10.0.0.1"),
        ("10.0.0.1", "1.1.1.1, nonsense", "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", None, "10.0.0.1"),
        ("fd00::1", "2001:db8::7", "2001:db8::7"),
        ("", "1.1.1.1", ""),
    ],
)
def test_behind_a_proxy_it_is_the_nearest_that_is_none_of_ours(settings, remote, forwarded, address):
    settings.IS_BEHIND_PROXY, settings.TRUSTED_PROXIES = True, PROXIES

    assert client_address(request(remote, forwarded)) == address


@pytest.mark.parametrize(("is_behind", "proxies"), [(False, PROXIES), (True, [])])
def test_the_header_is_nothing_unless_both_settings_say_so(settings, is_behind, proxies):
    settings.IS_BEHIND_PROXY, settings.TRUSTED_PROXIES = is_behind, proxies

    assert client_address(request("10.0.0.1", "1.1.1.1")) == "10.0.0.1"


@pytest.mark.parametrize(
    ("remote", "network"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("", ""),
        ("unix", "unix"),
    ],
)
def test_the_addresses_of_one_household_count_as_one(settings, remote, network):
    settings.IS_BEHIND_PROXY = False

    assert client_network(request(remote)) == network
