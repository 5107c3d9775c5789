"""`paperround run`: connects what is set, keeps the rounds going, and stops cleanly when told to."""

import asyncio
import errno
import signal
import socket
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import structlog
from aiohttp import web

from adapters.clock import RunningClock
from adapters.discord import render as discord
from adapters.edges import Connected, Edge, connected, mail_edge
from adapters.email.app import EmailEdge
from adapters.host_channel import HostChannel, set_channel
from adapters.known_sources import (
    LOCAL_EVERY,
    CommunityWords,
    fetcher_of,
    kept_sample_start,
    polls_of,
    sources_set,
    way_of,
)
from adapters.main import Opened, open_paperround
from adapters.polls import LocalPolled, NetworkPolled, Polled, Standing, TellHost, run_added, run_polls
from adapters.rounds import run_retraining, run_rounds, until_the_clock_is_right
from adapters.settings import BadSettings, Settings, expected_of
from adapters.slack import render as slack
from adapters.sources.configured import ConfiguredSource, Way
from adapters.sources.file import FileSource
from adapters.sources.lookup import Lookup
from adapters.sources.network_source import NetworkSource
from adapters.upkeep import run_upkeep, until_overtaken
from adapters.web.app import playground
from adapters.web.health import Watched
from adapters.web.history import History
from adapters.web.messenger import PlatformForm, PlaygroundMessenger
from adapters.web.site import Site, site
from adapters.web.zone import machine_zone
from bot.announcements import SourceState
from bot.deliveries import DeliveryRecord
from bot.ingest import lacking_doi
from bot.model import Channel, destination_of
from bot.ports import Clock, Messenger, Source

log = structlog.get_logger()

# Open pages are streams that would never end by themselves.
WEB_SHUTDOWN_S = 1.0
# How long the first round waits for the first papers, and how long the address is not told for their sake.
FIRST_PAPERS = timedelta(seconds=60)
QUICK_SOURCE = timedelta(seconds=1)
# The bundled sample is there to be played with when nothing else is set.
SAMPLE = "sample"
# A week of it is in the past when one begins, and a week is still to come, for those who move the clock.
SAMPLE_DAYS = 7

HISTORY = "playground.jsonl"
# An address that means every one of this machine is no address to open in a browser.
HERE = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 - translated away, not listened on
NEXT_STEPS = """What next:
  1. Slack: paperround init, then a message to the bot or /papers help in a channel
  2. Discord: paperround init, then the invite link that it prints
  3. Your own papers: PAPERROUND_SOURCES in .env, or stop this and say paperround ingest file PATH"""

Tell = Callable[[str], None]


class PlatformEnded(Exception):
    """A platform will not have this bot any more; the text is a sentence for the host."""


