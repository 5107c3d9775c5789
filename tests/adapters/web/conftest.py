"""The playground on real sockets, with the real facade on a real database file and a handful of papers."""

import asyncio
import json
import re
import socket
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo

import aiohttp
import pytest
from aiohttp import web

from adapters.clock import RunningClock
from adapters.web.app import playground
from adapters.web.history import Author, History, Message
from adapters.web.messenger import PlatformForm, PlaygroundMessenger
from adapters.web.places import PLACES
from adapters.web.site import Site, site
from bot.announcements import RejectedItem
from bot.deliveries import DeliveryRecord
from bot.library import Library
from bot.model import Channel, Paper, destination_of
from bot.paperround import Paperround
from storage.sqlite import SqliteStores, open_stores
from tests.builders import a_paper

# A Wednesday, an hour before the round.
MORNING = datetime(2026, 3, 11, 8, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")

SUBJECTS = (
    ("Maximum entropy exploration", "Entropy bonuses keep an agent curious. We measure entropy of its policy."),
    ("Entropy of glassy liquids", "We measure the entropy of a supercooled liquid near its glass transition."),
    ("Entropy coding of images", "Arithmetic coding reaches the entropy of image data within one percent."),
    ("Estimating entropy from few samples", "An estimator of entropy for small samples with little bias."),
    ("Cross entropy in language models", "Cross entropy falls as a power law of data. We fit entropy curves."),
    ("Bridges under wind load", "Long bridges sway in wind. We damp them with tuned masses."),
    ("Soil bacteria after drought", "Bacteria in dry soil sleep and wake with rain."),
    ("Medieval grain prices", "Grain prices of four towns over two centuries follow the harvests."),
)


class Announcements:
    """`bot.ports.Source` of `SUBJECTS`, the same each day with new numbers."""

    name = "list"

    async def papers(self, now: datetime) -> AsyncIterator[Paper | RejectedItem]:
        days = (now - MORNING).days
        for day in range(-1, days + 1):
            for number, (title, abstract) in enumerate(SUBJECTS):
                announced = MORNING + timedelta(days=day) - timedelta(hours=4)
                name = f"{title}, part {day + 2}"
                yield a_paper(100 * (day + 2) + number, name, abstract, announced=announced, published=announced.date())


class Playground:
    """A running playground, and a visitor who posts forms as the page's own script does."""

    def __init__(self, stores: SqliteStores, history: Path) -> None:
        self.stores = stores
        self.clock = RunningClock(MORNING)
        self.history = History(history)
        forms = [
            PlatformForm(
                "Slack",
                lambda reply: [{"answer": type(reply).__name__}],
                lambda _: [({"part": n}, None) for n in range(9)],
            )
        ]
        self.messenger = PlaygroundMessenger(self.clock, self.history, forms)
        self.paperround = Paperround(
            stores,
            Library(stores.papers),
            self.clock,
            {self.messenger.platform: self.messenger},
            public_url="https://papers.example",
        )
        self.source = Announcements()
        self.moves = 0

    async def __aenter__(self) -> Self:
        await self.paperround.ingest(self.source)
        listening = socket.create_server(("127.0.0.1", 0))
        self.host = f"127.0.0.1:{listening.getsockname()[1]}"
        self.url = f"http://{self.host}"
        self.room = playground(
            self.paperround,
            self.clock,
            self.messenger,
            on_clock_moved=self._clock_moved,
            records=self._records,
            zone=BERLIN,
        )
        app = site(Site(self.paperround.reading, {self.host}, public_url=self.url, playground=self.room))
        self.runner = web.AppRunner(app, access_log=None, shutdown_timeout=1, handle_signals=False)
        await self.runner.setup()
        await web.SockSite(self.runner, listening).start()
        self.visitor = aiohttp.ClientSession(self.url, timeout=aiohttp.ClientTimeout(total=20))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.visitor.close()
        await self.runner.cleanup()

    async def post(self, path: str, fields: Mapping[str, str], **headers: str) -> aiohttp.ClientResponse:
        """Post a form and return the response unfollowed; it is read already."""
        sent = {"Origin": self.url, "Sec-Fetch-Site": "same-origin", **headers}
        async with self.visitor.post(path, data=dict(fields), headers=sent, allow_redirects=False) as response:
            await response.read()
            return response

    async def say(self, text: str, place: str = "direct") -> None:
        response = await self.post("/say", {"place": place, "text": text})
        assert response.status == 303

    async def press(self, message: Message, label: str, paper: str = "") -> None:
        """Press the button with that label, under one paper when the message shows several."""
        html = await self.fragment(message)
        tokens = re.findall(r'value="(1:[^"]*)">([^<]*)<', html)
        token = next(token for token, name in tokens if name == label and token.endswith(paper))
        response = await self.post("/press", {"message": message.id, "token": token})
        assert response.status == 303

    async def tomorrow(self, place: str = "direct") -> None:
        response = await self.post("/clock", {"place": place, "to": "tomorrow"})
        assert response.status == 303

    async def page(self, path: str = "/playground") -> str:
        async with self.visitor.get(path) as response:
            assert response.status == 200
            return await response.text()

    async def fragment(self, message: Message, **headers: str) -> str:
        """Return a message's HTML as the page got it."""
        async with self.visitor.get(f"/news?after={message.revision - 1}", headers=headers) as news:
            async for line in news.content:
                if line.startswith(b"data: "):
                    changes = json.loads(line[6:])["changes"]
                    return next(str(change["html"]) for change in changes if change["id"] == message.id)
        raise AssertionError("the stream ended without news")

    def messages(self, place: str = "direct") -> list[Message]:
        """Return the messages of a place, oldest first."""
        channel = next(one.channel.id for one in PLACES if one.slug == place)
        return self.history.in_channel(channel)[::-1]

    def posted(self, place: str = "direct") -> list[Message]:
        """Return the picks of rounds, each a message, oldest first."""
        return [message for message in self.messages(place) if message.marker and message.paper]

    def last(self, place: str = "direct") -> Message:
        return [message for message in self.messages(place) if message.author is Author.PAPERROUND][-1]

    async def _records(self, channel: Channel) -> list[DeliveryRecord]:
        return await asyncio.to_thread(self.stores.ledger.recent, destination_of(channel), 40)

    async def _clock_moved(self) -> None:
        self.moves += 1
        await self.paperround.ingest(self.source)
        await self.paperround.deliver_due()


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Playground]:
    with open_stores(tmp_path / "data") as stores:
        async with asyncio.timeout(60), Playground(stores, tmp_path / "playground.jsonl") as running:
            yield running
