"""Paperround on a real database file, connected by the real edge to a Discord on a real socket."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.discord.app import Connection, DiscordEdge, Timing
from bot.library import Library
from bot.model import Channel, Member, Paper
from bot.paperround import Paperround
from bot.round import DeliveryReport
from storage.sqlite import SqliteStores, open_stores
from tests.builders import MovableClock, a_paper
from tests.wire.discord.server import TOKEN, FakeDiscord
from tests.wire.discord.world import Channel as Place
from tests.wire.discord.world import Guild

ANA, BO = "800000000000000001", "800000000000000002"
QUICK = Timing(gather_s=0.05, quiet_s=0.4)
SUBJECTS = ("entropy of sparse graphs", "sparse retrieval", "protein folding", "robot grasping", "speech entropy")


class Library20:
    """`bot.ports.Source` of a few papers."""

    name = "list"

    def __init__(self, now: datetime) -> None:
        self._now = now

    async def papers(self, now: datetime) -> AsyncIterator[Paper]:
        del now
        for number in range(20):
            subject = SUBJECTS[number % len(SUBJECTS)]
            abstract = f"We study {subject} in setting {number}. It is measured with care."
            announced = self._now - timedelta(hours=20)
            title = f"On {subject}, part {number}"
            yield a_paper(number + 1, title, abstract, announced=announced, categories=("cs.LG",))


@dataclass
class Lab:
    """A server with a channel, the bot in it, and everything around."""

    fake: FakeDiscord
    guild: Guild
    place: Place
    stores: SqliteStores
    clock: MovableClock
    edge: DiscordEdge
    paperround: Paperround

    @property
    def channel(self) -> Channel:
        return Channel("discord", self.guild.id, self.place.id, name=self.place.name)

    def member(self, person: str = ANA, *, manager: bool = True) -> Member:
        return Member("discord", self.guild.id, person, manager=manager)

    async def digest(self, text: str = "digest here daily 09:00 UTC", channel: Channel | None = None) -> None:
        """Subscribe and move the clock to just after the digest is due."""
        now = self.clock.now()
        answer = await self.paperround.answer(text, self.member(), channel or self.channel, f"set {text}")
        assert answer.changed, answer.reply
        due = (now + timedelta(days=1)).replace(hour=9, minute=0, second=5, microsecond=0)
        self.clock.move_to(due)

    async def round(self) -> list[DeliveryReport]:
        return await self.paperround.deliver_due()

    def likers(self) -> list[tuple[str, str]]:
        """Each standing like in the channel, as paper and person."""
        acts = self.stores.feedback.in_channel(self.channel)
        undone = {act.undoes for act in acts if act.undoes}
        standing = [act for act in acts if act.verdict == "like" and act.event not in undone]
        return sorted((str(act.paper), act.member.id) for act in standing)

    def likes(self) -> dict[str, int]:
        """How often each paper is liked in the channel."""
        return dict(Counter(paper for paper, _ in self.likers()))


Open = Callable[..., Awaitable[Lab]]


@asynccontextmanager
async def a_lab(
    folder: Path,
    *,
    settle_s: float = 90.0,
    post_timeout_s: float = 10.0,
    allowed_intents: int = 0,
    **setup: Any,  # noqa: ANN401 - fields of Connection
) -> AsyncIterator[Lab]:
    async with FakeDiscord() as fake, AsyncExitStack() as ends:
        fake.gateway.allowed_intents = allowed_intents
        guild = fake.world.add_guild()
        place = fake.world.add_channel(guild)
        lab = await opened(folder, fake, guild, place, ends, settle_s=settle_s, post_timeout_s=post_timeout_s, **setup)
        yield lab


async def opened(  # noqa: PLR0913
    folder: Path,
    fake: FakeDiscord,
    guild: Guild,
    place: Place,
    ends: AsyncExitStack,
    *,
    settle_s: float = 90.0,
    post_timeout_s: float = 10.0,
    listening: bool = True,
    **setup: Any,  # noqa: ANN401 - fields of Connection
) -> Lab:
    """Start the bot on a data folder, connected; ``ends`` stops it."""
    stores = open_stores(folder)
    ends.callback(stores.close)
    # Of today, and the fake's too: ids of messages carry the time, and history is looked up by it.
    clock = MovableClock(datetime.now(UTC).replace(microsecond=0))
    fake.world.clock = lambda: clock.now().timestamp()
    edge = DiscordEdge(TOKEN, Connection(api_url=fake.api_url, **setup), QUICK)
    edge._client._connection.guild_ready_timeout = 0.1  # noqa: SLF001 - the fake tells of all its servers at once
    settle, timeout = timedelta(seconds=settle_s), timedelta(seconds=post_timeout_s)
    paperround = Paperround(
        stores, Library(stores.papers), clock, {"discord": edge.messenger}, settle=settle, post_timeout=timeout
    )
    await paperround.ingest(Library20(clock.now()))
    fake.gateway.connected.clear()
    ends.push_async_callback(edge.stop)
    lab = Lab(fake, guild, place, stores, clock, edge, paperround)
    if not listening:
        await edge.log_in()
        return lab
    await edge.start(paperround)
    connected = asyncio.ensure_future(fake.gateway.connected.wait())
    ended = asyncio.ensure_future(edge.ended())
    await asyncio.wait({connected, ended}, timeout=15, return_when=asyncio.FIRST_COMPLETED)
    assert connected.done(), ended
    ended.cancel()
    return lab


@pytest.fixture
async def lab(tmp_path: Path) -> AsyncIterator[Lab]:
    async with a_lab(tmp_path / "data") as found:
        yield found
