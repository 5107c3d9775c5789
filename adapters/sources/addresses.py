"""Where a request may go: public web servers, whatever a feed's address, a redirect or a name server says.

What counts is the address of the connection itself, asked at the moment when its socket is made: names can change their
answer between two look-ups, and an HTTP client may take a literal address without asking any resolver.
"""

import ipaddress
import socket
from collections.abc import Callable, Sequence
from typing import Any

PORTS = frozenset({80, 443})

# Forms of IPv6 that carry an IPv4 address within, also a private one; Python calls most of them global.
_CARRIERS = tuple(
    ipaddress.ip_network(network)
    for network in ("::/96", "64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16", "fec0::/10")
)
_RELAY = ipaddress.ip_network("192.88.99.0/24")

REFUSAL = "it leads to an address that is not on the public web"


class AddressRefused(OSError):
    """The connection would leave the public web. The text says nothing about what is there."""

    def __init__(self) -> None:
        super().__init__(REFUSAL)


def is_public(address: str) -> bool:
    """Tell whether an IP address belongs to the public internet; anything that is no address does not."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        if found.scope_id is not None:
            return False
        if found.ipv4_mapped is not None:
            return is_public(str(found.ipv4_mapped))
        if any(found in network for network in _CARRIERS):
            return False
    elif found in _RELAY:
        return False
    return found.is_global and not (found.is_multicast or found.is_reserved or found.is_unspecified)


def public_sockets(ports: frozenset[int] = PORTS) -> Callable[[tuple[Any, ...]], socket.socket]:
    """Return what makes the socket for a resolved address (as `socket.getaddrinfo` gives it), for aiohttp's connector.

    It raises `AddressRefused` for an address that is not public or a port that is not among ``ports``; then nothing was
    sent.
    """

    def make(address: tuple[Any, ...]) -> socket.socket:
        family, kind, protocol, _, end = address
        place: Sequence[Any] = end
        if not is_public(str(place[0])) or place[1] not in ports:
            raise AddressRefused
        return socket.socket(family, kind, protocol)

    return make
