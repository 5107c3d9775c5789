"""Q6: nobody reaches a private network through a feed's address, a redirect or a name.

The canaries listen where the addresses lead. What matters is that no connection reaches them, whatever the answer says.
"""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import pytest

from adapters.sources.addresses import REFUSAL, AddressRefused, is_public, public_sockets
from adapters.sources.courtesy import Courtesies, Courtesy
from adapters.sources.fetch import Fetcher, Limits
from adapters.sources.fetched import FetchFailed
from tests.wire.sources.hosts import Host, Says, a_fetcher, a_host, always

LOOPBACK = [
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0177.0.0.1",
    "①②⑦.0.0.1",
    "localhost",
    "0.0.0.0",  # noqa: S104 - as an address to connect to it is this machine
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::127.0.0.1]",
    "[::]",
]
ELSEWHERE = [
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "192.88.99.1",
    "[64:ff9b::7f00:1]",
    "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]",
    "[2001:0:7f00:1::]",
    "[fe80::1]",
    "[fc00::1]",
    "[ff02::1]",
    "[fec0::1]",
]


@asynccontextmanager
async def a_stranger(canary: Host, *allowed: Host) -> AsyncIterator[Fetcher]:
    """A fetcher for which the canary's port is one of the web's, so that only its address can be what is refused."""
    fetcher = Fetcher(
        "",
        allow_hosts=frozenset(host.place for host in allowed),
        courtesies=Courtesies({}, Courtesy(1000, 1.0, 100)),
        limits=Limits(attempts=1, deadline_s=5, ports=frozenset({80, 443, canary.port})),
    )
    async with fetcher:
        yield fetcher


@pytest.mark.parametrize("name", LOOPBACK + ELSEWHERE)
async def test_q6_an_address_of_a_private_network_is_refused_before_a_connection(name: str) -> None:
    async with a_host(always(Says(b"secret"))) as canary, a_stranger(canary) as fetcher:
        with pytest.raises(FetchFailed) as caught:
            await fetcher.get(f"http://{name}:{canary.port}/")
    assert canary.connections == 0
    assert "secret" not in caught.value.why


@pytest.mark.parametrize("name", LOOPBACK)
async def test_q6_a_redirect_to_a_private_address_is_refused_like_the_address_itself(name: str) -> None:
    async with a_host(always(Says(b"secret"))) as canary:
        leads = Says(status=302, headers={"Location": f"http://{name}:{canary.port}/"})
        async with a_host(always(leads)) as host, a_stranger(canary, host) as fetcher:
            with pytest.raises(FetchFailed):
                await fetcher.get(host.address)
    assert len(host.asked) == 1
    assert canary.connections == 0


async def test_q6_a_name_that_changes_its_answer_is_judged_by_the_address_really_connected(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = [[(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 0))]]
    asked: list[str] = []

    async def name_server(_: object, host: str, port: int, **__: object) -> list[tuple[object, ...]]:
        asked.append(host)
        return [(family, kind, protocol, name, (end[0], port)) for family, kind, protocol, name, end in answers[0]]

    monkeypatch.setattr(asyncio.base_events.BaseEventLoop, "getaddrinfo", name_server)
    async with a_host(always(Says(b"secret"))) as canary, a_stranger(canary) as fetcher:
        for _ in range(3):
            with pytest.raises(FetchFailed, match="not on the public web"):
                await fetcher.get(f"http://rebinding.example:{canary.port}/")
    assert asked
    assert canary.connections == 0


async def test_q6_the_refusal_is_the_same_whether_something_is_there_or_not() -> None:
    async with a_host(always(Says(b"secret"))) as canary:
        open_port = canary.port
        async with a_stranger(canary) as fetcher:
            with pytest.raises(FetchFailed) as something:
                await fetcher.get(f"http://127.0.0.1:{open_port}/")
    async with a_stranger(canary) as fetcher:
        with pytest.raises(FetchFailed) as nothing:
            await fetcher.get(f"http://127.0.0.1:{open_port}/")
    assert something.value.why == nothing.value.why == f"127.0.0.1 is not asked: {REFUSAL}"


async def test_q6_other_ports_than_the_web_s_are_refused_even_on_public_hosts() -> None:
    async with a_fetcher() as fetcher:
        for port in (22, 25, 6379, 8080):
            with pytest.raises(FetchFailed, match="not on the public web"):
                await fetcher.get(f"http://example.org:{port}/")


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "ftp://example.org/x",
        "gopher://127.0.0.1:70/",
        "http://user:word@example.org/",
        "http:///x",
        "x",
    ],
)
async def test_q6_only_plain_web_addresses_are_asked(address: str) -> None:
    async with a_fetcher() as fetcher:
        with pytest.raises(FetchFailed):
            await fetcher.get(address)


async def test_q6_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    async with a_host(always(Says(b"from the proxy"))) as proxy, a_host(always(Says(b"direct"))) as host:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.address)
        async with a_fetcher(host) as fetcher:
            assert (await fetcher.get(host.address)).body == b"direct"
    assert proxy.connections == 0


async def test_q6_an_allowed_host_is_exactly_that_host_and_port() -> None:
    async with (
        a_host(always(Says(b"allowed"))) as host,
        a_host(always(Says(b"secret"))) as canary,
        a_stranger(canary, host) as fetcher,
    ):
        assert (await fetcher.get(host.address)).body == b"allowed"
        for other in (f"http://localhost:{host.port}/", canary.address):
            with pytest.raises(FetchFailed):
                await fetcher.get(other)
    assert canary.connections == 0


@pytest.mark.parametrize("name", LOOPBACK + ELSEWHERE)
def test_q6_the_socket_itself_is_never_made_for_a_private_address(name: str) -> None:
    host = str(urlsplit(f"http://{name}/").hostname)
    try:
        found = socket.getaddrinfo(host, 80, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError):
        found = []
    make = public_sockets()
    for address in found:
        with pytest.raises(AddressRefused):
            make(address)
    assert not any(is_public(str(address[4][0])) for address in found)


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "151.101.1.91", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_a_public_address_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", ["", "example.org", "fe80::1%eth0", "999.1.1.1", "::ffff:10.0.0.1"])
def test_what_is_no_public_address_is_none(address: str) -> None:
    assert not is_public(address)
