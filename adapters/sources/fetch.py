"""The one way out to the sources: polite, bounded in time and size, never into a private network."""

import asyncio
import zlib
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Self

import aiohttp
import stamina
from yarl import URL

from adapters.sources.addresses import PORTS, REFUSAL, AddressRefused, public_sockets
from adapters.sources.courtesy import Courtesies
from adapters.sources.fetched import Fetched, FetchFailed, PassingFault, name_of, refused, told
from adapters.sources.unpacking import Unpacking
from bot.announcements import SourceState
from bot.plain import clean

REDIRECTS = frozenset({301, 302, 303, 307, 308})
FOR_GOOD = frozenset({301, 308})
# A longer wait is not slept through: the poll ends, and the next one begins then.
LONGEST_WAIT_S = 10.0

NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Limits:
    """What one answer may cost. Times are in seconds, and do not count the wait for one's turn at a host."""

    deadline_s: float = 30.0
    body_bytes: int = 8 * 2**20
    redirects: int = 5
    attempts: int = 3
    first_wait_s: float = 1.0
    wait_jitter_s: float = 1.0
    ports: frozenset[int] = PORTS


@dataclass(frozen=True, slots=True)
class _Way:
    """A request on its way through redirects, with what remains of its time; ``for_good`` while each of them is."""

    method: str
    url: URL
    headers: Mapping[str, str]
    json: object
    left_s: float
    for_good: bool = True


