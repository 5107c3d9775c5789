"""The real process against a Discord on sockets. D and P name rows of the fault table."""

import asyncio
import signal
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.wire.discord import world as w
from tests.wire.discord.faults import Fault
from tests.wire.discord.process import BotProcess
from tests.wire.discord.proxy import Proxy
from tests.wire.discord.server import FakeDiscord
from tests.wire.surroundings import PATIENCE_S

ANA, BO = "800000000000000001", "800000000000000002"
PARTS = 4  # a heading and three picks
STARTING = "still being read after a start"
POSTS = r"/channels/\d+/messages"


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord() as discord:
        discord.world.add_channel(discord.world.add_guild())
        yield discord


@pytest.fixture
async def bot(fake: FakeDiscord, tmp_path: Path) -> AsyncIterator[BotProcess]:
    async with BotProcess(fake, tmp_path) as process:
        yield process


def place_of(fake: FakeDiscord) -> w.Channel:
    return next(iter(fake.world.channels.values()))


async def say(fake: FakeDiscord, command: str, **options: str) -> str:
    for _ in range(600):
        answer = await fake.members.command(place_of(fake), ANA, command, manager=True, **options)
        if STARTING not in answer.text:
            return answer.text
        await asyncio.sleep(0.1)
    raise AssertionError(STARTING)


async def ask_for_a_digest(fake: FakeDiscord) -> None:
    assert "Following" in await say(fake, "follow", interest='"protein folding"', for_="here")
    assert "comes" in await say(fake, "digest", schedule="daily 09:00 Europe/Berlin count 3", for_="here")
    assert "on its way" in await say(fake, "digest", schedule="now", for_="here")


def markers(fake: FakeDiscord) -> Counter[str]:
    own = fake.world.own_messages(place_of(fake))
    footers = [message["embeds"][-1].get("footer", {}).get("text", "") for message in own if message["embeds"]]
    return Counter(word for footer in footers for word in footer.split() if word.startswith("pr-"))


def each_once(fake: FakeDiscord) -> bool:
    found = markers(fake)
    assert not found or max(found.values()) == 1, f"posted twice: {found}"
    return len(found) == PARTS


async def test_from_an_empty_server_to_the_first_pick_liked(fake: FakeDiscord, bot: BotProcess) -> None:
    await ask_for_a_digest(fake)
    await fake.eventually(lambda: each_once(fake), PATIENCE_S)
    heading, first, *_ = fake.world.own_messages(place_of(fake))
    thread = fake.world.channels[heading["id"]]
    like = first["components"][0]["components"][0]["custom_id"]
    answer = await fake.members.press(thread, ANA, like, first)
    assert "Liked" in answer.text
    await fake.members.react(thread, first, BO, "👍")
    await fake.eventually(lambda: "2 likes" in first["embeds"][-1]["description"], PATIENCE_S)
    assert not any(message["mention_everyone"] for message in fake.world.own_messages(place_of(fake)))
    assert fake.refusals == []
    assert fake.token not in bot.said()


async def test_p9_buttons_and_emoji_of_messages_older_than_the_process_count(
    fake: FakeDiscord, bot: BotProcess
) -> None:
    await ask_for_a_digest(fake)
    await fake.eventually(lambda: each_once(fake), PATIENCE_S)
    await bot.restart()
    heading, first, *_ = fake.world.own_messages(place_of(fake))
    thread = fake.world.channels[heading["id"]]
    save = first["components"][0]["components"][2]["custom_id"]
    assert "Saved" in (await fake.members.press(thread, ANA, save, first)).text
    await fake.members.react(thread, first, BO, "❤️")
    await fake.eventually(lambda: "1 like, 1 save" in first["embeds"][-1]["description"], PATIENCE_S)
    assert len(fake.asked("PUT", "/commands")) == 1


@pytest.mark.long  # four processes started twice, and killed
@pytest.mark.parametrize("part", range(PARTS))
async def test_d9_killed_while_a_part_is_under_way_each_part_arrives_once(
    fake: FakeDiscord, bot: BotProcess, part: int
) -> None:
    slow = Fault("POST", POSTS, times=0, wait_before_s=0.3, wait_after_s=1.0)
    fake.faults = [slow]

    def under_way() -> bool:
        slow.times = 1 if len(fake.posts()) >= part else 0
        return len(fake.posts()) > part

    asking = asyncio.create_task(ask_for_a_digest(fake))
    await fake.eventually(under_way, PATIENCE_S)
    await asking
    await bot.restart()
    await fake.eventually(lambda: each_once(fake), PATIENCE_S)
    await asyncio.sleep(1.5)
    assert each_once(fake)


async def test_d10_told_to_stop_while_posting_it_ends_cleanly_and_goes_on_at_the_next_start(
    fake: FakeDiscord, bot: BotProcess
) -> None:
    fake.faults = [Fault("POST", POSTS, times=2, wait_after_s=0.5)]
    await ask_for_a_digest(fake)
    await fake.eventually(fake.posts, PATIENCE_S)
    assert bot.process is not None
    bot.process.send_signal(signal.SIGTERM)
    assert await bot.exit_status() == 0
    await bot.start()
    await fake.eventually(lambda: each_once(fake), PATIENCE_S)


async def test_votes_changed_while_the_process_was_off_are_read_back_at_its_start(
    fake: FakeDiscord, bot: BotProcess
) -> None:
    await ask_for_a_digest(fake)
    await fake.eventually(lambda: each_once(fake), PATIENCE_S)
    heading, first, second, *_ = fake.world.own_messages(place_of(fake))
    thread = fake.world.channels[heading["id"]]
    for person in (ANA, BO):
        await fake.members.react(thread, first, person, "👍")
    await fake.eventually(lambda: "2 likes" in first["embeds"][-1]["description"], PATIENCE_S)
    await bot.kill()
    await fake.members.take_back(thread, first, ANA, "👍", told=False)
    await fake.members.react(thread, second, ANA, "🔖", told=False)
    await bot.start()
    await fake.eventually(lambda: "1 like" in first["embeds"][-1]["description"], PATIENCE_S)
    await fake.eventually(lambda: "1 save" in second["embeds"][-1]["description"], PATIENCE_S)
    assert fake.refusals == []


async def test_through_a_proxy_it_reaches_a_discord_that_nothing_else_reaches(
    fake: FakeDiscord, tmp_path: Path
) -> None:
    nowhere = "discord.invalid"
    fake.gateway.url = f"ws://{nowhere}/gateway/"
    async with Proxy(nowhere, fake.port) as proxy:
        settings = {"PAPERROUND_PROXY": proxy.url, "DISCORD_API_URL": f"http://{nowhere}/api/v10"}
        async with BotProcess(fake, tmp_path, **settings) as bot:
            assert "graph" in await say(fake, "search", query="graph neural networks")
            assert "open-sesame" not in bot.said()
    # Its name resolves nowhere, so whatever came, the gateway's connection too, came this way.
    assert any("/api/v10/" in line for line in proxy.asked)
    assert len(fake.gateway.identified) == 1
    assert all(proxy.credentials)


async def test_p1_a_refused_token_ends_the_process_with_a_sentence_and_without_the_token(
    fake: FakeDiscord, tmp_path: Path
) -> None:
    bot = BotProcess(fake, tmp_path, DISCORD_TOKEN="not-the-right-token")  # noqa: S106 - of the test alone
    await bot.start(connected=False)
    assert await bot.exit_status() == 1
    assert "DISCORD_TOKEN" in bot.said()
    assert "not-the-right-token" not in bot.said()
    assert len(fake.requests) == 1
