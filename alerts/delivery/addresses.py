"""Which addresses may be sent to. Pure, and of the standard library's parsing only: no `is_global`, whose answer
differs between Python versions and lets wrapped addresses through.

IPv4: everything but the special-purpose registry (IANA, RFC 6890) and the metadata addresses of clouds.
IPv6: nothing but 2000::/3 without its special blocks, so that what is not yet known is refused.
"""

from collections.abc import Sequence
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network


class Refusal(StrEnum):
    """Why an address or a URL may not be sent to. The value is the metric label."""

    NOT_AN_ADDRESS = "not_an_address"
    PRIVATE = "private"
    LOOPBACK = "loopback"
    LINK_LOCAL = "link_local"
    SHARED = "shared"
    METADATA = "metadata"
    MULTICAST = "multicast"
    RESERVED = "reserved"
    DOCUMENTATION = "documentation"
    WRAPPED = "wrapped"  # an IPv4 address inside an IPv6 one: mapped, translated, tunnelled
    BAD_URL = "bad_url"
    NOT_HTTPS = "not_https"
    USERINFO = "userinfo"
    NUMERIC_HOST = "numeric_host"  # decimal, octal, hex or short forms of an address
    HOST_NAME = "host_name"  # localhost and its like


_REFUSED: tuple[tuple[str, Refusal], ...] = (
    ("168.63.129.16/32", Refusal.METADATA),
    ("169.254.0.0/16", Refusal.LINK_LOCAL),
    ("0.0.0.0/8", Refusal.RESERVED),
    ("10.0.0.0/8", Refusal.PRIVATE),
    ("100.64.0.0/10", Refusal.SHARED),
    ("127.0.0.0/8", Refusal.LOOPBACK),
    ("172.16.0.0/12", Refusal.PRIVATE),
    ("192.0.0.0/24", Refusal.RESERVED),
    ("192.0.2.0/24", Refusal.DOCUMENTATION),
    ("192.31.196.0/24", Refusal.RESERVED),
    ("192.52.193.0/24", Refusal.RESERVED),
    ("192.88.99.0/24", Refusal.WRAPPED),
    ("192.168.0.0/16", Refusal.PRIVATE),
    ("192.175.48.0/24", Refusal.RESERVED),
    ("198.18.0.0/15", Refusal.RESERVED),
    ("198.51.100.0/24", Refusal.DOCUMENTATION),
    ("203.0.113.0/24", Refusal.DOCUMENTATION),
    ("224.0.0.0/4", Refusal.MULTICAST),
    ("240.0.0.0/4", Refusal.RESERVED),
    ("::1/128", Refusal.LOOPBACK),
    ("::/128", Refusal.RESERVED),
    ("::ffff:0:0/96", Refusal.WRAPPED),
    ("::ffff:0:0:0/96", Refusal.WRAPPED),
    ("::/96", Refusal.WRAPPED),
    ("64:ff9b::/96", Refusal.WRAPPED),
    ("64:ff9b:1::/48", Refusal.WRAPPED),
    ("2001::/32", Refusal.WRAPPED),
    ("2001::/23", Refusal.RESERVED),
    ("2001:db8::/32", Refusal.DOCUMENTATION),
    ("2002::/16", Refusal.WRAPPED),
    ("2620:4f:8000::/48", Refusal.RESERVED),
    ("3ffe::/16", Refusal.RESERVED),
    ("3fff::/20", Refusal.DOCUMENTATION),
    ("fc00::/7", Refusal.PRIVATE),
    ("fe80::/10", Refusal.LINK_LOCAL),
    ("fec0::/10", Refusal.PRIVATE),
    ("ff00::/8", Refusal.MULTICAST),
)
_TABLE: tuple[tuple[Network, Refusal], ...] = tuple((ip_network(block), refusal) for block, refusal in _REFUSED)
_UNICAST = IPv6Network("2000::/3")


def refusal_of(address: str, allowed: Sequence[Network] = ()) -> Refusal | None:
    """Why `address` may not be sent to, or None when it may: it is globally routable, or in an allowed network.

    An allowed network opens itself only, not the forms that wrap it.
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return Refusal.NOT_AN_ADDRESS
    if isinstance(parsed, IPv6Address) and parsed.scope_id is not None:
        return Refusal.LINK_LOCAL
    if is_allowed(parsed, allowed):
        return None
    for network, refusal in _TABLE:
        if parsed.version == network.version and parsed in network:
            return refusal
    if isinstance(parsed, IPv6Address) and parsed not in _UNICAST:
        return Refusal.RESERVED
    return None


def is_allowed(address: IPv4Address | IPv6Address | str, allowed: Sequence[Network]) -> bool:
    """Whether the address is in a network that an operator allowed by name."""
    parsed = ip_address(address) if isinstance(address, str) else address
    return any(parsed.version == network.version and parsed in network for network in allowed)


def networks(text: str) -> tuple[Network, ...]:
    """The networks of a comma-separated list of CIDRs. Raises ValueError that names the one that is none."""
    found = []
    for part in text.split(","):
        if not part.strip():
            continue
        try:
            found.append(ip_network(part.strip()))
        except ValueError as fault:
            raise ValueError(f"TOCSIN_ALLOWED_PRIVATE: {fault}") from None
    return tuple(found)
