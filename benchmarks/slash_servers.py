"""The two servers of the slash benchmark, each in its own process: ours, and the least that checks a signature.

Run by `benchmarks/slash.py`: ``python -m benchmarks.slash_servers bare|paperround PAPERS API_URL``; it prints its port.
"""

import asyncio
import json
import random
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import parse_qs

from aiohttp import web
from slack_sdk.signature import SignatureVerifier

from adapters.clock import RunningClock
from adapters.slack.app import SlackEdge, SlackOptions, SlackStores
from adapters.slack.render import answered
from bot.commands import COMMANDS
from bot.library import Library
from bot.model import Paper, PaperId
from bot.paperround import Paperround
from bot.replies import HelpEntry, HelpReply
from storage.sqlite import open_stores

SECRET = "a secret that both sides of the benchmark know"  # noqa: S105 - made up
TEAM = "T1"
BATCH = 5_000
# A stall is how much later than asked the loop came back; it is asked this often.
LOOKED_S = 0.001
WORDS = 20_000


class Watch:
    """How long the event loop was away at worst."""

    def __init__(self) -> None:
        self.worst_s = 0.0

    async def look(self) -> None:
        while True:
            asked = time.perf_counter()
            await asyncio.sleep(LOOKED_S)
            self.worst_s = max(self.worst_s, time.perf_counter() - asked - LOOKED_S)

    async def figures(self, _: web.Request) -> web.Response:
        """Answer with what was used since the start, and the worst stall since the last question."""
        worst, self.worst_s = self.worst_s, 0.0
        return web.json_response({"cpu_s": time.process_time(), "worst_stall_ms": worst * 1000})


def bare() -> web.Application:
    """Return the least: read, check the signature, parse, answer with as many bytes as ours for ``help``."""
    verifier = SignatureVerifier(SECRET)
    entries = tuple(HelpEntry(command.usage, command.does, command.examples[:1]) for command in COMMANDS)
    body = json.dumps({"response_type": "ephemeral", **answered(HelpReply("The daily paper round", entries))[0]})

    async def events(request: web.Request) -> web.Response:
        read = await request.read()
        headers = request.headers
        stamp, signature = headers["X-Slack-Request-Timestamp"], headers["X-Slack-Signature"]
        if not verifier.is_valid(read, stamp, signature):
            return web.Response(status=401)
        parse_qs(read.decode())
        return web.Response(text=body, content_type="application/json")

    async def auth_test(_: web.Request) -> web.Response:
        return web.json_response({"ok": True, "team_id": TEAM, "user_id": "UBOT", "bot_id": "BBOT"})

    async def users_info(_: web.Request) -> web.Response:
        return web.json_response({"ok": True, "user": {"id": "U1", "name": "ana", "tz": "Europe/Berlin"}})

    app = web.Application()
    app.add_routes([web.post("/slack/events", events), web.post("/api/auth.test", auth_test)])
    app.router.add_post("/api/users.info", users_info)
    return app


async def paperround(folder: Path, papers: int, api_url: str) -> web.Application:
    """Return ours as `paperround run` serves it, with made-up papers."""
    stores = open_stores(folder)
    clock = RunningClock()
    made = list(made_up(papers, clock.now()))
    for first in range(0, len(made), BATCH):
        stores.papers.upsert(made[first : first + BATCH], clock.now())
    options = SlackOptions(
        bot_token="xoxb-bench",  # noqa: S106 - made up
        signing_secret=SECRET,
        api_url=api_url,
        public_url="https://papers.example.org",
    )
    edge = SlackEdge(options, clock)
    facade = Paperround(stores, Library(stores.papers), clock, {"slack": edge.messenger})
    await facade.warm_up()
    edge.use(SlackStores(stores.seen_events, stores.installations))
    await edge.start(facade)
    app = web.Application()
    app.add_routes(edge.routes)
    return app


def made_up(count: int, now: datetime) -> Iterator[Paper]:
    """Yield papers with words as frequent as in a language (Zipf), always the same ones."""
    rng = random.Random(1)  # noqa: S311 - a fixed seed, nothing secret
    words = [f"w{number}" for number in range(WORDS)]
    weights = [1 / (rank + 1) for rank in range(WORDS)]
    drawn = iter(rng.choices(words, weights, k=count * 90))
    for number in range(count):
        day = now - timedelta(days=number % 365)
        yield Paper(
            PaperId(f"arxiv:{2001 + number // 90_000}.{number % 90_000:05}"),
            " ".join(next(drawn) for _ in range(10)),
            " ".join(next(drawn) for _ in range(80)),
            ("Ana B.",),
            ("cs.LG",),
            published=day.date(),
            announced=day,
            url=f"https://arxiv.org/abs/{number}",
            source="arxiv",
        )


async def serve(which: str, folder: Path, papers: int, api_url: str) -> None:
    watch = Watch()
    app = bare() if which == "bare" else await paperround(folder, papers, api_url)
    app.router.add_get("/figures", watch.figures)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    sys.stdout.write(f"{runner.addresses[0][1]}\n")
    sys.stdout.flush()
    await watch.look()


if __name__ == "__main__":
    with TemporaryDirectory() as data:
        asyncio.run(serve(sys.argv[1], Path(data) / "data", int(sys.argv[2]), sys.argv[3]))
