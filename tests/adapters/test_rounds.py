"""The loop of the digests, with the real facade on a real database and a platform in memory."""

import asyncio
import gc
import weakref
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from adapters.garbage import survivors_set_aside
from adapters.rounds import (
    LONGEST_BACKOFF,
    LONGEST_SLEEP,
    doubled,
    run_retraining,
    run_rounds,
    time_to_sleep,
    until_the_clock_is_right,
)
from bot.library import Library
from bot.paperround import Paperround
from storage.sqlite import open_stores
from tests.adapters.test_garbage import a_pair
from tests.builders import MORNING, MovableClock, a_member, a_paper, direct_with
from tests.fakes.messenger import FakeMessenger

PATIENCE_S = 60


class Running:
    """Paperround with one member who follows questions and has a digest at nine."""

    def __init__(self, folder: Path) -> None:
        self.clock = MovableClock(MORNING - timedelta(hours=1))
        self.messenger = FakeMessenger(self.clock)
        self.stores = open_stores(folder)
        self.wake = asyncio.Event()
        self.paperround = Paperround(
            self.stores, Library(self.stores.papers), self.clock, {"fake": self.messenger}, wake=self.wake.set
        )

    async def ask(self, text: str) -> None:
        member = a_member()
        await self.paperround.answer(text, member, direct_with(member), text)

    async def posted(self, count: int) -> None:
        await until(lambda: len(self.messenger.posted) >= count)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    found = Running(tmp_path / "data")
    found.stores.papers.upsert([a_paper(number) for number in range(1, 9)], found.clock.now())
    yield found
    found.stores.close()


async def until(claim: Callable[[], bool], patience_s: float = PATIENCE_S) -> None:
    async with asyncio.timeout(patience_s):
        while not claim():  # noqa: ASYNC110 - what is waited for is seen from outside, as a member sees it
            await asyncio.sleep(0.01)


@asynccontextmanager
async def going(work: Awaitable[None]) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.ensure_future(work)
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_a_round_sleeps_until_it_is_woken_and_then_delivers(running: Running) -> None:
    async with going(run_rounds(running.paperround, running.clock, running.wake)):
        await running.ask("follow question")
        await running.ask("digest daily 09:00 UTC")
        await asyncio.sleep(0.2)
        assert running.messenger.posted == []
        running.clock.move_to(MORNING + timedelta(hours=1))
        running.wake.set()
        await running.posted(2)


async def test_a_digest_comes_without_anybody_waking_the_round(running: Running) -> None:
    await running.ask("follow question")
    await running.ask("digest daily 09:00 UTC")
    running.clock.move_to(MORNING + timedelta(minutes=59, seconds=59.9))
    async with going(run_rounds(running.paperround, running.clock, running.wake)):
        await asyncio.sleep(0.05)
        running.clock.move(timedelta(seconds=1))
        await running.posted(2)


async def test_a_round_that_fails_is_tried_again(running: Running) -> None:
    await running.ask("follow question")
    await running.ask("digest daily 09:00 UTC")
    running.clock.move_to(MORNING + timedelta(hours=1))
    real = running.stores.subscriptions.all
    failures = iter([OSError("the disk is away"), OSError("still")])

    def all_or_fail() -> object:
        for failure in failures:
            raise failure
        return real()

    running.stores.subscriptions.all = all_or_fail  # type: ignore[method-assign,assignment]  # a disk that comes back
    async with going(run_rounds(running.paperround, running.clock, running.wake)):
        running.wake.set()
        await running.posted(2)
    assert next(failures, None) is None


async def test_d10_stopped_in_the_middle_of_a_post_it_finishes_that_post_and_begins_no_other(running: Running) -> None:
    await running.ask("follow question")
    await running.ask("digest daily 09:00 UTC")
    running.clock.move_to(MORNING + timedelta(hours=1))
    gate = asyncio.Event()
    begun = asyncio.Event()
    real = running.messenger.post

    async def slow_post(*words: object) -> object:
        begun.set()
        await gate.wait()
        return await real(*words)  # type: ignore[arg-type]  # passed on as they came

    running.messenger.post = slow_post  # type: ignore[method-assign,assignment]  # a platform that takes its time
    async with going(run_rounds(running.paperround, running.clock, running.wake)) as task:
        await asyncio.wait_for(begun.wait(), PATIENCE_S)
        task.cancel()
        await asyncio.sleep(0.05)
        gate.set()
        await asyncio.gather(task, return_exceptions=True)
    assert len(running.messenger.posted) == 1
    states = [record.state.value for record in running.stores.ledger.recent(None, 10)]
    assert sorted(set(states)) == ["planned", "sent"]
    assert states.count("sent") == 1


