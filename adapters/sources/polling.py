"""Sources that are asked again and again: when it is worth it, where they stand, and what to tell the host.

A source keeps no state of its own between polls. `poll` hands it the kept one, lets its papers be stored, and keeps the
new one only then: whatever is killed in between is read again, and nothing is passed over.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Protocol, Self

from adapters.sources.announcements import NEW_YORK, feed_built_after, feed_day_before, is_feed_day
from bot.announcements import IngestReport, RejectedItem, SourceFailed, SourceState
from bot.model import Paper
from bot.ports import Source, SourceStates

FIRST_RETRY = timedelta(minutes=15)
LONGEST_RETRY = timedelta(hours=6)

# arXiv builds its feeds at midnight; they are there some minutes later, on bad days some hours.
AFTER_MIDNIGHT = timedelta(minutes=20)
LATE_FEED = timedelta(hours=6)
LATE_FEED_RETRY = timedelta(minutes=30)

# A host's word on when to come again is taken up to here: a wrong header must not silence a source for a year.
LONGEST_WORD = timedelta(days=1)

SILENCE_TO_TELL = timedelta(days=1)

# A long harvest is stored and its place kept this many times at most in one poll; the next one goes on.
LEGS = 1000


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When a source can have something new.

    Attributes:
        every: Between two polls that went well; for the calendar's sources the longest time.
        by_calendar: It announces as arXiv does, once after each midnight in New York that follows an announcement.
        offset: This installation's own delay, so that not all installations ask in the same minute.
    """

    every: timedelta
    by_calendar: bool = False
    offset: timedelta = timedelta()


class PolledSource(Source, Protocol):
    """A source on the network.

    Attributes:
        state: Where it stands. `papers` reads it, and moves it on only when it has read to the end of a leg.
        more: After `papers` ended: it ended a leg of a longer way, and goes on at once when it is called again.
    """

    rhythm: Rhythm
    state: SourceState
    more: bool

    def starting(self, day: date) -> Self:
        """Return the same source as it would be if everything before ``day`` had been read."""


@dataclass(frozen=True, slots=True)
class Polled:
    """What came of one poll: what was stored, and why it ended before its time, empty when it did not."""

    report: IngestReport
    failed: str = ""


@dataclass(frozen=True, slots=True)
class HostNews:
    """One message for the host about a source.

    Attributes:
        about: Names the occasion, the same whoever tells it.
        works: It works again after a time of failing that the host was told of.
    """

    about: str
    said: str
    works: bool


async def poll(
    source: PolledSource,
    states: SourceStates,
    ingest: Callable[[Source], Awaitable[IngestReport]],
    now: Callable[[], datetime],
) -> Polled:
    """Ask a source for what is new and keep where it stands after each leg.

    Args:
        ingest: Stores what a source yields; papers of a leg that fails half-way are stored as well.

    Raises:
        StorageUnavailable: Nothing is lost; the next poll reads the same again.
    """
    whole = IngestReport()
    for _ in range(LEGS):
        source.state = replace(await asyncio.to_thread(states.get, source.name), polled_at=now())
        leg = _Leg(source)
        whole = added_up(whole, await ingest(leg))
        if leg.failure is not None:
            source.state = after_failure(source.state, leg.failure, now())
            await asyncio.to_thread(states.set, source.name, source.state)
            return Polled(whole, leg.failure.why)
        source.state = after_success(source.state, now())
        await asyncio.to_thread(states.set, source.name, source.state)
        if not source.more:
            break
    return Polled(whole)


async def backfill(source: PolledSource, day: date, ingest: Callable[[Source], Awaitable[IngestReport]]) -> Polled:
    """Read what a source has from ``day`` on, beside its polls: no state is read or kept."""
    source = source.starting(day)
    whole = IngestReport()
    for _ in range(LEGS):
        leg = _Leg(source)
        whole = added_up(whole, await ingest(leg))
        if leg.failure is not None:
            return Polled(whole, leg.failure.why)
        if not source.more:
            break
    return Polled(whole)


