"""The loop of the sources: each is read when it may have something, and none keeps another from being read."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from time import perf_counter
from typing import Protocol

import structlog

from adapters.rounds import LONGEST_SLEEP, doubled
from adapters.sources.polling import (
    HostNews,
    PolledSource,
    after_failure,
    after_success,
    news_for_host,
    next_poll_at,
    poll,
)
from bot.announcements import SourceFailed, SourceState
from bot.paperround import Paperround
from bot.ports import Clock, Source, StorageUnavailable, Stores

log = structlog.get_logger()

# A source that fails is asked again after this at the earliest; days of failing cost it a call in six hours.
FIRST_SOURCE_BACKOFF = timedelta(minutes=5)
LONGEST_SOURCE_BACKOFF = timedelta(hours=6)
# What another process is reading is looked at again after this: it may die on the way.
READ_BY_ANOTHER = timedelta(seconds=20)

# A source that somebody adds in a chat is asked after this at the latest.
ADDED_SEEN_AFTER = timedelta(seconds=20)


# Takes the words of a source, what is news about it, and the present.
TellHost = Callable[[str, HostNews, datetime], Awaitable[None]]


class Polled(Protocol):
    """A source as the loop knows it."""

    @property
    def name(self) -> str: ...

    async def ask(self) -> timedelta:
        """Read the source if it is time; return how long it may rest. Nothing is raised: failures are its own."""


async def run_polls(polled: Sequence[Polled], asked_once: asyncio.Event) -> None:
    """Ask every source at its own pace; ends only when cancelled.

    Args:
        asked_once: Set when every source was asked for the first time, whatever came of it.
    """
    rests = await asyncio.gather(*(one.ask() for one in polled))
    asked_once.set()
    async with asyncio.TaskGroup() as tasks:
        for one, rest in zip(polled, rests, strict=True):
            tasks.create_task(_ask_on(one, rest), name=f"poll {one.name}")


async def run_added(names: Callable[[], list[str]], make: Callable[[str], Polled | None]) -> None:
    """Ask the sources that communities added, and follow what they add and take out; ends only when cancelled.

    Args:
        names: Returns what is added now; called off the event loop.
        make: Returns what asks a source, None for one that is asked anyway or that this release does not know.
    """
    asked: dict[str, asyncio.Task[None] | None] = {}
    async with asyncio.TaskGroup() as tasks:
        while True:
            try:
                wanted = await asyncio.to_thread(names)
            except StorageUnavailable:
                log.warning("the added sources cannot be told", action="added_sources_unknown")
                wanted = list(asked)
            for name in asked.keys() - set(wanted):
                if (task := asked.pop(name)) is not None:
                    task.cancel()
            for name in wanted:
                if name not in asked:
                    one = make(name)
                    asking = None if one is None else _ask_on(one, timedelta(0))
                    asked[name] = None if asking is None else tasks.create_task(asking, name=f"poll {name}")
            await asyncio.sleep(ADDED_SEEN_AFTER.total_seconds())


async def _ask_on(one: Polled, rest: timedelta) -> None:
    while True:
        await asyncio.sleep(rest.total_seconds())
        rest = await one.ask()


class Standing:
    """Where a source stands between two looks, and what the host hears of it.

    Args:
        words: How the host names it.
        tell: Tells the host what is news.
    """

    def __init__(self, words: str, stores: Stores, clock: Clock, tell: TellHost) -> None:
        self.words = words
        self.states = stores.source_states
        self.clock = clock
        self._tell = tell

    async def now(self) -> SourceState:
        return await asyncio.to_thread(self.states.get, self.words)

    async def after(self, failure: SourceFailed | None) -> None:
        """Keep how a look at it ended."""
        now = self.clock.now()
        state = replace(await self.now(), polled_at=now)
        state = after_success(state, now) if failure is None else after_failure(state, failure, now)
        await asyncio.to_thread(self.states.set, self.words, state)

    async def told(self) -> None:
        """Tell the host what it is due to hear; a message is written down before it counts as told."""
        now, state = self.clock.now(), await self.now()
        # What follows the question mark of a feed's address may be a key of the host's.
        news = news_for_host(self.words.partition("?")[0], state, now)
        if news is None:
            return
        if news.works:
            log.info("a source works again", action="source_works", source=self.words)
        else:
            log.warning("a source has failed for a day", action="source_silent", source=self.words, news=news.said)
        await self._tell(self.words, news, now)
        await asyncio.to_thread(self.states.set, self.words, replace(state, told=not news.works))


class LocalPolled:
    """A source on this machine: read whole, again and again.

    Args:
        wake: Called when papers came in.
    """

    def __init__(
        self, paperround: Paperround, source: Source, every: timedelta, wake: Callable[[], None], standing: Standing
    ) -> None:
        self._paperround = paperround
        self._source = source
        self._every = every
        self._wake = wake
        self._standing = standing
        self._failures = 0

    @property
    def name(self) -> str:
        return self._source.name

    async def ask(self) -> timedelta:
        """Read it; after a failure it rests `FIRST_SOURCE_BACKOFF`, then twice as long each time."""
        try:
            report = await self._paperround.ingest(self._source)
            await self._standing.after(None)
            await self._standing.told()
        except Exception as error:  # the top of this task: one source in trouble must not end the polling of any
            self._failures += 1
            log.exception("a source failed", action="source_failed", source=self.name, failures=self._failures)
            await self._failed(error)
            return doubled(FIRST_SOURCE_BACKOFF, self._failures, LONGEST_SOURCE_BACKOFF)
        self._failures = 0
        log.info("source read", action="source_read", source=self.name, read=report.read, added=report.added)
        if report.added:
            self._wake()
        return self._every

    async def _failed(self, error: Exception) -> None:
        if isinstance(error, SourceFailed):
            failure = error
        else:
            failure = SourceFailed(f"it could not be read ({type(error).__name__})")
        try:
            await self._standing.after(failure)
            await self._standing.told()
        except StorageUnavailable:
            log.warning("where a source stands was not kept", action="source_state_lost", source=self.name)


class NetworkPolled:
    """A source on the network: asked when its rhythm and its host say, also across restarts.

    Args:
        wake: Called when papers came in.
        tell: Tells the host what is news.
    """

    def __init__(
        self,
        paperround: Paperround,
        source: PolledSource,
        stores: Stores,
        clock: Clock,
        wake: Callable[[], None],
        tell: TellHost,
    ) -> None:
        self._paperround = paperround
        self._source = source
        self._standing = Standing(source.name, stores, clock, tell)
        self._states = stores.source_states
        self._turns = stores.turns
        self._clock = clock
        self._wake = wake
        self._troubles = 0

    @property
    def name(self) -> str:
        return self._source.name

    async def ask(self) -> timedelta:
        """Read it when it is due, and tell the host once when it has failed for a day."""
        try:
            due = await self._asked()
        except Exception:  # the top of this task: one source in trouble must not end the polling of any
            self._troubles += 1
            log.exception("a poll failed", action="poll_failed", source=self.name, failures=self._troubles)
            return doubled(FIRST_SOURCE_BACKOFF, self._troubles, LONGEST_SOURCE_BACKOFF)
        self._troubles = 0
        # Machines sleep and clocks are set, so nobody waits long on what the clock said before.
        return min(max(due - self._clock.now(), timedelta(0)), LONGEST_SLEEP)

    async def _asked(self) -> datetime:
        """Read it when it is due; return when it is due next."""
        now = self._clock.now()
        state = await self._standing.now()
        due = next_poll_at(self._source.rhythm, state, now)
        if due > now:
            return due
        turn = f"source {self.name}"
        if not await asyncio.to_thread(self._turns.take, turn):
            return now + READ_BY_ANOTHER
        try:
            # Somebody else may have read it between the look and the turn.
            state = await self._standing.now()
            if (due := next_poll_at(self._source.rhythm, state, now)) > now:
                return due
            await self._read(state)
        finally:
            await asyncio.to_thread(self._turns.give_back, turn)
        await self._standing.told()
        state = await self._standing.now()
        return next_poll_at(self._source.rhythm, state, self._clock.now())

    async def _read(self, before: SourceState) -> None:
        begun = perf_counter()
        try:
            done = await poll(self._source, self._states, self._paperround.ingest, self._clock.now)
        except StorageUnavailable:
            raise
        except Exception as error:
            # A mistake of ours in reading an answer: it must be told like every failure, not be met again at once.
            log.exception("a source could not be read", action="source_failed", source=self.name)
            failure = SourceFailed(f"its answer could not be read ({type(error).__name__})")
            now = self._clock.now()
            await asyncio.to_thread(
                self._states.set, self.name, after_failure(replace(before, polled_at=now), failure, now)
            )
            return
        if done.failed:
            failures = self._source.state.failures
            log.warning("a source failed", action="source_failed", source=self.name, why=done.failed, failures=failures)
        else:
            took_ms = round((perf_counter() - begun) * 1000)
            read, added = done.report.read, done.report.added
            log.info("source polled", action="source_polled", source=self.name, read=read, added=added, took_ms=took_ms)
        if done.report.added:
            self._wake()