def test_nobody_sleeps_longer_than_a_minute_on_what_the_clock_said() -> None:
    assert time_to_sleep(None, MORNING) == LONGEST_SLEEP
    assert time_to_sleep(MORNING + timedelta(days=1), MORNING) == LONGEST_SLEEP
    assert time_to_sleep(MORNING + timedelta(seconds=3), MORNING) == timedelta(seconds=3)
    assert time_to_sleep(MORNING - timedelta(days=1), MORNING) == timedelta(0)


def test_waits_double_up_to_their_cap_however_long_it_fails() -> None:
    second = timedelta(seconds=1)
    assert [doubled(second, failures, LONGEST_BACKOFF) / second for failures in (1, 2, 3)] == [1, 2, 4]
    assert doubled(second, 10_000, LONGEST_BACKOFF) == LONGEST_BACKOFF


async def test_c3_with_a_clock_set_back_by_hours_the_rounds_wait_until_it_is_right(running: Running) -> None:
    await running.ask("follow question")
    await running.ask("digest daily 09:00 UTC")
    running.clock.move_to(MORNING + timedelta(hours=1))
    await running.paperround.deliver_due()
    running.clock.move(timedelta(hours=-5))
    async with going(until_the_clock_is_right(running.paperround)) as waiting:
        await asyncio.sleep(0.2)
        assert not waiting.done()
    running.clock.move(timedelta(hours=5))
    await asyncio.wait_for(until_the_clock_is_right(running.paperround), PATIENCE_S)


async def test_c3_a_clock_that_the_host_confirms_is_waited_for_no_longer(running: Running) -> None:
    await running.ask("follow question")
    await running.ask("digest daily 09:00 UTC")
    running.clock.move(timedelta(days=900, hours=2))
    await running.paperround.deliver_due()
    posted = len(running.messenger.posted)
    running.clock.move(timedelta(days=-900))
    async with going(until_the_clock_is_right(running.paperround)) as waiting:
        await asyncio.sleep(0.2)
        assert not waiting.done()
    assert await running.paperround.confirm_clock() == timedelta(days=900)
    await asyncio.wait_for(until_the_clock_is_right(running.paperround), PATIENCE_S)
    assert await running.paperround.confirm_clock() is None
    await running.paperround.deliver_due()
    assert len(running.messenger.posted) > posted


async def retrained_or_not(running: Running, patience_s: float = PATIENCE_S) -> list[str]:
    """Return what the log says of one time that everything was to be fitted anew; empty when it was put off."""
    with capture_logs() as logs:
        async with going(run_retraining(running.paperround, running.clock, timedelta(0))):
            with suppress(TimeoutError):
                await until(lambda: any("retrain" in entry["action"] for entry in logs), patience_s)
    return [entry["action"] for entry in logs if "retrain" in entry["action"]]


async def test_everything_is_fitted_anew_and_the_index_kept(running: Running) -> None:
    await running.paperround.warm_up()
    assert await retrained_or_not(running) == ["retrained"]
    kept = running.stores.index_cache.load()
    assert kept is not None
    assert Library(running.stores.papers).restore(kept)


async def test_nothing_is_fitted_anew_shortly_before_a_digest(running: Running) -> None:
    await running.ask("digest daily 08:00 UTC")
    running.clock.move_to(MORNING - timedelta(minutes=4))
    assert await retrained_or_not(running, patience_s=1.0) == []
    running.clock.move_to(MORNING - timedelta(minutes=6))
    assert await retrained_or_not(running) == ["retrained"]


async def test_fitting_anew_that_fails_ends_nothing(running: Running) -> None:
    running.stores.close()
    with survivors_set_aside():
        pair = a_pair()
        gone = weakref.ref(pair)
        gc.collect()
        del pair
        assert await retrained_or_not(running) == ["retraining_failed"]
        assert gone() is None