@dataclass(slots=True)
class Running:
    """What `run` has started, so that all of it stops together."""

    stop: asyncio.Event = field(default_factory=asyncio.Event)
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def start(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """Run something until the end; when it ends by itself the process stops, for its supervisor to start anew."""
        task = asyncio.create_task(work, name=name)
        task.add_done_callback(lambda _: self.stop.set())
        self.tasks.append(task)

    async def until_stopped(self) -> None:
        """Wait until somebody says stop, then stop everything.

        Raises:
            Exception: What one of the tasks died of.
        """
        await self.stop.wait()
        log.info("stopping", action="stopping")
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        for task in self.tasks:
            if not task.cancelled() and (error := task.exception()):
                # Of tasks in a group the first that fails ends the others, so it is mostly the only one.
                raise error.exceptions[0] if isinstance(error, BaseExceptionGroup) else error


async def serve(settings: Settings, tell: Tell) -> None:
    """Run until SIGINT or SIGTERM: the playground without tokens, else what the tokens are for.

    Args:
        tell: Takes the lines for whoever started it.

    Raises:
        BadSettings: A setting cannot be used: its address is taken, its source is unknown.
        DataFolderInUse: Another process holds the data folder.
        StorageUnusable: The data folder or the database cannot be used.
    """
    running = Running()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, running.stop.set)

    def wake() -> None:
        loop.call_soon_threadsafe(running.wake.set)

    clock = RunningClock(settings.clock)
    connections = connected(settings, clock)
    edges = [one.edge for one in connections]
    play = None if edges else playground_messenger(settings, clock)
    mail = mail_edge(settings, clock)
    messengers: list[Messenger] = [play] if play else [edge.messenger for edge in edges]
    chats = sorted(messenger.platform for messenger in messengers)
    messengers += [mail.messenger] if mail else []
    async with AsyncExitStack() as ends:
        listening = ends.enter_context(_listening(settings)) if settings.does("web") else None
        settings = _reached_here(settings, listening if play else None)
        by_platform = {messenger.platform: messenger for messenger in messengers}
        host_channel = set_channel(settings.host_channel, by_platform)
        fetcher = await ends.enter_async_context(fetcher_of(settings))
        way = way_of(
            settings,
            fetcher,
            lambda: kept_sample_start(settings.data_dir, clock.now(), SAMPLE_DAYS),
            lacking=lambda now: lacking_doi(house.stores.papers, now),
        )
        sources: list[ConfiguredSource] = []

        words = CommunityWords(way)

        def next_polls(states: Mapping[str, SourceState], now: datetime) -> Mapping[str, datetime]:
            return polls_of(sources, states, now)

        house = ends.enter_context(
            open_paperround(
                settings,
                clock,
                by_platform,
                wake,
                lookup=Lookup(way),
                next_polls=next_polls,
                source_words=words,
                asks_a_minute=0 if play else settings.asks_a_minute,
            )
        )
        # Not before the folder is known to be usable: the sample writes its first day into it.
        sources += sources_of(settings, way)
        _given_stores(house, connections, mail)
        room = None
        if play and listening:
            # Before the first round: it moves the clock on to where a former run had left it.
            moved = _catching_up(house, sources, running.wake)
            room = playground(
                house.paperround, clock, play, on_clock_moved=moved, records=_records(house), zone=machine_zone()
            )
        app = site(
            Site(
                reading=house.paperround.reading,
                allowed_hosts=hosts_of(settings, listening) if listening else (),
                public_url=settings.public_url,
                trusted_proxies=settings.trusted_proxies,
                watched=watched(house, edges),
                playground=room,
                called_by_platforms=[route for one in connections for route in one.routes()],
                behind_mails=mail.routes(house.paperround.mailing) if mail is not None else (),
            )
        )
        for edge in edges:
            ends.push_async_callback(edge.stop)
            if settings.does("gateway"):
                await edge.start(house.paperround)
                running.start(_watched(edge), edge.messenger.platform)
            else:
                await edge.log_in()
        if settings.database_url:
            running.start(until_overtaken(house), "schema")
        if settings.does("worker"):
            await _work(house, sources, words, running, HostChannel(house.paperround, host_channel, wake))
        if listening:
            ends.push_async_callback((await _served(app, listening)).cleanup)
            tell(_where(listening, with_playground=room is not None))
        tell(NEXT_STEPS if play else f"Connecting to {' and '.join(chats).title()}.")
        await running.until_stopped()


def _given_stores(house: Opened, connections: Sequence[Connected], mail: EmailEdge | None) -> None:
    for one in connections:
        one.use(house.stores)
    if mail is not None:
        mail.use(house.stores)


def sources_of(settings: Settings, way: Way) -> list[ConfiguredSource]:
    """Return the sources that are set; the bundled sample when neither a source nor a token is.

    Raises:
        BadSettings: A source is not known, or its words are wrong.
    """
    said = settings.sources
    if not said and not (settings.has_slack or settings.has_discord):
        said = SAMPLE
    return sources_set(said, way)


def playground_messenger(settings: Settings, clock: Clock) -> PlaygroundMessenger:
    """Return the playground's messenger, which keeps what was said in the data folder."""
    forms = (
        PlatformForm("Slack", slack.answered, slack.posted),
        PlatformForm("Discord", discord.answered, discord.posted),
    )
    return PlaygroundMessenger(clock, History(settings.data_dir / HISTORY), forms)


def address_of(listening: socket.socket) -> str:
    """Return the web address of a listening socket, as a browser on this machine reaches it."""
    host, port = listening.getsockname()[:2]
    return f"http://{HERE.get(host, f'[{host}]' if ':' in host else host)}:{port}"


def hosts_of(settings: Settings, listening: socket.socket) -> set[str]:
    """Return what a browser may say in its Host header: this machine's names, the set host, the public address."""
    port = listening.getsockname()[1]
    names = {"127.0.0.1", "localhost", "[::1]", settings.web_host}
    public = urlsplit(settings.public_url).netloc
    return {f"{name}:{port}" for name in names} | ({public} if public else set())


def _reached_here(settings: Settings, listening: socket.socket | None) -> Settings:
    """Return settings whose links lead to a playground's own address: whoever tries it out sits in front of it."""
    if listening is None or settings.public_url:
        return settings
    return settings.model_copy(update={"public_url": address_of(listening)})


