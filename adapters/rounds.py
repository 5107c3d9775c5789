"""The two loops of a running bot: digests go out when they are due, sources are read when they may have something."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.paperround import Paperround
from bot.ports import Clock, Source, SourceFailed

log = structlog.get_logger()

# Machines sleep and clocks are set: nobody waits longer than this on what the clock said before.
LONGEST_SLEEP = timedelta(minutes=1)
# After a round that failed the next one waits this long, twice as long each time; a digest is late by it at worst.
FIRST_BACKOFF = timedelta(seconds=1)
LONGEST_BACKOFF = timedelta(minutes=5)
# What is being posted may finish before the process ends; a supervisor's patience is ten seconds.
DRAIN = timedelta(seconds=8)
# A source that fails is asked again after this at the earliest; days of failing cost it a call in six hours.
FIRST_SOURCE_BACKOFF = timedelta(minutes=5)
LONGEST_SOURCE_BACKOFF = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Polled:
    """A source and how often it may be asked."""

    source: Source
    every: timedelta


async def run_rounds(paperround: Paperround, clock: Clock, wake: asyncio.Event) -> None:
    """Deliver what is due, sleep until the next is or until woken, again and again; ends only when cancelled.

    Cancelled in the middle of a round it claims nothing more and gives what is being posted `DRAIN` to finish.

    Args:
        wake: Set by whoever knows that something may be due sooner; cleared here.
    """
    failures = 0
    while True:
        wake.clear()
        try:
            await _one_round(paperround)
            pause = time_to_sleep(await paperround.next_due_at(), clock.now())
            failures = 0
        except Exception:  # the top of this task: a disk that is full now must not end the rounds for good
            failures += 1
            pause = doubled(FIRST_BACKOFF, failures, LONGEST_BACKOFF)
            log.exception("a round failed", action="round_failed", failures=failures, next_in_s=pause.total_seconds())
        await _asleep(pause, wake)


async def run_polls(
    paperround: Paperround, polled: Sequence[Polled], wake: asyncio.Event, asked_once: asyncio.Event
) -> None:
    """Read every source at its own pace; ends only when cancelled.

    Args:
        wake: Set whenever papers came in.
        asked_once: Set when every source was asked for the first time, whatever came of it.
    """
    pauses = await asyncio.gather(*(_poll(paperround, one, wake, 0) for one in polled))
    asked_once.set()
    async with asyncio.TaskGroup() as tasks:
        for one, first in zip(polled, pauses, strict=True):
            tasks.create_task(_poll_on(paperround, one, wake, first), name=f"poll {one.source.name}")


def time_to_sleep(due_at: datetime | None, now: datetime) -> timedelta:
    """Return how long a round may sleep: until something is due, and never longer than `LONGEST_SLEEP`."""
    if due_at is None:
        return LONGEST_SLEEP
    return min(max(due_at - now, timedelta(0)), LONGEST_SLEEP)


def doubled(first: timedelta, failures: int, longest: timedelta) -> timedelta:
    """Return ``first`` after one failure, twice that after two, and so on up to ``longest``."""
    # From there on every cap is reached; without it the arithmetic of dates would overflow one day.
    factor: int = 2 ** min(failures - 1, 20)
    return min(first * factor, longest)


async def _one_round(paperround: Paperround) -> None:
    delivering = asyncio.create_task(paperround.deliver_due(), name="round")
    try:
        await asyncio.shield(delivering)
    except asyncio.CancelledError:
        paperround.stop()
        await asyncio.wait([delivering], timeout=DRAIN.total_seconds())
        delivering.cancel()
        raise


@dataclass(frozen=True, slots=True)
class _Pause:
    """How long a source rests, and how many times in a row it had failed by then."""

    rest: timedelta
    failures: int


async def _poll_on(paperround: Paperround, one: Polled, wake: asyncio.Event, pause: _Pause) -> None:
    while True:
        await asyncio.sleep(pause.rest.total_seconds())
        pause = await _poll(paperround, one, wake, pause.failures)


async def _poll(paperround: Paperround, one: Polled, wake: asyncio.Event, failures: int) -> _Pause:
    try:
        report = await paperround.ingest(one.source)
    except Exception as error:  # the top of this task: one source in trouble must not end the polling of any
        failures += 1
        log.exception("a source failed", action="source_failed", source=one.source.name, failures=failures)
        asked = error.retry_after_s if isinstance(error, SourceFailed) else None
        backoff = doubled(FIRST_SOURCE_BACKOFF, failures, LONGEST_SOURCE_BACKOFF)
        return _Pause(max(backoff, timedelta(seconds=asked or 0)), failures)
    log.info("source read", action="source_read", source=one.source.name, read=report.read, added=report.added)
    if report.added:
        wake.set()
    return _Pause(one.every, 0)


async def _asleep(pause: timedelta, wake: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(pause.total_seconds()):
            await wake.wait()
    except TimeoutError:
        return
