"""Where visitors come from. Pure."""

import pytest

from sharing.models import SharingConfiguration
from sharing.networks import household_of


@pytest.mark.parametrize(
    ("networks", "address", "admitted"),
    [
        (None, "", True),
        (["203.0.113.0/24"], "203.0.113.7", True),
        (["203.0.113.0/24"], "203.0.114.7", False),
        (["203.0.113.7"], "::ffff:203.0.113.7", True),
        (["2001:db8::/32"], "2001:db8::1", True),
        (["2001:db8::/32"], "203.0.113.7", False),
        (["0.0.0.0/0", "::/0"], "", False),
        (["0.0.0.0/0", "::/0"], "unix:", False),
        (["fe80::/10"], "fe80::1%eth0", True),
        (["203.0.113.7/24"], "203.0.113.9", True),
    ],
)
def test_admits_only_from_its_networks(networks, address, admitted):
    assert SharingConfiguration(allowed_networks=networks).admits(address) is admitted


@pytest.mark.parametrize(
    ("address", "household"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:0:1::9", "2001:db8:0:1::/64"),
        ("", ""),
        ("unix:", "unix:"),
    ],
)
def test_a_household_is_one_address_or_a_64(address, household):
    assert household_of(address) == household