def _where(listening: socket.socket, *, with_playground: bool) -> str:
    address = address_of(listening)
    more = f"\nThe playground is at {address}/playground: type /papers help there." if with_playground else ""
    return f"Paperround is at {address} (Ctrl-C stops it).{more}"


async def _work(
    house: Opened, sources: Sequence[ConfiguredSource], words: CommunityWords, running: Running, host: HostChannel
) -> None:
    """Start reading sources and sending digests; return once the papers of a quick source are there."""
    polled = [_polled(house, one, running.wake.set, host.tell) for one in sources]
    asked_once = asyncio.Event()

    async def rounds() -> None:
        # After a night off the first digest should know of the night's papers, but no slow source may keep it.
        await _within(FIRST_PAPERS, asked_once)
        await until_the_clock_is_right(house.paperround)
        await run_rounds(house.paperround, house.clock, running.wake)

    if polled:
        running.start(run_polls(polled, asked_once), "polls")
    else:
        asked_once.set()
    own = {source.name for source in sources}

    def added(name: str) -> Polled | None:
        # What the host has set is asked anyway; what this release does not know any more is told by status.
        known = [] if name in own else words.known(name)
        return _polled(house, known[0], running.wake.set, host.tell_of_added) if known else None

    running.start(run_added(house.stores.community_sources.names, added), "added sources")
    running.start(rounds(), "rounds")
    running.start(run_retraining(house.paperround, house.clock), "retraining")
    running.start(run_upkeep(house), "upkeep")
    await _within(QUICK_SOURCE, asked_once)


def _polled(house: Opened, source: ConfiguredSource, wake: Callable[[], None], tell: TellHost) -> Polled:
    if isinstance(source, NetworkSource):
        return NetworkPolled(house.paperround, source, house.stores, house.clock, wake, tell)
    words = source.words if isinstance(source, FileSource) else source.name
    return LocalPolled(house.paperround, source, LOCAL_EVERY, wake, Standing(words, house.stores, house.clock, tell))


async def _watched(edge: Edge) -> None:
    """Wait for a platform to refuse the bot for good; that ends the process, since nothing else could mend it."""
    raise PlatformEnded(await edge.ended())


def watched(house: Opened, edges: Sequence[Edge]) -> Watched:
    """Return what the health pages look at."""
    listened = edges if house.settings.does("gateway") else ()

    async def failing_sources() -> list[str]:
        states = await asyncio.to_thread(house.stores.source_states.all)
        return [name for name, state in states.items() if state.failing_since is not None]

    return Watched(
        platforms=lambda: {edge.messenger.platform: edge.connected for edge in listened},
        failing_sources=failing_sources,
        metrics=house.meters,
        open_metrics=house.settings.metrics == "open",
    )


async def _within(patience: timedelta, event: asyncio.Event) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(patience.total_seconds()):
            await event.wait()


def _catching_up(house: Opened, sources: Sequence[Source], wake: asyncio.Event) -> Callable[[], Awaitable[None]]:
    """Return what a moved clock asks for: the papers announced by then, and the digests due by then."""
    # What is on the network does not follow the playground's clock.
    local = [source for source in sources if not isinstance(source, NetworkSource)]

    async def catch_up() -> None:
        for source in local:
            await house.paperround.ingest(source)
        await house.paperround.deliver_due()
        wake.set()

    return catch_up


def _records(house: Opened) -> Callable[[Channel], Awaitable[Sequence[DeliveryRecord]]]:
    """Return what tells the newest parts of a place, for the playground that shows what faults do."""

    async def newest(channel: Channel) -> Sequence[DeliveryRecord]:
        return await asyncio.to_thread(house.stores.ledger.recent, destination_of(channel), 40)

    return newest


def _listening(settings: Settings) -> socket.socket:
    host, port = settings.web_host, settings.web_port
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, reuse_port=False)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            expected = f"a free port: something else listens on {host}:{port} already"
            raise BadSettings("PAPERROUND_WEB_PORT", expected) from error
        raise BadSettings("PAPERROUND_WEB_HOST", f"{expected_of('PAPERROUND_WEB_HOST')} ({error.strerror})") from error


async def _served(app: web.Application, listening: socket.socket) -> web.AppRunner:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=WEB_SHUTDOWN_S, handle_signals=False)
    await runner.setup()
    await web.SockSite(runner, listening).start()
    return runner
