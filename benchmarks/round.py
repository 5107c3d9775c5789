"""The daily round under load: thousands of digests due in the same minute, while people go on asking.

`paperround run` is a process of its own, and so are the platforms, which keep the limits of the real ones. What is
counted is what stands in their channels.
"""

import asyncio
import hashlib
import hmac
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from datetime import time as wall_time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import aiohttp
from aiohttp import web

from adapters.slack.seal import Credentials, Seal
from benchmarks.figures import percentile, percentiles
from benchmarks.slash_servers import made_up
from bot.model import Cadence, Channel, Subscription
from storage.sqlite import open_stores
from storage.stores import SqlStores

Json = dict[str, Any]

DUE_AT = datetime(2026, 3, 12, 9, 0, tzinfo=UTC)
SET_AT = DUE_AT - timedelta(days=1)
# The process starts so long before the digests are due, with papers to read meanwhile.
BEFORE = timedelta(seconds=40)
# As many papers as the larger fields of arXiv announce, for as long as a digest looks back.
DAYS = 20
PAPERS_A_DAY = 500
WORKSPACES = 20
SERVERS = 20
# Of five communities four are on Slack: on Discord 50 requests a second in all are the limit, whatever the bot does.
ON_SLACK = 0.8
INTERESTS = 500
ASKED_EVERY_S = 0.2
ANSWER_PATIENCE_S = 20.0
WRITERS = 64
QUIET_S = 8.0
SECRET = "a secret key that both sides of the benchmark know"  # noqa: S105 - made up
ASKED = ("search w12 w90", "today", "interests", "preview w30 w77", "status", "trending")


@dataclass(slots=True)
class Answers:
    """Commands on their way: when each was asked, and how long it took until its answer was there."""

    took_ms: list[float] = field(default_factory=list)
    waiting: dict[str, asyncio.Event] = field(default_factory=dict)
    lost: int = 0

    async def respond(self, request: web.Request) -> web.Response:
        await request.read()
        self.waiting[request.match_info["number"]].set()
        return web.Response(text="ok")


def measure_round(subscriptions: int = 10_000, count: int = 3, patience_s: float = 1800.0) -> dict[str, object]:
    """Let ``subscriptions`` digests of ``count`` picks fall due at once; return when and how evenly they went out.

    Returns:
        ``last_post_s`` is counted from the instant that all were due; ``early`` and ``twice`` should be 0;
        ``answer_…`` are commands from the request to their whole answer during the round; ``stall_…`` is how long the
        event loop was away, ``stall_own_…`` as far as the process itself was computing and not kept from it by others;
        ``spread_s`` how many seconds lie between the median posts of the communities of one
        platform, the first and the last; ``load`` what else the machine had to do, as the kernel counts it.
    """
    return asyncio.run(_measured(subscriptions, count, patience_s))


async def _measured(subscriptions: int, count: int, patience_s: float) -> dict[str, object]:
    with TemporaryDirectory(prefix="paperround-bench-") as temporary:
        folder = Path(temporary)
        places = places_of(subscriptions)
        await asyncio.to_thread(_seed, folder / "data", places, count)
        (folder / "places.json").write_text(json.dumps(places), encoding="utf-8")
        async with _child("benchmarks.round_platforms", str(folder / "places.json")) as platforms:
            addresses = json.loads(await _line(platforms))
            environment = _environment(folder, addresses)
            began, load = time.time(), os.getloadavg()[0]
            async with _child("benchmarks.round_process", str(folder / "figures"), **environment) as bot:
                port = await _port_of(bot)
                due_at = began + BEFORE.total_seconds()
                await asyncio.sleep(max(due_at - time.time() - 2.0, 0.0))
                answers = Answers()
                async with _asking(port, next(iter(places["slack"])), answers):
                    counted = await _until_quiet(platforms, folder / "data", subscriptions, patience_s)
                bot.send_signal(signal.SIGTERM)
                await bot.wait()
            figures = [json.loads(line) for line in (folder / "figures").read_text(encoding="utf-8").splitlines()]
    return {**_figures(counted, answers, figures, places, due_at), "load": [load, os.getloadavg()[0]]}


def places_of(subscriptions: int) -> dict[str, dict[str, list[str]]]:
    """Return channels by community by platform."""
    on_slack = int(subscriptions * ON_SLACK)
    slack: dict[str, list[str]] = {f"T{number}": [] for number in range(WORKSPACES)}
    for number in range(on_slack):
        slack[f"T{number % WORKSPACES}"].append(f"C{number}")
    discord: dict[str, list[str]] = {f"{10**17 + number}": [] for number in range(SERVERS)}
    for number in range(subscriptions - on_slack):
        discord[f"{10**17 + number % SERVERS}"].append(f"{2 * 10**17 + number}")
    return {"slack": slack, "discord": discord}