def after_success(state: SourceState, now: datetime) -> SourceState:
    # Whoever was told that it fails is told that it works again: until then ``told`` stays.
    return replace(state, succeeded_at=now, failures=0, failing_since=None, error="")


def after_failure(state: SourceState, failure: SourceFailed, now: datetime) -> SourceState:
    wait = None if failure.retry_after_s is None else min(timedelta(seconds=failure.retry_after_s), LONGEST_WORD)
    return replace(
        state,
        failures=state.failures + 1,
        failing_since=state.failing_since or now,
        told=state.told and state.failing_since is not None,
        error=failure.why,
        not_before=state.not_before if wait is None else now + wait,
    )


def next_poll_at(rhythm: Rhythm, state: SourceState, now: datetime) -> datetime:
    """Return when a source should be asked next; an instant that has passed means now.

    After a failure it waits 15 minutes, then twice as long each time, up to six hours; a word of the source's own (a
    ``Retry-After``, how long its answer stays fresh) only makes that later, by a day at most.
    """
    if state.polled_at is None or state.polled_at > now:
        # A clock that was set back must not silence a source until it has caught up.
        return now
    if state.failures:
        due = state.polled_at + min(FIRST_RETRY * (1 << min(state.failures - 1, 10)), LONGEST_RETRY)
    elif rhythm.by_calendar:
        due = _after_announcement(rhythm, state, state.polled_at)
    else:
        due = state.polled_at + rhythm.every
    if state.not_before is not None:
        due = max(due, min(state.not_before, state.polled_at + LONGEST_WORD))
    return due


def news_for_host(name: str, state: SourceState, now: datetime) -> HostNews | None:
    """Return what a host is due to hear of a source: that it has failed for a day, or works again; None mostly.

    The caller keeps ``replace(state, told=not news.works)``, so that each is said once for a row of failures.
    """
    if state.failing_since is None:
        if not state.told:
            return None
        return HostNews(f"works {state.succeeded_at}", f"The source {name} works again.", works=True)
    if state.told or now - state.failing_since < SILENCE_TO_TELL:
        return None
    since = f"{state.failing_since:%Y-%m-%d %H:%M} UTC"
    said = f"The source {name} has failed since {since} ({state.failures} times in a row): {state.error.rstrip('.')}."
    return HostNews(f"silent {state.failing_since.isoformat()}", said, works=False)


class _Leg:
    """A source that ends quietly where the one within fails, so that what it yielded before is stored."""

    def __init__(self, source: Source) -> None:
        self.name = source.name
        self.failure: SourceFailed | None = None
        self._source = source

    async def papers(self, now: datetime) -> AsyncIterator[Paper | RejectedItem]:
        try:
            async for item in self._source.papers(now):
                yield item
        except SourceFailed as failure:
            self.failure = failure


def _after_announcement(rhythm: Rhythm, state: SourceState, polled_at: datetime) -> datetime:
    due = feed_built_after(polled_at) + AFTER_MIDNIGHT + rhythm.offset
    local = polled_at.astimezone(NEW_YORK)
    expected = local.date() if is_feed_day(local.date()) else feed_day_before(local.date())
    seen = None if state.newest is None else state.newest.astimezone(NEW_YORK).date()
    since_midnight = timedelta(hours=local.hour, minutes=local.minute)
    if expected == local.date() and (seen is None or seen < expected) and since_midnight < LATE_FEED:
        return min(due, polled_at + LATE_FEED_RETRY)
    return min(due, polled_at + rhythm.every) if seen is not None and seen < expected else due


def added_up(one: IngestReport, other: IngestReport) -> IngestReport:
    """Return what two reads stored together."""
    return IngestReport(
        read=one.read + other.read,
        added=one.added + other.added,
        updated=one.updated + other.updated,
        duplicates=one.duplicates + other.duplicates,
        rejected=(*one.rejected, *other.rejected),
    )
