"""Buttons and emoji under posted papers: rows P7 to P11 of the fault matrix."""

import asyncio
import random
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.discord.conftest import ANA, BO, Lab, opened
from tests.wire.discord import world as w
from tests.wire.discord.payloads import components_of
from tests.wire.discord.server import FakeDiscord

Json = dict[str, Any]


async def posted(lab: Lab, text: str = "digest here daily 09:00 UTC") -> tuple[w.Channel, list[Json]]:
    """Deliver a digest; return the thread and the messages of its papers."""
    await lab.digest(text)
    assert [str(report.state) for report in await lab.round()] == ["sent"]
    (heading,) = lab.place.messages.values()
    thread = lab.fake.world.channels[heading["id"]]
    return thread, sorted(thread.messages.values(), key=lambda message: int(message["id"]))


def like(message: Json) -> str:
    return str(next(each["custom_id"] for each in components_of(message) if each["label"] == "Like"))


def footer(message: Json) -> str:
    return str(message["embeds"][-1]["footer"]["text"])


def people(count: int) -> list[str]:
    return [str(700000000000000000 + number) for number in range(count)]


async def test_a_press_counts_is_answered_in_private_and_the_message_shows_it(lab: Lab) -> None:
    thread, (first, *_) = await posted(lab)
    marker = footer(first)
    answer = await lab.fake.members.press(thread, ANA, like(first), first)
    assert answer.is_private
    assert "Liked" in answer.text
    assert list(lab.likes().values()) == [1]
    await lab.fake.eventually(lambda: "1 like" in first["embeds"][-1]["description"])
    assert footer(first) == marker
    assert lab.fake.refusals == []


async def test_p8_the_same_press_delivered_twice_counts_once(lab: Lab) -> None:
    thread, (first, *_) = await posted(lab)
    answer = await lab.fake.members.press(thread, ANA, like(first), first)
    await lab.fake.members.again(answer)
    await asyncio.sleep(0.3)
    assert list(lab.likes().values()) == [1]
    assert len(answer.messages) == 1
    assert lab.fake.refusals == []


async def test_p8_a_press_that_is_answered_too_late_counts_and_is_told_by_direct_message(lab: Lab) -> None:
    thread, (first, *_) = await posted(lab)
    lab.fake.members.too_late_after_s = 0.0
    pressing = asyncio.create_task(lab.fake.members.press(thread, ANA, like(first), first))
    told = lab.fake.world.direct_with(ANA).messages
    await lab.fake.eventually(lambda: told)
    pressing.cancel()
    assert "Liked" in next(iter(told.values()))["content"]
    assert list(lab.likes().values()) == [1]


@pytest.mark.parametrize("custom_id", ["9:like:arxiv:2603.00001", "like-2603.00001", "1:zap:x", "1:like", "x" * 100])
async def test_p9_a_button_of_another_release_says_so_and_changes_nothing(lab: Lab, custom_id: str) -> None:
    answer = await lab.fake.members.press(lab.place, ANA, custom_id)
    assert "from another release" in answer.text
    assert lab.likes() == {}


async def test_p9_a_button_posted_before_a_restart_still_works(tmp_path: Path) -> None:
    async with FakeDiscord() as fake:
        guild = fake.world.add_guild()
        place = fake.world.add_channel(guild)
        async with AsyncExitStack() as ends:
            lab = await opened(tmp_path / "data", fake, guild, place, ends)
            thread, (first, *_) = await posted(lab)
        async with AsyncExitStack() as ends:
            later = await opened(tmp_path / "data", fake, guild, place, ends)
            answer = await fake.members.press(thread, ANA, like(first), first)
            assert "Liked" in answer.text
            assert list(later.likes().values()) == [1]
            await fake.members.react(thread, first, BO, "👍")
            await fake.eventually(lambda: list(later.likes().values()) == [2])


@pytest.mark.parametrize("emoji", ["👍", "❤️", "🔥", "👍🏽"])
async def test_an_emoji_is_a_verdict_and_taking_it_back_takes_the_verdict_back(lab: Lab, emoji: str) -> None:
    thread, (first, *_) = await posted(lab)
    await lab.fake.members.react(thread, first, ANA, emoji)
    await lab.fake.eventually(lambda: list(lab.likes().values()) == [1])
    await lab.fake.members.take_back(thread, first, ANA, emoji)
    await lab.fake.eventually(lambda: lab.likes() == {})


async def test_one_of_two_emoji_of_the_same_meaning_taken_back_leaves_the_verdict(lab: Lab) -> None:
    thread, (first, *_) = await posted(lab)
    await lab.fake.members.react(thread, first, ANA, "👍")
    await lab.fake.members.react(thread, first, ANA, "🔥")
    await lab.fake.members.take_back(thread, first, ANA, "👍")
    await asyncio.sleep(0.8)
    assert list(lab.likes().values()) == [1]