def _seed(folder: Path, places: Mapping[str, Mapping[str, list[str]]], count: int) -> None:
    with open_stores(folder) as stores, ThreadPoolExecutor(WRITERS) as writers:
        papers = list(made_up(DAYS * PAPERS_A_DAY, DUE_AT))
        for back in range(DAYS):
            day = DUE_AT - timedelta(days=back, hours=1)
            own = papers[back * PAPERS_A_DAY : (back + 1) * PAPERS_A_DAY]
            stores.papers.upsert([replace(paper, published=day.date(), announced=day) for paper in own], day)
        seal = Seal(SECRET)
        for team in places["slack"]:
            credentials = Credentials(f"xoxb-{team}", f"UBOT{team}", f"BBOT{team}")
            stores.installations.keep("slack", team, seal.seal(credentials), SET_AT)
        channels = [
            Channel(platform, community, channel, name=f"c{channel}")
            for platform, communities in places.items()
            for community, own in communities.items()
            for channel in own
        ]
        for done in [writers.submit(_subscribe, stores, *each, count) for each in enumerate(channels)]:
            done.result()


def _subscribe(stores: SqlStores, number: int, channel: Channel, count: int) -> None:
    kind = number % INTERESTS
    stores.profiles.follow(channel.profile, f"+w{kind + 20} w{kind * 3 + 40}", muted=False, now=SET_AT)
    stores.subscriptions.set(
        Subscription(
            profile=channel.profile,
            channel=channel,
            cadence=Cadence.DAILY,
            at=wall_time(9),
            zone=ZoneInfo("UTC"),
            weekdays=frozenset(range(1, 8)),
            since=SET_AT,
            count=count,
        )
    )


def _environment(folder: Path, addresses: Mapping[str, str]) -> dict[str, str]:
    nothing = folder / "announced.jsonl"
    nothing.write_text(
        json.dumps({"id": "2603.00001", "title": "One more", "abstract": "It came today.", "published": "2026-03-12"}),
        encoding="utf-8",
    )
    return {
        "PAPERROUND_DATA_DIR": str(folder / "data"),
        "PAPERROUND_LOG": "warning",
        "PAPERROUND_WEB_PORT": "0",
        "PAPERROUND_SOURCES": f"file {nothing}",
        "PAPERROUND_CLOCK": (DUE_AT - BEFORE).isoformat(),
        "PAPERROUND_PUBLIC_URL": "https://papers.example.org",
        "PAPERROUND_SECRET_KEY": SECRET,
        "SLACK_CLIENT_ID": "1.1",
        "SLACK_CLIENT_SECRET": "made-up",
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_API_URL": addresses["slack"],
        "DISCORD_TOKEN": "fake-token",
        "DISCORD_API_URL": addresses["discord"],
    }


@asynccontextmanager
async def _child(module: str, *words: str, **environment: str) -> AsyncIterator[asyncio.subprocess.Process]:
    ours = ("PAPERROUND_", "SLACK_", "DISCORD_")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        *words,
        env={**inherited, **environment},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=2**26,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _line(process: asyncio.subprocess.Process) -> bytes:
    if process.stdout is None or not (line := await process.stdout.readline()):
        raise RuntimeError("a process of the benchmark ended before its time")
    return line


async def _port_of(bot: asyncio.subprocess.Process) -> int:
    while b"Paperround is at " not in (line := await _line(bot)):
        pass
    return int(line.split(b" (")[0].rsplit(b":", 1)[1])


async def _until_quiet(
    platforms: asyncio.subprocess.Process, data: Path, subscriptions: int, patience_s: float
) -> Json:
    """Return what stands in the channels once nothing is open any more."""
    until = time.monotonic() + patience_s
    open_parts = "SELECT count(*) FROM delivery_progress WHERE state IN ('planned', 'sending', 'ambiguous')"
    while time.monotonic() < until:
        await asyncio.sleep(QUIET_S)
        planned = await asyncio.to_thread(_asked, data, "SELECT count(DISTINCT destination) FROM deliveries")
        if planned == subscriptions and await asyncio.to_thread(_asked, data, open_parts) == 0:
            break
    if platforms.stdin is None:
        raise RuntimeError("no pipe to the platforms")
    platforms.stdin.write(b"count\n")
    return dict(json.loads(await _line(platforms)), open=await asyncio.to_thread(_asked, data, open_parts))


