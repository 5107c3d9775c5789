"""How many requests one address may make: a token bucket for each, so that one visitor never takes the machine."""

import time
from collections import OrderedDict
from collections.abc import Callable, Collection
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from aiohttp import web

from adapters.readers import Handler, Middleware
from adapters.web.guard import answered
from bot.words import say

# A reader who opens page after page makes about one request a second; a page brings two files the first time.
BURST = 120
A_SECOND = 4.0
# Whoever tries secrets by lot is stopped after a handful: each miss costs as much as so many pages.
COST_OF_A_MISS = 20
# Not those of pictures: they hold what they open, and whoever asks for an ended one is a platform's server.
SECRET_PATHS = ("/archive/", "/feed/", "/api/v1/", "/mail/")
# The addresses seen last; who was pushed out begins with a full bucket again.
ADDRESSES_KEPT = 10_000


class Buckets:
    """Requests that each address has left. Only the event loop touches it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with nobody known.

        Args:
            clock: Seconds that only ever grow.
        """
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, address: str, cost: float = 1.0) -> bool:
        """Take requests out of an address's bucket; False, and nothing is taken, when it does not hold so many."""
        left = self._now_left(address)
        if left < cost:
            return False
        self._keep(address, left - cost)
        return True

    def fine(self, address: str, cost: float) -> None:
        """Take so much as is there."""
        self._keep(address, max(self._now_left(address) - cost, 0.0))

    def _now_left(self, address: str) -> float:
        left, at = self._left.get(address, (float(BURST), self._clock()))
        return min(float(BURST), left + A_SECOND * (self._clock() - at))

    def _keep(self, address: str, left: float) -> None:
        self._left[address] = left, self._clock()
        self._left.move_to_end(address)
        while len(self._left) > ADDRESSES_KEPT:
            self._left.popitem(last=False)


def counted_as_this_machine(networks: Collection[IPv4Network | IPv6Network]) -> Middleware:
    """Return a middleware by which a request from these networks counts as this machine's own.

    A reverse proxy on another machine is then believed, and so is one on the host of a container, whose requests come
    by the address of a bridge. It must be the first one: the others ask who the visitor is.
    """

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        address = _address(request.remote or "") if networks else None
        trusted = address is not None and any(address in network for network in networks)
        return await handler(request.clone(remote="127.0.0.1") if trusted else request)

    return middleware


def limited(buckets: Buckets, called_by_platforms: Collection[str] = ()) -> Middleware:
    """Return a middleware that answers 429 to an address that asks for too much; this machine itself is not counted.

    Args:
        called_by_platforms: Paths whose requests are signed instead: a whole platform comes from a few addresses.
    """
    signed = frozenset(called_by_platforms)

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        address = visitor_of(request)
        if address is None or request.path in signed:
            return await handler(request)
        if not buckets.take(address):
            wait = str(round(1 / A_SECOND) + 1)
            raise web.HTTPTooManyRequests(
                text=say("That is too many requests; wait a moment."), headers={"Retry-After": wait}
            )

        def fine_a_miss(status: int) -> None:
            if request.path.startswith(SECRET_PATHS) and status in {401, 404}:
                buckets.fine(address, COST_OF_A_MISS)

        return await answered(request, handler, fine_a_miss)

    return middleware


def visitor_of(request: web.Request) -> str | None:
    """Return whose bucket a request is taken from; None for this machine's own.

    A request from this machine that names whom it stands for came through a reverse proxy here, which appends the
    address that it saw, to the same line or as one of its own. Anybody else who names one is not believed.
    """
    peer = request.remote or ""
    if not _is_loopback(peer):
        return peer
    said = ",".join(request.headers.getall("X-Forwarded-For", [])).rpartition(",")[2].strip()
    return None if not said or _is_loopback(said) else said[:64]


def is_local(request: web.Request) -> bool:
    """Return whether a request comes from this machine and stands for nobody else."""
    return visitor_of(request) is None


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """Return the address that is written; None where none is."""
    try:
        return ip_address(text)
    except ValueError:
        return None


def _is_loopback(text: str) -> bool:
    address = _address(text)
    return address is not None and address.is_loopback
