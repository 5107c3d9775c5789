"""Votes that changed while nobody listened: read back from the messages at the next start, and only once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from adapters.discord import client
from tests.adapters.discord.conftest import ANA, BO, Lab, opened
from tests.adapters.discord.test_feedback import like, people, posted
from tests.wire.discord import world as w
from tests.wire.discord.faults import too_many
from tests.wire.discord.server import FakeDiscord

Json = dict[str, Any]


class House:
    """A server whose bot can be stopped and started again on the same data."""

    def __init__(self, fake: FakeDiscord, folder: Path) -> None:
        self.fake = fake
        self.folder = folder
        self.guild = fake.world.add_guild()
        self.place = fake.world.add_channel(self.guild)
        self._ends = AsyncExitStack()

    async def start(self) -> Lab:
        self._ends = AsyncExitStack()
        lab = await opened(self.folder, self.fake, self.guild, self.place, self._ends)
        await lab.edge._client.wait_until_ready()  # noqa: SLF001 - votes are read back from then on
        return lab

    async def stop(self) -> None:
        await self._ends.aclose()


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with FakeDiscord() as fake:
        found = House(fake, tmp_path / "data")
        yield found
        await found.stop()


async def read_back(lab: Lab) -> None:
    """Wait until all is read that this start reads."""
    await asyncio.sleep(0.3)
    await asyncio.gather(*list(lab.edge._client._tasks))  # noqa: SLF001 - what runs beside is nobody else's business


async def likes(lab: Lab, expected: list[int]) -> None:
    """Wait until the papers of the channel have so many likes each."""
    await lab.fake.eventually(lambda: list(lab.likes().values()) == expected)


async def test_emoji_put_on_and_taken_off_while_the_process_was_off_are_read_back(house: House) -> None:
    lab = await house.start()
    thread, (first, second, *_) = await posted(lab)
    for person in (ANA, BO):
        await house.fake.members.react(thread, first, person, "👍")
    await house.fake.eventually(lambda: sum(lab.likes().values()) == 2)
    await house.stop()
    await house.fake.members.take_back(thread, first, ANA, "👍", told=False)
    await house.fake.members.react(thread, second, ANA, "🔥", told=False)
    lab = await house.start()
    await house.fake.eventually(lambda: sorted(person for _, person in lab.likers()) == [ANA, BO])
    await house.fake.eventually(lambda: list(lab.likes().values()) == [1, 1])
    await house.fake.eventually(lambda: "1 like" in first["embeds"][-1]["description"])


async def test_the_last_emoji_of_a_message_taken_off_meanwhile_is_noticed_too(house: House) -> None:
    lab = await house.start()
    thread, (first, *_) = await posted(lab)
    await house.fake.members.react(thread, first, ANA, "❤️")
    await house.fake.eventually(lambda: "1 like" in first["embeds"][-1]["description"])
    await house.stop()
    await house.fake.members.take_back(thread, first, ANA, "❤️", told=False)
    lab = await house.start()
    await house.fake.eventually(lambda: lab.likes() == {})
    await house.fake.eventually(lambda: "1 like" not in first["embeds"][-1]["description"])


async def test_reading_back_twice_records_nothing_more(house: House) -> None:
    lab = await house.start()
    thread, (first, *_) = await posted(lab)
    await house.stop()
    for person in people(5):
        await house.fake.members.react(thread, first, person, "👍", told=False)
    for _ in range(2):
        lab = await house.start()
        await likes(lab, [5])
        await read_back(lab)
        assert len(lab.stores.feedback.in_channel(lab.channel)) == 5
        await house.stop()


async def test_a_verdict_taken_back_by_a_button_is_not_renewed_because_its_emoji_still_stands(house: House) -> None:
    lab = await house.start()
    thread, (first, *_) = await posted(lab)
    await house.fake.members.react(thread, first, ANA, "👍")
    await house.fake.eventually(lambda: sum(lab.likes().values()) == 1)
    answer = await lab.paperround.answer("undo", lab.member(ANA), lab.channel, "undo by words")
    assert answer.changed
    await house.stop()
    lab = await house.start()
    await read_back(lab)
    assert lab.likes() == {}


async def test_a_like_by_button_outlives_a_start_without_any_emoji(house: House) -> None:
    lab = await house.start()
    thread, (first, *_) = await posted(lab)
    await house.fake.members.press(thread, ANA, like(first), first)
    await house.stop()
    lab = await house.start()
    await read_back(lab)
    assert list(lab.likes().values()) == [1]


async def test_an_emoji_put_on_in_two_pauses_and_taken_off_between_counts_again(house: House) -> None:
    lab = await house.start()
    thread, (first, *_) = await posted(lab)
    for _ in range(2):
        await house.stop()
        await house.fake.members.react(thread, first, ANA, "👍", told=False)
        lab = await house.start()
        await likes(lab, [1])
        await house.fake.members.take_back(thread, first, ANA, "👍")
        await likes(lab, [])


async def test_votes_in_direct_messages_and_in_archived_threads_are_read_back(house: House) -> None:
    lab = await house.start()
    thread, (first, *_) = await posted(lab)
    await lab.digest("digest daily 09:00 UTC")
    await lab.round()
    alone = house.fake.world.direct_with(ANA)
    mine = sorted(alone.messages.values(), key=lambda message: int(message["id"]))[1]
    thread.archived = True
    await house.stop()
    await house.fake.members.react(thread, first, BO, "👍", told=False)
    await house.fake.members.react(alone, mine, ANA, "👍", told=False)
    lab = await house.start()
    await house.fake.eventually(lambda: [person for _, person in lab.likers()] == [BO])
    await house.fake.eventually(lambda: len(lab.stores.feedback.of_member(lab.member(ANA))) == 1)


async def test_reading_back_waits_as_long_as_discord_asks(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "LONGEST_WAIT_S", 0.2)
    lab = await house.start()
    thread, (first, *_) = await posted(lab)
    await house.stop()
    await house.fake.members.react(thread, first, ANA, "👍", told=False)
    limited = too_many(1.0, path=rf"/channels/{thread.id}/messages")
    limited.method = "GET"
    house.fake.faults = [limited]
    lab = await house.start()
    await house.fake.eventually(lambda: list(lab.likes().values()) == [1])
    asked = [each.at for each in house.fake.asked("GET", f"/channels/{thread.id}/messages")]
    assert asked[1] - asked[0] >= 1


async def test_a_channel_that_cannot_be_read_keeps_no_other_from_being_read(house: House) -> None:
    lab = await house.start()
    thread, (first, *_) = await posted(lab)
    other = house.fake.world.add_channel(house.guild, "another")
    await lab.digest("digest here daily 09:00 UTC", type(lab.channel)("discord", house.guild.id, other.id))
    await lab.round()
    await house.stop()
    other.denied = w.VIEW
    await house.fake.members.react(thread, first, ANA, "👍", told=False)
    lab = await house.start()
    await house.fake.eventually(lambda: list(lab.likes().values()) == [1])
