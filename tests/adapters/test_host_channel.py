"""What the host is told, by a real facade and ledger into a platform in memory."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.host_channel import HostChannel, channel_named, set_channel
from adapters.settings import BadSettings
from adapters.sources.polling import HostNews
from bot.library import Library
from bot.model import Channel
from bot.paperround import Paperround
from storage.sqlite import open_stores
from tests.builders import MORNING, MovableClock
from tests.fakes.messenger import FakeMessenger

SILENT = HostNews("silent 2026-03-11", "The source feed:https://lab.example/x has failed since yesterday.", works=False)
WORKS = HostNews("works 2026-03-12", "The source feed:https://lab.example/x works again.", works=True)
SOURCE = "feed:https://lab.example/x?key=secret"


class House:
    def __init__(self, folder: Path) -> None:
        self.clock = MovableClock(MORNING)
        self.messenger = FakeMessenger(self.clock)
        self.stores = open_stores(folder)
        self.woken = 0
        self.paperround = Paperround(self.stores, Library(self.stores.papers), self.clock, {"fake": self.messenger})

    def channel(self, words: str = "fake:lab:host") -> HostChannel:
        return HostChannel(self.paperround, channel_named(words) if words else None, self.wake)

    def wake(self) -> None:
        self.woken += 1

    async def posted(self) -> list[tuple[Channel, str]]:
        await self.paperround.deliver_due()
        return [(post.channel, post.payload) for post in self.messenger.posted]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    found = House(tmp_path / "data")
    yield found
    found.stores.close()


async def test_each_occasion_is_told_once_whatever_restarts(house: House) -> None:
    # Messages that wait at the same time may be posted in either order, so each goes out before the next is told.
    for _ in range(2):
        await house.channel().tell(SOURCE, SILENT, MORNING)
        await house.posted()
    await house.channel().tell(SOURCE, WORKS, MORNING)
    await house.posted()
    await house.channel().tell(SOURCE, replace(SILENT, about="silent 2026-04-01"), MORNING)
    posted = await house.posted()
    assert ["works again" in payload for _, payload in posted] == [False, True, False]
    assert house.woken == 3
    assert not any("secret" in payload for _, payload in posted)


async def test_which_source_a_community_added_is_not_told_to_others(house: House) -> None:
    await house.channel().tell_of_added(SOURCE, SILENT, MORNING)
    await house.posted()
    await house.channel().tell_of_added(SOURCE, WORKS, MORNING)
    posted = [payload for _, payload in await house.posted()]
    assert "A source that a community added has failed for a day." in posted[0]
    assert "A source that a community added works again." in posted[1]
    assert not any("lab.example" in payload for payload in posted)


async def test_a_member_s_own_conversation_can_be_named(house: House) -> None:
    await house.channel("fake:lab:@ana").tell(SOURCE, SILENT, MORNING)
    ((channel, _),) = await house.posted()
    assert (channel.id, channel.direct) == ("@ana", True)


async def test_with_no_conversation_set_nothing_is_posted(house: House) -> None:
    assert set_channel("", {}) is None
    await house.channel("").tell(SOURCE, SILENT, MORNING)
    assert await house.posted() == []


def test_a_platform_that_is_not_connected_is_refused(house: House) -> None:
    with pytest.raises(BadSettings, match="on a platform that is connected here"):
        set_channel("other:1:2", {"fake": house.messenger})
