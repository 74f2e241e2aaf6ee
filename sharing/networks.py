"""Where visitors come from. Pure."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network


def parse_address(text: str) -> IPv4Address | IPv6Address | None:
    """None for what is no address. An IPv4 address that a server wrote as IPv6 is IPv4 all the same."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def household_of(text: str) -> str:
    """The address; of IPv6 the whole /64, which is what one household has."""
    address = parse_address(text)
    if isinstance(address, IPv6Address):
        return str(ip_network((address, 64), strict=False))
    return str(address or text)
