"""The loop of the sources, with the real facade on a real database and sources in memory."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Self

import pytest
from structlog.testing import capture_logs

from adapters.polls import LocalPolled, NetworkPolled, Polled, Standing, run_polls
from adapters.rounds import LONGEST_SLEEP
from adapters.sources.polling import FIRST_RETRY, HostNews, Rhythm
from bot.announcements import SourceFailed, SourceState
from bot.library import Library
from bot.model import Paper
from bot.paperround import Paperround
from storage.sqlite import SqliteStores, open_stores
from tests.builders import MORNING, MovableClock, a_paper

PATIENCE_S = 10
QUICK = timedelta(milliseconds=20)
HOURLY = timedelta(hours=1)


class Announcing:
    """A source that announces one more paper each time it is asked, and fails the first ``failures`` times."""

    rhythm = Rhythm(HOURLY)

    def __init__(self, name: str = "announcing", failures: int = 0, error: Exception | None = None) -> None:
        self.name = name
        self.state = SourceState()
        self.more = False
        self.asked = 0
        self.failures = failures
        self._error = error or SourceFailed("the source is down")

    def starting(self, day: date) -> Self:
        raise AssertionError(day)

    async def papers(self, now: datetime) -> AsyncIterator[Paper]:
        self.asked += 1
        if self.asked <= self.failures:
            raise self._error
        yield a_paper(100 + self.asked, announced=now)


class House:
    """Paperround on a database of its own, and who was woken."""

    def __init__(self, folder: Path) -> None:
        self.clock = MovableClock(MORNING)
        self.stores: SqliteStores = open_stores(folder)
        self.woken = 0
        self.told: list[str] = []
        self.paperround = Paperround(self.stores, Library(self.stores.papers), self.clock, {})

    def wake(self) -> None:
        self.woken += 1

    def local(self, source: Announcing, every: timedelta = QUICK) -> LocalPolled:
        standing = Standing(f"file:{source.name}", self.stores, self.clock, self.tell)
        return LocalPolled(self.paperround, source, every, self.wake, standing)

    def network(self, source: Announcing) -> NetworkPolled:
        return NetworkPolled(self.paperround, source, self.stores, self.clock, self.wake, self.tell)

    async def tell(self, _: str, news: HostNews, __: datetime) -> None:
        self.told.append(news.said)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    found = House(tmp_path / "data")
    yield found
    found.stores.close()


async def polled_until(polled: list[Polled], source: Announcing, times: int) -> None:
    asked_once = asyncio.Event()
    task = asyncio.ensure_future(run_polls(polled, asked_once))
    try:
        async with asyncio.timeout(PATIENCE_S):
            await asked_once.wait()
            while source.asked < times:  # noqa: ASYNC110 - what is waited for is seen from outside
                await asyncio.sleep(0.01)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_every_source_is_asked_again_after_its_time(house: House) -> None:
    source = Announcing()
    await polled_until([house.local(source)], source, 3)
    assert house.woken >= 2


async def test_a_source_that_fails_keeps_no_other_from_being_read(house: House) -> None:
    broken, away, working = Announcing(failures=99), Announcing("away", failures=99), Announcing("working")
    with capture_logs() as logs:
        await polled_until([house.local(broken), house.network(away), house.local(working)], working, 3)
    # How often each is asked meanwhile is up to the machine.
    assert {entry["source"] for entry in logs if entry["action"] == "source_failed"} == {"announcing", "away"}
    assert broken.asked
    assert away.asked


async def test_a_source_on_the_network_is_not_asked_before_it_is_due_also_after_a_restart(house: House) -> None:
    source = Announcing()
    assert await house.network(source).ask() == LONGEST_SLEEP
    assert house.woken == 1
    house.clock.move(HOURLY - timedelta(seconds=30))
    assert await house.network(source).ask() == timedelta(seconds=30)
    assert source.asked == 1
    house.clock.move(timedelta(seconds=30))
    await house.network(source).ask()
    assert source.asked == 2


async def test_a_failing_source_is_asked_again_later_and_told_to_the_host_once_after_a_day(house: House) -> None:
    source = Announcing(failures=10_000)
    polled = house.network(source)
    with capture_logs() as logs:
        for _ in range(int(timedelta(days=2) / FIRST_RETRY)):
            await polled.ask()
            house.clock.move(FIRST_RETRY)
    assert source.asked < 20
    news = [entry for entry in logs if entry.get("action") == "source_silent"]
    assert len(news) == 1
    assert news[0]["log_level"] == "warning"
    assert "announcing has failed since" in news[0]["news"]
    assert house.told == [news[0]["news"]]
    assert house.stores.source_states.get("announcing").told


async def test_the_host_is_told_once_that_a_source_works_again(house: House) -> None:
    source = Announcing(failures=1)
    polled = house.network(source)
    await polled.ask()
    state = house.stores.source_states.get("announcing")
    house.stores.source_states.set("announcing", replace(state, told=True))
    for _ in range(3):
        house.clock.move(HOURLY)
        await polled.ask()
    assert house.told == ["The source announcing works again."]


async def test_an_answer_that_we_cannot_read_counts_as_a_failure_of_the_source(house: House) -> None:
    source = Announcing(failures=1, error=KeyError("title"))
    polled = house.network(source)
    assert await polled.ask() == LONGEST_SLEEP
    state = house.stores.source_states.get("announcing")
    assert (state.failures, state.error) == (1, "its answer could not be read (KeyError)")
    house.clock.move(FIRST_RETRY)
    await polled.ask()
    assert house.stores.source_states.get("announcing").failures == 0


async def test_a_clock_that_was_set_back_does_not_silence_a_source(house: House) -> None:
    source = Announcing()
    house.clock.move(timedelta(days=400))
    await house.network(source).ask()
    house.clock.move(timedelta(days=-400))
    await house.network(source).ask()
    assert source.asked == 2


async def test_a_file_that_cannot_be_read_for_a_day_is_told_once_and_once_more_when_it_works(house: House) -> None:
    source = Announcing(failures=30)
    polled = house.local(source)
    for _ in range(30):
        await polled.ask()
        house.clock.move(HOURLY)
    state = house.stores.source_states.get("file:announcing")
    assert (state.failures, state.error) == (30, "the source is down")
    assert len(house.told) == 1
    assert "file:announcing has failed since" in house.told[0]
    for _ in range(2):
        await polled.ask()
    assert house.told[1:] == ["The source file:announcing works again."]
