"""Slash commands: how many a second, how soon, and at what cost beside a bare aiohttp handler."""

import asyncio
import hashlib
import hmac
import json
import statistics
import subprocess
import sys
import time
import urllib.request
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlencode

from benchmarks.figures import percentiles
from benchmarks.slash_servers import SECRET, TEAM, WORDS

ROUNDS = 7
ALONE = 1_000
TOGETHER = 4_000
MIXED = 640
CONNECTIONS = 32
START_PATIENCE_S = 900
# What people ask, one after another.
MIX = ("help", "search w40 w900", "search w3 w12000", "today", "trending week", "interests", "similar 1", "status")


@dataclass(frozen=True, slots=True)
class Block:
    """One stretch of requests to one server."""

    per_s: float
    latencies_ms: list[float]
    cpu_ms_each: float


class Caller(asyncio.Protocol):
    """One kept connection that sends the next request as soon as the last is answered."""

    def __init__(self, requests: deque[bytes], took: list[float], done: asyncio.Event) -> None:
        self._requests = requests
        self._took = took
        self._done = done
        self._read = b""
        self._sent_at = 0.0
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport if isinstance(transport, asyncio.Transport) else None
        self._next()

    def data_received(self, data: bytes) -> None:
        self._read += data
        head, blank, body = self._read.partition(b"\r\n\r\n")
        if not blank:
            return
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        if len(body) < length:
            return
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(head.decode())
        self._took.append((time.perf_counter() - self._sent_at) * 1000)
        self._read = b""
        self._next()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's shape
        self._done.set()

    def _next(self) -> None:
        if self._transport is None or not self._requests:
            self._done.set()
            return
        self._sent_at = time.perf_counter()
        self._transport.write(self._requests.popleft())


def measure_slash(papers: int = 100_000) -> dict[str, object]:
    """Ask both servers in turns; return rates, milliseconds, and ratios of ours to the bare handler.

    The ratios are medians of the rounds; ``stall_…`` is how long our event loop was away at worst, ``mixed_ack_…``
    how soon what people ask is acknowledged with 32 asked at once and ``papers`` stored.
    """
    with _server("bare", 0, "") as bare, _server("paperround", papers, f"http://127.0.0.1:{bare}/api/") as ours:
        figures: dict[str, object] = {"papers": papers, "rounds": ROUNDS, "connections": CONNECTIONS}
        for name, connections, count in (("alone", 1, ALONE), ("together", CONNECTIONS, TOGETHER)):
            figures |= _compared(name, ours, bare, connections, count)
        _figures_of(ours)
        mixed = asyncio.run(_block(ours, CONNECTIONS, [MIX[number % len(MIX)] for number in range(MIXED)]))
        figures |= percentiles("mixed_ack_", mixed.latencies_ms)
        figures["stall_mixed_worst_ms"] = round(_figures_of(ours)["worst_stall_ms"], 1)
        return figures


def _compared(name: str, ours: int, bare: int, connections: int, count: int) -> dict[str, object]:
    blocks: dict[int, list[Block]] = {ours: [], bare: []}
    for port in (ours, bare):
        asyncio.run(_block(port, connections, ["help"] * (count // 4)))
    for number in range(ROUNDS):
        for port in (ours, bare) if number % 2 else (bare, ours):
            blocks[port].append(asyncio.run(_block(port, connections, ["help"] * count)))
    pairs = list(zip(blocks[ours], blocks[bare], strict=True))
    return {
        f"{name}_per_s": round(statistics.median(block.per_s for block in blocks[ours])),
        f"{name}_bare_per_s": round(statistics.median(block.per_s for block in blocks[bare])),
        **percentiles(f"{name}_", [took for block in blocks[ours] for took in block.latencies_ms]),
        f"{name}_bare_p50_ms": percentiles("", [took for block in blocks[bare] for took in block.latencies_ms])[
            "p50_ms"
        ],
        f"{name}_cpu_ms": round(statistics.median(block.cpu_ms_each for block in blocks[ours]), 3),
        f"{name}_cpu_ratio": round(statistics.median(our.cpu_ms_each / its.cpu_ms_each for our, its in pairs), 2),
    }


async def _block(port: int, connections: int, texts: list[str]) -> Block:
    waiting = deque(_request(port, text, number) for number, text in enumerate(texts))
    count, took = len(waiting), list[float]()
    before = await asyncio.to_thread(_figures_of, port)
    began = time.perf_counter()
    ended = [asyncio.Event() for _ in range(connections)]
    loop = asyncio.get_running_loop()
    made = [
        await loop.create_connection(lambda done=done: Caller(waiting, took, done), "127.0.0.1", port)  # type: ignore[misc]  # bound as it is now
        for done in ended
    ]
    for done in ended:
        await done.wait()
    seconds = time.perf_counter() - began
    for transport, _ in made:
        transport.close()
    after = await asyncio.to_thread(_figures_of, port)
    if len(took) != count:
        raise RuntimeError(f"{count - len(took)} requests were not answered")
    return Block(count / seconds, took, (after["cpu_s"] - before["cpu_s"]) / count * 1000)


def _request(port: int, text: str, number: int) -> bytes:
    stamp = str(int(time.time()))
    fields = {
        "command": "/papers",
        "text": text,
        "team_id": TEAM,
        "user_id": "U1",
        "user_name": "ana",
        "channel_id": "C1",
        "channel_name": "reading",
        "trigger_id": f"{time.perf_counter_ns()}.{number}.{WORDS}",
        "response_url": f"http://127.0.0.1:{port}/response",
    }
    body = urlencode(fields).encode()
    digest = hmac.new(SECRET.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    head = (
        f"POST /slack/events HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"X-Slack-Request-Timestamp: {stamp}\r\nX-Slack-Signature: v0={digest}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _figures_of(port: int) -> dict[str, float]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/figures", timeout=30) as answer:
        told: dict[str, float] = json.loads(answer.read())
        return told


@contextmanager
def _server(which: str, papers: int, api_url: str) -> Iterator[int]:
    command = [sys.executable, "-m", "benchmarks.slash_servers", which, str(papers), api_url]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own program
    try:
        assert process.stdout is not None  # noqa: S101 - a pipe was asked for
        lines = iter(process.stdout.readline, "")
        port = next((int(line) for line in lines if line.strip().isdigit()), None)
        if port is None:
            raise RuntimeError(f"the server {which} did not start")
        yield port
    finally:
        process.kill()
        process.wait(timeout=START_PATIENCE_S)
