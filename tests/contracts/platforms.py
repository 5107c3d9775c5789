"""Every platform that a messenger speaks to, each on its stage: a place to post to, and the ways in which it fails."""

import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from adapters.clock import RunningClock
from adapters.discord.app import Connection, DiscordEdge
from adapters.slack.messenger import SlackMessenger
from adapters.slack.workspaces import Workspaces
from adapters.terminal.messenger import TerminalMessenger
from adapters.web.history import History
from adapters.web.messenger import PlaygroundMessenger
from adapters.web.places import PLACES
from bot.model import Channel
from bot.ports import Messenger, OutcomeUnknown, PlatformUnreachable
from tests.fakes.messenger import FakeMessenger
from tests.wire.discord import world
from tests.wire.discord.faults import Fault as DiscordFault
from tests.wire.discord.faults import too_many
from tests.wire.discord.server import TOKEN, FakeDiscord
from tests.wire.slack.fake_slack import FakeSlack
from tests.wire.slack.fake_slack import Fault as SlackFault

RETRY_AFTER_S = 30.0
POSTS = r"/channels/\d+/messages"


@dataclass
class Stage:
    """A messenger and what it speaks to.

    Attributes:
        said: What the platform keeps of the place, oldest first, each message as text.
        lose_answer: The next post is stored, and its answer never comes. None where that cannot be, likewise below.
        limit: The next post is refused with `RETRY_AFTER_S` to wait.
        close_history: From now on the bot may not read what was said.
        gone: A place that takes no messages any more.
    """

    messenger: Messenger
    clock: RunningClock
    place: Channel
    elsewhere: Channel
    said: Callable[[], list[str]]
    lose_answer: Callable[[], None] | None = None
    limit: Callable[[], None] | None = None
    close_history: Callable[[], None] | None = None
    gone: Channel | None = None


@asynccontextmanager
async def in_memory(_: Path) -> AsyncIterator[Stage]:
    clock = RunningClock()
    messenger = FakeMessenger(clock)

    def once(error: Exception) -> Callable[[Channel], None]:
        errors: Iterator[Exception] = iter([error])

        def fail(_: Channel) -> None:
            if failing := next(errors, None):
                raise failing

        return fail

    def lose_answer() -> None:
        messenger.after = once(OutcomeUnknown("the connection was cut"))

    def limit() -> None:
        messenger.before = once(PlatformUnreachable("rate limited", RETRY_AFTER_S))

    def close_history() -> None:
        messenger.readable = False

    place, other = Channel("fake", "lab", "papers"), Channel("fake", "lab", "other")
    yield Stage(
        messenger,
        clock,
        place,
        other,
        lambda: [found.payload for found in messenger.posted if found.channel == place],
        lose_answer,
        limit,
        close_history,
    )


@asynccontextmanager
async def terminal(folder: Path) -> AsyncIterator[Stage]:
    clock = RunningClock()
    written: list[str] = []
    messenger = TerminalMessenger(written.append, folder / "posted.jsonl", clock)
    place, other = Channel("terminal", "terminal", "lab"), Channel("terminal", "terminal", "other")
    yield Stage(messenger, clock, place, other, lambda: written)


@asynccontextmanager
async def the_playground(folder: Path) -> AsyncIterator[Stage]:
    clock = RunningClock()
    history = History(folder / "playground.jsonl")
    messenger = PlaygroundMessenger(clock, history)
    place, other = (place.channel for place in PLACES[:2])

    def said() -> list[str]:
        return [message.payload for message in history.in_channel(place.id)][::-1]

    gone = Channel(place.platform, place.community, "nowhere")
    yield Stage(messenger, clock, place, other, said, gone=gone)


@asynccontextmanager
async def a_slack(_: Path) -> AsyncIterator[Stage]:
    clock = RunningClock()
    with FakeSlack() as fake:
        fake.home.add_place("C2", "other", {"U1"})
        fake.home.add_place("C3", "old", {"U1"}).archived = True
        workspaces = Workspaces(clock=clock, api_url=fake.api_url, timeout_s=2.0, token=fake.home.token)

        def said() -> list[str]:
            return [json.dumps(message, ensure_ascii=False) for message in fake.home.places["C1"].posts]

        yield Stage(
            SlackMessenger(workspaces),
            clock,
            Channel("slack", "T1", "C1"),
            Channel("slack", "T1", "C2"),
            said,
            lambda: fake.faults.append(SlackFault("chat.postMessage", commits=True, closes=True)),
            lambda: fake.faults.append(
                SlackFault(
                    "chat.postMessage",
                    status=429,
                    error="ratelimited",
                    headers={"Retry-After": str(int(RETRY_AFTER_S))},
                )
            ),
            lambda: fake.home.scopes.discard("channels:history"),
            Channel("slack", "T1", "C3"),
        )
        await workspaces.close()


@asynccontextmanager
async def a_discord(_: Path) -> AsyncIterator[Stage]:
    clock = RunningClock()
    async with FakeDiscord() as fake:
        guild = fake.world.add_guild()
        place, other, closed = (fake.world.add_channel(guild, name) for name in ("papers", "other", "closed"))
        closed.denied = world.SEND | world.SEND_IN_THREADS
        edge = DiscordEdge(TOKEN, Connection(api_url=fake.api_url))
        await edge.log_in()
        messenger = edge.messenger

        def channel(of: world.Channel) -> Channel:
            return Channel("discord", guild.id, of.id)

        def said() -> list[str]:
            return [json.dumps(message, ensure_ascii=False) for message in fake.world.own_messages(place)]

        def close_history() -> None:
            place.denied = world.HISTORY

        yield Stage(
            messenger,
            clock,
            channel(place),
            channel(other),
            said,
            # The client asks again by itself, as often as it likes.
            lambda: fake.faults.append(DiscordFault("POST", POSTS, times=9, commit=True, cut=True)),
            lambda: fake.faults.append(too_many(RETRY_AFTER_S)),
            close_history,
            channel(closed),
        )
        fake.faults.clear()
        await edge.stop()


PLATFORMS = (in_memory, terminal, the_playground, a_slack, a_discord)