class Fetcher:
    """Asks hosts. Use as an async context manager, one for the process: the queues before the hosts are in it.

    Args:
        contact: An e-mail address or page by which a host can reach who runs this; sent with each request.
        allow_hosts: ``host:port`` of servers that may be asked although they are not on the public web.
    """

    def __init__(
        self,
        contact: str,
        *,
        allow_hosts: frozenset[str] = frozenset(),
        courtesies: Courtesies | None = None,
        limits: Limits = Limits(),
    ) -> None:
        self._agent = f"Paperround/1 (+{clean(contact, 200)})" if contact else "Paperround/1"
        self._allow_hosts = allow_hosts
        self._courtesies = courtesies or Courtesies()
        self._limits = limits
        self._closing = AsyncExitStack()

    async def __aenter__(self) -> Self:
        guarded = aiohttp.TCPConnector(socket_factory=public_sockets(self._limits.ports), limit=20)
        self._public = await self._closing.enter_async_context(self._session(guarded))
        self._inside = await self._closing.enter_async_context(self._session(aiohttp.TCPConnector(limit=20)))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._closing.aclose()

    async def get(
        self,
        address: str,
        params: Mapping[str, str] = NOTHING,
        *,
        headers: Mapping[str, str] = NOTHING,
        state: SourceState | None = None,
    ) -> Fetched:
        """Return a good answer (200, or 304 when ``state`` was sent along).

        Raises:
            FetchFailed: Why there is none, in one sentence, after as many attempts as were worth it.
        """
        asked = dict(headers)
        if state is not None and state.etag:
            asked["If-None-Match"] = state.etag
        if state is not None and state.last_modified:
            asked["If-Modified-Since"] = state.last_modified
        return await self._fetched("GET", _url(address, params), asked, None)

    async def post(
        self, address: str, body: object, params: Mapping[str, str] = NOTHING, *, headers: Mapping[str, str] = NOTHING
    ) -> Fetched:
        """Send JSON to an address that only looks something up; the same as `get` otherwise."""
        return await self._fetched("POST", _url(address, params), headers, body)

    async def _fetched(self, method: str, url: URL, headers: Mapping[str, str], body: object) -> Fetched:
        limits = self._limits
        async for attempt in stamina.retry_context(
            on=_wait,
            attempts=limits.attempts,
            timeout=None,
            wait_initial=limits.first_wait_s,
            wait_jitter=limits.wait_jitter_s,
            wait_max=LONGEST_WAIT_S,
        ):
            with attempt:
                return await self._answer(_Way(method, url, headers, body, limits.deadline_s))
        raise AssertionError  # the last attempt returns or raises

    async def _answer(self, way: _Way) -> Fetched:
        """Follow a request to its answer; every hop is checked and waits for its turn anew."""
        for _ in range(self._limits.redirects + 1):
            session = self._session_for(way.url)
            async with self._courtesies.of(str(way.url.host)):
                answer = await self._hop(session, way)
            if isinstance(answer, Fetched):
                return answer
            way = answer
        raise FetchFailed(f"{name_of(way.url)} leads from one address to the next without end")

    async def _hop(self, session: aiohttp.ClientSession, way: _Way) -> "Fetched | _Way":
        begun = asyncio.get_running_loop().time()
        try:
            async with (
                asyncio.timeout(way.left_s),
                session.request(
                    way.method, way.url, headers=way.headers, json=way.json, allow_redirects=False
                ) as response,
            ):
                if response.status in REDIRECTS:
                    spent = asyncio.get_running_loop().time() - begun
                    return _further(way, response, max(way.left_s - spent, 0.1))
                if response.status == 304:
                    return told(response, way.url, b"", for_good=way.for_good)
                body = await self._body(response, way.url)
                if response.status != 200:
                    raise refused(response, way.url, body)
                return told(response, way.url, body, for_good=way.for_good)
        except aiohttp.ServerTimeoutError as error:
            raise PassingFault(f"{name_of(way.url)} cannot be reached") from error
        except TimeoutError as error:
            raise FetchFailed(
                f"{name_of(way.url)} did not answer whole within {self._limits.deadline_s:g} s"
            ) from error
        except aiohttp.InvalidURL as error:
            raise FetchFailed(f"{name_of(way.url)} is no address that can be asked") from error
        except aiohttp.ClientConnectorError as error:
            if isinstance(error.os_error, AddressRefused):
                raise FetchFailed(f"{name_of(way.url)} is not asked: {REFUSAL}") from None
            raise PassingFault(f"{name_of(way.url)} cannot be reached") from error
        except (aiohttp.ClientError, OSError, zlib.error, EOFError) as error:
            raise PassingFault(f"{name_of(way.url)} broke off its answer ({type(error).__name__})") from error

    async def _body(self, response: aiohttp.ClientResponse, url: URL) -> bytes:
        """Return the body, counting what it unpacks to: half a megabyte can unpack to half a gigabyte."""
        encoding = response.headers.get("Content-Encoding", "").strip().lower()
        try:
            unpacking = Unpacking(encoding, self._limits.body_bytes)
        except LookupError as error:
            raise FetchFailed(f"{name_of(url)} packs its answer in a way that was not asked for") from error
        async for chunk in response.content.iter_chunked(2**16):
            if not unpacking.take(chunk):
                response.close()
                raise FetchFailed(f"{name_of(url)} sent more than {self._limits.body_bytes >> 20} MB")
        return unpacking.whole()

    def _session_for(self, url: URL) -> aiohttp.ClientSession:
        place = f"{url.host}:{url.port}"
        if url.scheme not in {"http", "https"} or not url.host or url.user or url.password:
            raise FetchFailed(f"{name_of(url)} is no web address")
        if place in self._allow_hosts or f"[{url.host}]:{url.port}" in self._allow_hosts:
            return self._inside
        if url.port not in self._limits.ports:
            raise FetchFailed(f"{name_of(url)} is not asked: {REFUSAL}")
        return self._public

    def _session(self, connector: aiohttp.TCPConnector) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": self._agent, "Accept-Encoding": "gzip, deflate"},
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=10),
            # Proxies and passwords of the environment are meant for other programs.
            trust_env=False,
            auto_decompress=False,
        )


def _url(address: str, params: Mapping[str, str]) -> URL:
    try:
        url = URL(address)
        return url.update_query(params) if params else url
    except (TypeError, ValueError) as error:
        raise FetchFailed(f"{address[:100]!r} is no web address") from error


def _further(way: _Way, response: aiohttp.ClientResponse, left_s: float) -> _Way:
    location = response.headers.get("Location", "")
    if not location:
        raise FetchFailed(f"{name_of(way.url)} leads on without saying where to")
    try:
        url = way.url.join(URL(location))
    except ValueError as error:
        raise FetchFailed(f"{name_of(way.url)} leads on to what is no address") from error
    # A key that is meant for one host is not shown to another.
    headers = way.headers if url.origin() == way.url.origin() else NOTHING
    for_good = way.for_good and response.status in FOR_GOOD
    return replace(way, url=url, headers=headers, left_s=left_s, for_good=for_good)


def _wait(error: Exception) -> bool | float:
    """Tell stamina whether to ask again, and after how long when the host said it."""
    if not isinstance(error, PassingFault):
        return False
    if error.retry_after_s is None:
        return True
    return error.retry_after_s if error.retry_after_s <= LONGEST_WAIT_S else False
