"""The product on a real database file, with a platform in memory and a clock that the test moves."""

from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from itertools import count
from pathlib import Path

import pytest

from bot.announcements import RejectedItem
from bot.answers.asked import Answer
from bot.library import Library
from bot.model import Channel, Member, Paper
from bot.paperround import Paperround
from storage.sqlite import SqliteStores, open_stores
from tests.builders import MovableClock, a_channel, a_member, direct_with
from tests.fakes.messenger import FakeMessenger


class ListSource:
    """`bot.ports.Source` of papers that the test made."""

    name = "list"

    def __init__(self, *items: Paper | RejectedItem) -> None:
        self._items = items

    async def papers(self, now: datetime) -> AsyncIterator[Paper | RejectedItem]:
        del now
        for item in self._items:
            yield item


class House:
    """Paperround with everything around it; `ask` speaks as a member would."""

    def __init__(self, stores: SqliteStores) -> None:
        self.stores = stores
        self.clock = MovableClock()
        self.messenger = FakeMessenger(self.clock)
        self.paperround = Paperround(stores, Library(stores.papers), self.clock, {"fake": self.messenger})
        self.ana = a_member("ana")
        self.papers = a_channel("papers")
        self._events = count(1)

    def event(self) -> str:
        return f"event-{next(self._events)}"

    async def bring(self, *items: Paper | RejectedItem) -> None:
        await self.paperround.ingest(ListSource(*items))

    async def ask(self, text: str, member: Member | None = None, channel: Channel | None = None) -> Answer:
        who = member or self.ana
        return await self.paperround.answer(text, who, channel or direct_with(who), self.event())

    async def press(self, token: str, member: Member | None = None, channel: Channel | None = None) -> Answer:
        who = member or self.ana
        return await self.paperround.press(token, who, channel or direct_with(who), self.event())


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_stores(tmp_path / "data") as stores:
        yield House(stores)
