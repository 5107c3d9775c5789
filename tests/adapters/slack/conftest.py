"""The Slack edge in this process, with a real database, against a fake Slack on real sockets."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.clock import RunningClock
from adapters.slack.app import SlackEdge, SlackOptions, SlackStores
from bot.library import Library
from bot.model import Paper, PaperId
from bot.paperround import Paperround
from storage.sqlite import SqliteStores, open_stores
from tests.wire.slack.fake_slack import APP_TOKEN, FakeSlack
from tests.wire.slack.said import a_command

NOW = datetime(2026, 3, 10, 8, 0, tzinfo=UTC)
TOPICS = ("graph neural networks", "contrastive learning", "protein folding", "reinforcement learning", "diffusion")


@pytest.fixture
def fake() -> Iterator[FakeSlack]:
    with FakeSlack() as slack:
        yield slack


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[SqliteStores]:
    with open_stores(tmp_path / "data") as opened:
        opened.papers.upsert(some_papers(), NOW)
        yield opened


@dataclass
class Running:
    """An edge that listens by socket."""

    fake: FakeSlack
    edge: SlackEdge
    paperround: Paperround
    stores: SqliteStores
    clock: RunningClock

    async def command(self, text: str, **changes: str) -> dict[str, Any]:
        """Say a command in Slack; return its answer."""
        return await asyncio.to_thread(self.fake.ask_by_socket, a_command(self.fake, text, **changes))

    async def event(self, payload: dict[str, Any], timeout_s: float = 5.0) -> dict[str, Any] | None:
        return await asyncio.to_thread(self.fake.say_by_socket, "events_api", payload, timeout_s)

    async def press(self, payload: dict[str, Any]) -> dict[str, Any] | None:
        return await asyncio.to_thread(self.fake.say_by_socket, "interactive", payload)

    async def until(self, claim: Any) -> Any:  # noqa: ANN401 - whatever is claimed
        return await asyncio.to_thread(self.fake.wait_until, claim)


@pytest.fixture
async def running(fake: FakeSlack, stores: SqliteStores) -> AsyncIterator[Running]:
    clock = RunningClock(NOW)
    options = SlackOptions(
        bot_token="xoxb-one",  # noqa: S106 - made up
        app_token=APP_TOKEN,
        api_url=fake.api_url,
        quiet_s=0.3,
        between_calls_s=0.01,
    )
    edge = SlackEdge(options, clock)
    paperround = Paperround(
        stores,
        Library(stores.papers),
        clock,
        {"slack": edge.messenger},
        settle=timedelta(seconds=0.2),
        public_url="https://papers.example",
    )
    await paperround.warm_up()
    held = Running(fake, edge, paperround, stores, clock)
    edge.use(SlackStores(stores.seen_events, stores.installations))
    await edge.start(paperround)
    await asyncio.to_thread(fake.wait_until, fake.connected)
    yield held
    await edge.stop()


def some_papers() -> list[Paper]:
    return [
        Paper(
            PaperId(f"arxiv:2603.{number:05}"),
            f"{topic.title()} for <Science> & Beyond, part {number}",
            f"We study {topic}. Our method improves {topic} on many tasks. It is simple.",
            ("Ana B.", "Ben C."),
            ("cs.LG",),
            published=(NOW - timedelta(days=1)).date(),
            announced=NOW - timedelta(hours=6),
            url=f"https://arxiv.org/abs/2603.{number:05}",
            source="arxiv",
        )
        for number, topic in enumerate(TOPICS * 3, start=1)
    ]