def _asked(data: Path, question: str) -> int:
    import sqlite3  # noqa: PLC0415 - beside the process, as a host would look

    connection = sqlite3.connect(f"file:{data / 'paperround.db'}?mode=ro", uri=True, timeout=10)
    try:
        return int(connection.execute(question).fetchone()[0])
    finally:
        connection.close()


@asynccontextmanager
async def _asking(port: int, team: str, answers: Answers) -> AsyncIterator[None]:
    """Have people ask all the while."""
    app = web.Application()
    app.router.add_post("/response/{number}", answers.respond)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    here = f"http://127.0.0.1:{runner.addresses[0][1]}/response"
    async with aiohttp.ClientSession() as session:
        asking = asyncio.create_task(_ask_on(session, port, team, here, answers))
        try:
            yield
        finally:
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
            await runner.cleanup()


async def _ask_on(session: aiohttp.ClientSession, port: int, team: str, here: str, answers: Answers) -> None:
    number = 0
    async with asyncio.TaskGroup() as group:
        while True:
            number += 1
            text = ASKED[number % len(ASKED)]
            group.create_task(_ask_one(session, port, team, f"{here}/{number}", text, answers))
            await asyncio.sleep(ASKED_EVERY_S)


async def _ask_one(
    session: aiohttp.ClientSession, port: int, team: str, address: str, text: str, answers: Answers
) -> None:
    number = address.rsplit("/", 1)[1]
    answered = answers.waiting[number] = asyncio.Event()
    body, headers = _signed(text, team, address, number)
    began = time.perf_counter()
    try:
        async with asyncio.timeout(ANSWER_PATIENCE_S):
            async with session.post(f"http://127.0.0.1:{port}/slack/events", data=body, headers=headers) as answer:
                said = await answer.read()
            if not said:
                await answered.wait()
    except TimeoutError:
        answers.lost += 1
    else:
        answers.took_ms.append((time.perf_counter() - began) * 1000)


def _signed(text: str, team: str, address: str, number: str) -> tuple[bytes, dict[str, str]]:
    fields = {"command": "/papers", "text": text, "team_id": team, "response_url": address, "trigger_id": number}
    who = {"user_id": "U1", "user_name": "ana", "channel_id": "C0", "channel_name": "c0"}
    body, stamp = urlencode(fields | who).encode(), str(int(time.time()))
    digest = hmac.new(SECRET.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}
    return body, headers | {"Content-Type": "application/x-www-form-urlencoded"}


def _spread_s(at: Mapping[str, list[float]], communities: Iterable[str]) -> float:
    medians = [instants[len(instants) // 2] for community in communities if (instants := at.get(community))]
    return round(max(medians) - min(medians), 1)


def _figures(
    counted: Json, answers: Answers, figures: list[Json], places: Mapping[str, Mapping[str, list[str]]], due_at: float
) -> dict[str, object]:
    at = sorted(instant for instants in counted["at"].values() for instant in instants)
    tenths = [round(at[len(at) * tenth // 10] - due_at, 1) for tenth in range(10)] + [round(at[-1] - due_at, 1)]
    meanwhile = [each for each in figures if due_at <= each["at"] <= at[-1] + 2.0]
    stalls = sorted(each["stall_max_ms"] for each in meanwhile)
    return {
        "subscriptions": sum(len(own) for communities in places.values() for own in communities.values()),
        "channels": sum(counted["places"].values()),
        "posts": counted["posts"],
        "twice": counted["twice"],
        "left_open": counted["open"],
        "early": sum(instant < due_at for instant in at),
        "posted_by_tenths_s": tenths,
        "last_post_s": tenths[-1],
        "posts_per_s": round(len(at) / (at[-1] - at[0])),
        "spread_s": {platform: _spread_s(counted["at"], communities) for platform, communities in places.items()},
        "refused_by_limits": counted["refused"],
        "answers": len(answers.took_ms),
        "answers_lost": answers.lost,
        **percentiles("answer_", answers.took_ms),
        "stall_p99_ms": percentile(sorted(each["stall_p99_ms"] for each in meanwhile), 0.5),
        "stall_max_ms": stalls[-1],
        "stall_own_max_ms": max(each["stall_own_max_ms"] for each in meanwhile),
        "rss_mb": max(each["rss_mb"] for each in meanwhile),
        "cpu_s": round(meanwhile[-1]["cpu_s"] - meanwhile[0]["cpu_s"], 1),
    }


if __name__ == "__main__":
    print(json.dumps(measure_round(*map(int, sys.argv[1:])), indent=1))
