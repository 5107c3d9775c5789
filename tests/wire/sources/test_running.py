"""The real process, set by its environment alone, against a feed on the loopback."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import IO, Any

import pytest

from adapters import known_sources
from adapters.network_when_asked import LookupWhenAsked
from adapters.settings import Settings, variables
from adapters.sources.configured import Bases, Way
from bot.model import PaperId
from tests.wire.sources.hosts import Asked, Host, Says, a_host, always
from tests.wire.sources.reading import NOW

ROOT = Path(__file__).resolve().parents[3]
PATIENCE_S = 60
BEGIN = datetime(2026, 11, 24, 8, tzinfo=UTC)
ETAG = '"of-today"'

ITEM = """<item><title>{title}</title><link>https://arxiv.org/abs/{id}</link><guid>oai:arXiv.org:{id}v1</guid>
<description>{title} is measured in this study, and it grows with time.</description>
<pubDate>Tue, 24 Nov 2026 00:00:00 -0500</pubDate></item>"""
FEED = "<?xml version='1.0'?><rss version='2.0'><channel><title>cs.LG updates</title>{}</channel></rss>".format(
    ITEM.format(title="Entropy of small machines", id="2611.00001")
    + ITEM.format(title="Robots that fold proteins", id="2611.00002")
).encode()
AWAY = Says(b"<html><body>arXiv is down for maintenance</body></html>", 503, {"Retry-After": "900"})


def the_feed(asked: Asked) -> Says:
    """Answer as arXiv does: whole once, and that nothing changed to whoever has it."""
    if asked.headers.get("if-none-match") == ETAG:
        return Says(status=304)
    return Says(FEED, headers={"ETag": ETAG, "Content-Type": "application/rss+xml"})


class Installation:
    """A data folder, and commands of `paperround` over it, each a process of its own."""

    def __init__(self, folder: Path, host: Host, **settings: str) -> None:
        self.source = f"feed:{host.address}/rss/cs.LG"
        self._settings = {
            "PAPERROUND_DATA_DIR": str(folder / "data"),
            "PAPERROUND_WEB_PORT": "0",
            "PAPERROUND_SOURCES": self.source,
            "PAPERROUND_ALLOW_HOSTS": host.place,
            "PAPERROUND_CONTACT": "papers@lab.example",
            "PAPERROUND_LOG": "info,json",
            **settings,
        }
        self._folder = folder
        self._log = folder / "log.txt"
        self._running: asyncio.subprocess.Process | None = None

    async def start(self, now: datetime) -> None:
        """Start `paperround run`; what was logged before is forgotten."""
        with self._log.open("wb") as log:
            self._running = await self._begun(now, "run", stdout=log, stderr=log)

    async def logged(self, action: str) -> dict[str, Any]:
        """Wait for an action to be logged, and return its line."""
        async with asyncio.timeout(PATIENCE_S):
            while not (found := [line for line in self._lines() if line.get("action") == action]):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        return found[0]

    async def stop(self) -> None:
        if self._running is not None and self._running.returncode is None:
            self._running.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(self._running.wait(), PATIENCE_S) == 0

    async def say(self, now: datetime, *words: str) -> tuple[int, Any, str]:
        """Run a command to its end; return its status, its JSON document if it wrote one, and its other words."""
        quiet = {"PAPERROUND_LOG": ""}
        process = await self._begun(
            now, *words, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, **quiet
        )
        out, err = await asyncio.wait_for(process.communicate(), PATIENCE_S)
        return process.returncode or 0, json.loads(out) if out else None, err.decode()

    async def _begun(
        self, now: datetime, *words: str, stdout: IO[bytes] | int, stderr: IO[bytes] | int, **more: str
    ) -> asyncio.subprocess.Process:
        inherited = {name: value for name, value in os.environ.items() if name not in variables()}
        settings = {**self._settings, **more, "PAPERROUND_CLOCK": now.isoformat(), "PYTHONPATH": str(ROOT)}
        code = "from adapters.cli import main; main()"
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", code, *words),
            env={**inherited, **settings},
            cwd=self._folder,
            stdout=stdout,
            stderr=stderr,
        )

    def _lines(self) -> list[dict[str, Any]]:
        whole = [line for line in self._log.read_text(encoding="utf-8").splitlines() if line.startswith("{")]
        return [json.loads(line) for line in whole if line.endswith("}")]


Install = Callable[..., Installation]


@pytest.fixture
async def install(tmp_path: Path) -> AsyncIterator[Install]:
    made: list[Installation] = []

    def one(host: Host, **settings: str) -> Installation:
        made.append(Installation(tmp_path, host, **settings))
        return made[-1]

    yield one
    for installation in made:
        await installation.stop()


def told_of(document: dict[str, Any], check: str) -> list[tuple[str, str]]:
    return [(found["state"], found["means"]) for found in document["checks"] if found["check"] == check]


async def test_papers_arrive_and_the_next_start_asks_only_for_what_changed(install: Install) -> None:
    async with a_host(the_feed) as host:
        bot = install(host)
        await bot.start(BEGIN)
        assert (await bot.logged("source_polled"))["added"] == 2
        _, looked_over, _ = await bot.say(BEGIN + timedelta(minutes=1), "doctor", "--json")
        await bot.stop()
        status, found, _ = await bot.say(BEGIN, "search", "entropy", "--json")
        await bot.start(BEGIN + timedelta(hours=3))
        unchanged = await bot.logged("source_polled")
        await bot.stop()
    assert status == 0
    assert found["papers"][0]["id"] == "arxiv:2611.00001"
    assert told_of(looked_over, "sources")[0][0] == "ok"
    assert (
        "was last read 2026-11-24 08:00 UTC; it is asked next 2026-11-24 10:" in told_of(looked_over, "sources")[0][1]
    )
    assert unchanged["read"] == 0
    first, second = host.asked
    assert "if-none-match" not in first.headers
    assert second.headers["if-none-match"] == ETAG
    assert "papers@lab.example" in first.headers["user-agent"]


async def test_an_error_page_is_a_failure_and_no_empty_day(install: Install) -> None:
    answers = [AWAY]
    async with a_host(lambda asked: answers.pop() if answers else the_feed(asked)) as host:
        bot = install(host)
        await bot.start(BEGIN)
        failed = await bot.logged("source_failed")
        _, looked_over, _ = await bot.say(BEGIN + timedelta(minutes=1), "doctor", "--json")
        await bot.stop()
        _, told, _ = await bot.say(BEGIN + timedelta(minutes=1), "say", "status", "--json")
        await bot.start(BEGIN + timedelta(minutes=20))
        assert (await bot.logged("source_polled"))["added"] == 2
        await bot.stop()
    assert "answered 503" in failed["why"]
    ((state, means),) = told_of(looked_over, "sources")
    assert state == "warning"
    assert "has failed since 2026-11-24 08:00 UTC (127.0.0.1 answered 503" in means
    assert f"Source {bot.source}" in told["text"]
    assert "failing since 24 November, 08:00 (127.0.0.1 answered 503" in told["text"]
    assert len(host.asked) == 2


async def test_a_host_in_a_private_network_that_is_not_allowed_is_not_asked(install: Install) -> None:
    async with a_host(the_feed) as host:
        bot = install(host, PAPERROUND_ALLOW_HOSTS="127.0.0.1:1")
        status, report, err = await bot.say(BEGIN, "ingest", bot.source, "--json")
    assert status == 1
    assert report["read"] == 0
    assert "is not asked" in err
    assert len(err.splitlines()) == 1
    assert host.asked == []


async def test_ingest_reads_a_source_once_and_since_a_day_again(install: Install) -> None:
    async with a_host(the_feed) as host:
        bot = install(host)
        _, first, _ = await bot.say(BEGIN, "ingest", "feed", bot.source.removeprefix("feed:"), "--json")
        _, again, _ = await bot.say(BEGIN, "ingest", bot.source, "--json")
        _, since, _ = await bot.say(BEGIN, "ingest", bot.source, "--since", "2026-11-01", "--json")
    assert (first["read"], first["added"]) == (2, 2)
    assert again["read"] == 0
    assert (since["read"], since["duplicates"]) == (2, 2)
    assert [asked.headers.get("if-none-match") for asked in host.asked] == [None, ETAG, None]


async def test_a_source_that_a_community_added_is_polled_beside_the_host_s(install: Install) -> None:
    async with a_host(the_feed) as host:
        bot = install(host, PAPERROUND_SOURCES="sample")
        _, added, _ = await bot.say(BEGIN, "say", f"source add {bot.source}", "--channel", "papers", "--json")
        assert added["text"].startswith(f"Added: {bot.source}")
        await bot.start(BEGIN)
        polled = await bot.logged("source_polled")
        await bot.stop()
        _, status, _ = await bot.say(BEGIN, "say", "status", "--channel", "papers", "--json")
        _, doctor, _ = await bot.say(BEGIN, "doctor", "--json")
        _, found, _ = await bot.say(BEGIN, "search", "entropy of small machines", "--json")
        _, gone, _ = await bot.say(BEGIN, "say", "source remove 1", "--channel", "papers", "--json")
        _, refused, _ = await bot.say(BEGIN, "say", "source add file:/etc/passwd", "--channel", "papers", "--json")
        _, kept, _ = await bot.say(BEGIN, "search", "entropy of small machines", "--json")
    assert (polled["source"], polled["read"], polled["added"]) == (bot.source, 2, 2)
    assert f"Source {bot.source}" in status["text"]
    assert any(bot.source in means for _, means in told_of(doctor, "sources"))
    assert found == kept != []
    assert "Its papers stay" in gone["text"]
    assert "only its host may set it" in refused["text"]


async def test_a_dry_run_tells_what_would_come_of_a_source_and_changes_nothing(install: Install) -> None:
    async with a_host(the_feed) as host:
        bot = install(host)
        _, dry, _ = await bot.say(BEGIN, "ingest", bot.source, "--dry-run", "--json")
        _, since, _ = await bot.say(BEGIN, "ingest", bot.source, "--since", "2d", "--dry-run", "--json")
        _, first, _ = await bot.say(BEGIN, "ingest", bot.source, "--json")
    assert dry == {**first, "dry_run": True} == since
    assert (first["read"], first["added"]) == (2, 2)
    # The state was not kept either, else the feed would have been asked for what changed since.
    assert [asked.headers.get("if-none-match") for asked in host.asked] == [None, None, None]


async def test_a_paper_that_is_brought_on_the_command_line_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = (
        "<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>http://arxiv.org/abs/2611.00001v1</id>"
        "<published>2026-11-20T10:00:00Z</published><updated>2026-11-20T10:00:00Z</updated>"
        "<title>Entropy of small machines</title><summary>We measure it.</summary>"
        "<author><name>Ana B.</name></author></entry></feed>"
    )
    async with a_host(always(Says(entry.encode()))) as host:
        monkeypatch.setattr(known_sources, "Way", partial(Way, bases=Bases(arxiv_api=host.address)))
        lookup = LookupWhenAsked(Settings(allow_hosts=(host.place,)))
        found = await lookup.paper(PaperId("arxiv:2611.00001"), NOW)
    assert found is not None
    assert found.title == "Entropy of small machines"
    assert host.asked[0].params["id_list"] == "2611.00001"


async def test_a_brought_paper_that_no_service_knows_is_said_to_be_unknown(install: Install) -> None:
    async with a_host(the_feed) as host:
        bot = install(host)
        # So long a DOI is kept as a digest of it, which nobody can be asked for.
        _, told, _ = await bot.say(BEGIN, "say", f"add https://doi.org/10.1000/{'x' * 80}", "--json")
    assert told["reply"] == "refusal"
    assert "No service that is asked knows this paper" in told["text"]
