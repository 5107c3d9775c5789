"""Hosts on the loopback that answer as a test says, byte by byte, and remember what they were asked."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic
from urllib.parse import parse_qsl, urlsplit

from adapters.sources.courtesy import Courtesies, Courtesy
from adapters.sources.fetch import Fetcher, Limits


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came in; ``at`` is a monotonic clock's time, ``params`` the last value of each name."""

    method: str
    path: str
    params: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    at: float


@dataclass(frozen=True, slots=True)
class Says:
    """One answer, begun after ``after_s``. A ``body`` in pieces is sent as they come, and ends with the connection."""

    body: bytes | AsyncIterator[bytes] = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    length: int | None = None
    after_s: float = 0.0


@dataclass
class Host:
    """A host: what it answers, and what it was asked so far."""

    port: int = 0
    connections: int = 0
    open_now: int = 0
    most_at_once: int = 0
    asked: list[Asked] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.port}"


Answer = Callable[[Asked], Says]


@asynccontextmanager
async def a_host(answer: Answer, bind: str = "127.0.0.1") -> AsyncIterator[Host]:
    host = Host()
    server = await asyncio.start_server(lambda reader, writer: _served(host, answer, reader, writer), bind, 0)
    host.port = server.sockets[0].getsockname()[1]
    try:
        yield host
    finally:
        server.close()


def always(says: Says) -> Answer:
    return lambda _: says


def in_turn(*answers: Says) -> Answer:
    """Give the answers one after the other, the last one for ever."""
    left = list(answers)
    return lambda _: left.pop(0) if len(left) > 1 else left[0]


def a_fetcher(*hosts: Host, limits: Limits | None = None, courtesy: Courtesy | None = None) -> Fetcher:
    """Return a fetcher that may ask these hosts, without waiting between requests unless a courtesy is given."""
    return Fetcher(
        "paperround@lab.example",
        allow_hosts=frozenset(host.place for host in hosts),
        courtesies=Courtesies({}, courtesy or Courtesy(1000, 1.0, 100)),
        limits=limits or Limits(first_wait_s=0.01, wait_jitter_s=0.01),
    )


async def _served(host: Host, answer: Answer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    host.connections += 1
    try:
        asked = await _asked(reader)
        if asked is None:
            return
        host.asked.append(asked)
        host.open_now += 1
        host.most_at_once = max(host.most_at_once, host.open_now)
        try:
            await _say(answer(asked), writer)
        finally:
            host.open_now -= 1
    except (ConnectionError, asyncio.IncompleteReadError):
        return  # the other side went away, as some of these tests mean it to
    finally:
        writer.close()


async def _asked(reader: asyncio.StreamReader) -> Asked | None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    line, *rest = head.split("\r\n")
    method, target, _ = line.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (part.partition(":") for part in rest) if name}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    parts = urlsplit(target)
    params = dict(parse_qsl(parts.query, keep_blank_values=True))
    return Asked(method, parts.path, params, headers, body, monotonic())


async def _say(says: Says, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(says.after_s)
    headers = {"Connection": "close", **says.headers}
    length = says.length if says.length is not None else len(says.body) if isinstance(says.body, bytes) else None
    if length is not None:
        headers["Content-Length"] = str(length)
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    writer.write(f"HTTP/1.1 {says.status} So\r\n{head}\r\n".encode())
    if isinstance(says.body, bytes):
        writer.write(says.body)
        await writer.drain()
        return
    async for piece in says.body:
        writer.write(piece)
        await writer.drain()
