"""Two processes of one app: Slack sends each event to one of their sockets, and sometimes the same to both."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from adapters.slack.app import SlackEdge, SlackOptions, SlackStores
from bot.library import Library
from bot.model import Member
from bot.paperround import Paperround
from tests.adapters.slack.conftest import Running
from tests.wire.slack.fake_slack import APP_TOKEN
from tests.wire.slack.said import a_command, a_press, a_reaction, token_of

ANA = Member("slack", "T1", "U1")


@pytest.fixture
async def both(running: Running) -> AsyncIterator[Running]:
    """The same store behind two edges, each with a socket of its own."""
    options = SlackOptions(bot_token="xoxb-one", app_token=APP_TOKEN, api_url=running.fake.api_url)  # noqa: S106 - made up
    edge = SlackEdge(options, running.clock)
    stores = running.stores
    paperround = Paperround(
        stores, Library(stores.papers), running.clock, {"slack": edge.messenger}, settle=timedelta(seconds=0.2)
    )
    await paperround.warm_up()
    edge.use(SlackStores(stores.seen_events, stores.installations))
    await edge.start(paperround)
    await running.until(lambda: running.fake.connected(2))
    yield running
    await edge.stop()


async def said_on_both(running: Running, kind: str, payload: dict[str, object]) -> None:
    said = [asyncio.to_thread(running.fake.say_by_socket, kind, payload, 5.0, socket=number) for number in (0, 1)]
    assert None not in await asyncio.gather(*said)


async def test_p5_an_emoji_that_comes_by_both_sockets_counts_once(both: Running) -> None:
    await both.command("follow here graph networks")
    await both.command("digest here daily 09:00 UTC count 3")
    await both.command("digest here now")
    await both.paperround.deliver_due()
    pick = both.fake.home.places["C1"].posts[1]
    both.fake.home.react(pick, "+1", "U1")
    await said_on_both(both, "events_api", a_reaction(both.fake, "+1", pick["ts"]))
    assert len(both.stores.feedback.of_member(ANA)) == 1


async def test_p8_a_press_and_a_command_that_come_by_both_sockets_have_one_effect(both: Running) -> None:
    answer = await both.command("search diffusion")
    await said_on_both(both, "interactive", a_press(both.fake, token_of(answer, "Like")))
    await both.until(lambda: both.fake.responses)
    await said_on_both(both, "slash_commands", a_command(both.fake, "follow entropy"))
    assert len(both.stores.feedback.of_member(ANA)) == 1
    assert len(both.stores.profiles.get(ANA.profile).interests) == 1


async def test_each_socket_answers_what_comes_by_it(both: Running) -> None:
    for number in (0, 1):
        command = a_command(both.fake, "help")
        answer = await asyncio.to_thread(both.fake.say_by_socket, "slash_commands", command, 5.0, socket=number)
        assert answer is not None
        assert "/papers search" in answer["text"]