async def test_p11_bots_other_messages_and_emoji_without_meaning_are_no_votes(lab: Lab) -> None:
    thread, (first, *_) = await posted(lab)
    foreign = lab.fake.world.add_message(lab.place, {"content": "hello"}, author=BO)
    await lab.fake.members.react(thread, first, w.BOT, "👍")
    await lab.fake.members.react(thread, first, ANA, "🍕")
    await lab.fake.members.react(lab.place, foreign, ANA, "👍")
    heading = next(message for message in lab.place.messages.values() if message["author"]["id"] == w.BOT)
    await lab.fake.members.react(lab.place, heading, ANA, "👍")
    await asyncio.sleep(0.8)
    assert lab.likes() == {}


async def test_p10_after_many_toggles_out_of_order_the_votes_are_those_on_the_message(lab: Lab) -> None:
    thread, (first, *_) = await posted(lab)
    await lab.edge._client.wait_until_ready()  # noqa: SLF001 - a new session reads all reactions once, too
    await asyncio.sleep(0.5)
    rng = random.Random(20261124)  # noqa: S311 - a printed seed, no secret
    told = []
    for _ in range(150):
        person = rng.choice(people(15))
        on = person in thread.reactions.get(first["id"], {}).get("👍", [])
        change = lab.fake.members.take_back if on else lab.fake.members.react
        await change(thread, first, person, "👍", told=False)
        told.append((person, on))
    rng.shuffle(told)
    standing = sorted(thread.reactions[first["id"]]["👍"])
    for person, was_on in told:
        event = "MESSAGE_REACTION_REMOVE" if was_on else "MESSAGE_REACTION_ADD"
        await lab.fake.members._tell_reaction(event, thread, first, person, "👍")  # noqa: SLF001
    await asyncio.sleep(1)
    await lab.fake.eventually(lambda: [person for _, person in lab.likers()] == standing, within_s=20)


async def test_p7_events_missed_while_the_connection_was_down_are_replayed_by_the_resume(lab: Lab) -> None:
    thread, (first, *_) = await posted(lab)
    await lab.fake.gateway.drop(4000)
    for person in people(50):
        await lab.fake.members.react(thread, first, person, "👍")
    await lab.fake.eventually(lambda: sum(lab.likes().values()) == 50)
    assert lab.fake.gateway.resumed == 1
    assert len(lab.fake.gateway.identified) == 1


async def test_p7_when_the_session_cannot_be_resumed_votes_are_read_back_from_the_messages(lab: Lab) -> None:
    thread, (first, second, *_) = await posted(lab)
    await lab.fake.members.react(thread, first, ANA, "👍")
    await lab.fake.eventually(lambda: sum(lab.likes().values()) == 1)
    await lab.edge._client.wait_until_ready()  # noqa: SLF001 - what is read back then is another test
    await asyncio.sleep(0.5)
    lab.fake.gateway.refuse_resume = True
    await lab.fake.gateway.drop(4000)
    await lab.fake.members.take_back(thread, first, ANA, "👍")
    for person in people(120):
        await lab.fake.members.react(thread, second, person, "👍")
    await lab.fake.eventually(lambda: sorted(lab.likes().values()) == [120], within_s=30)
    assert len(lab.fake.gateway.identified) == 2


async def test_the_gateway_asking_to_reconnect_loses_nothing(lab: Lab) -> None:
    thread, (first, *_) = await posted(lab)
    lab.fake.gateway.connected.clear()
    await lab.fake.gateway.say(7)
    await asyncio.wait_for(lab.fake.gateway.connected.wait(), 10)
    await lab.fake.members.react(thread, first, ANA, "👍")
    await lab.fake.eventually(lambda: list(lab.likes().values()) == [1])
    assert lab.fake.gateway.resumed == 1


@pytest.mark.long  # discord.py gives a silent connection a minute
async def test_a_connection_that_answers_no_heartbeat_is_replaced_by_another(lab: Lab) -> None:
    thread, (first, *_) = await posted(lab)
    lab.fake.gateway.heartbeat_ms = 500
    lab.fake.gateway.connected.clear()
    await lab.fake.gateway.say(7)
    await asyncio.wait_for(lab.fake.gateway.connected.wait(), 10)
    lab.fake.gateway.answer_heartbeats = False
    lab.fake.gateway.connected.clear()
    await asyncio.wait_for(lab.fake.gateway.connected.wait(), 100)
    lab.fake.gateway.answer_heartbeats = True
    await lab.fake.members.react(thread, first, ANA, "👍")
    await lab.fake.eventually(lambda: list(lab.likes().values()) == [1])


async def test_in_a_direct_message_presses_and_emoji_count_for_the_members_own_profile_of_that_server(lab: Lab) -> None:
    await lab.digest("digest daily 09:00 UTC")
    await lab.round()
    alone = lab.fake.world.direct_with(ANA)
    _, first, second, *_ = sorted(alone.messages.values(), key=lambda message: int(message["id"]))
    answer = await lab.fake.members.press(alone, ANA, like(first), first)
    assert "Liked" in answer.text
    await lab.fake.members.react(alone, second, ANA, "👍")
    mine = lab.member(ANA)
    await lab.fake.eventually(lambda: len(lab.stores.feedback.of_member(mine)) == 2)
    assert lab.likes() == {}
