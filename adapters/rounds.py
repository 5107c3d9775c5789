"""The loop of the digests: each goes out when it is due."""

import asyncio
from contextlib import ExitStack
from datetime import datetime, timedelta
from time import perf_counter

import structlog

from adapters import garbage
from bot.paperround import Paperround
from bot.ports import Clock

log = structlog.get_logger()

# Machines sleep and clocks are set: nobody waits longer than this on what the clock said before.
LONGEST_SLEEP = timedelta(minutes=1)
CLOCK_CHECKED_EVERY = timedelta(seconds=10)
# Fitting everything anew takes seconds to a minute; it is not begun so shortly before a digest.
QUIET_BEFORE_DIGESTS = timedelta(minutes=5)
RETRAINED_EVERY = timedelta(days=1)
# A process that is started every morning is fitted too, but not while it has its first papers to read.
FIRST_RETRAINED = timedelta(hours=1)
# After a round that failed the next one waits this long, twice as long each time; a digest is late by it at worst.
FIRST_BACKOFF = timedelta(seconds=1)
LONGEST_BACKOFF = timedelta(minutes=5)
# What is being posted may finish before the process ends; a supervisor's patience is ten seconds.
DRAIN = timedelta(seconds=8)


async def until_the_clock_is_right(paperround: Paperround) -> None:
    """Wait while the clock is more than an hour behind the newest digest: what it calls today was done already."""
    while behind := await paperround.clock_behind():
        log.error(
            "the clock is behind the newest digest, so nothing is posted; set it right, or if it is right, stop the "
            "bot and say: paperround deliver --clock-is-right",
            action="clock_behind",
            behind_s=behind.total_seconds(),
        )
        await asyncio.sleep(CLOCK_CHECKED_EVERY.total_seconds())


async def run_rounds(paperround: Paperround, clock: Clock, wake: asyncio.Event) -> None:
    """Deliver what is due, sleep until the next is or until woken, again and again; ends only when cancelled.

    Cancelled in the middle of a round it claims nothing more and gives what is being posted `DRAIN` to finish.

    Args:
        wake: Set by whoever knows that something may be due sooner; cleared here.
    """
    failures = 0
    started = False
    with ExitStack() as at_rest:
        while True:
            wake.clear()
            began = clock.now()
            try:
                await _one_round(paperround)
                pause = time_to_sleep(await paperround.next_due_at(began), clock.now())
                failures = 0
                if not started:
                    at_rest.enter_context(garbage.survivors_set_aside())
                    started = True
            except Exception:  # the top of this task: a disk that is full now must not end the rounds for good
                failures += 1
                pause = doubled(FIRST_BACKOFF, failures, LONGEST_BACKOFF)
                log.exception(
                    "a round failed", action="round_failed", failures=failures, next_in_s=pause.total_seconds()
                )
            await _asleep(pause, wake)


async def run_retraining(paperround: Paperround, clock: Clock, rest: timedelta = FIRST_RETRAINED) -> None:
    """Have everything fitted anew once a day, when no digest is due for a while; ends only when cancelled.

    Args:
        rest: How long it waits before the first time.
    """
    while True:
        await asyncio.sleep(rest.total_seconds())
        rest = await _retrained(paperround, clock)


async def _retrained(paperround: Paperround, clock: Clock) -> timedelta:
    """Fit everything anew unless a digest is due soon; return how long to rest."""
    try:
        if is_soon(await paperround.next_due_at(), clock.now()):
            return QUIET_BEFORE_DIGESTS
        began = perf_counter()
        await paperround.retrain()
    except Exception:  # the top of this task: what was fitted before still serves
        log.exception("retraining failed", action="retraining_failed")
    else:
        log.info("retrained", action="retrained", took_s=round(perf_counter() - began, 1))
    garbage.look_through_all()
    return RETRAINED_EVERY


def is_soon(due_at: datetime | None, now: datetime) -> bool:
    """Tell whether a digest could be held up by minutes of fitting begun now."""
    return due_at is not None and due_at - now < QUIET_BEFORE_DIGESTS


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
    delivering = asyncio.create_task(paperround.deliver_due(reported=False), name="round")
    try:
        await asyncio.shield(delivering)
    except asyncio.CancelledError:
        paperround.stop()
        await asyncio.wait([delivering], timeout=DRAIN.total_seconds())
        delivering.cancel()
        raise


async def _asleep(pause: timedelta, wake: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(pause.total_seconds()):
            await wake.wait()
    except TimeoutError:
        return
