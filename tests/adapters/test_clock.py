"""The clock of a process can be set, and then runs."""

import time
from datetime import UTC, datetime, timedelta, timezone

import pytest

from adapters.clock import RunningClock, StoppedClock

INSTANT = datetime(2026, 3, 12, 9, tzinfo=timezone(timedelta(hours=1)))


def test_a_clock_that_was_set_runs_on_from_there() -> None:
    clock = RunningClock(INSTANT)
    first = clock.now()
    time.sleep(0.01)
    assert INSTANT <= first < clock.now() < INSTANT + timedelta(seconds=30)


def test_a_clock_that_was_not_set_tells_the_time() -> None:
    assert abs(RunningClock().now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_moved_clock_goes_on_from_the_new_instant() -> None:
    clock = RunningClock()
    clock.move_to(INSTANT)
    assert INSTANT <= clock.now() < INSTANT + timedelta(seconds=30)


def test_a_clock_is_not_moved_to_an_instant_without_a_zone() -> None:
    with pytest.raises(ValueError, match="needs a time zone"):
        RunningClock().move_to(datetime(2026, 3, 12, 9))  # noqa: DTZ001 - a naive one is the point


def test_a_stopped_clock_stands_still() -> None:
    clock = StoppedClock(INSTANT)
    assert clock.now() == clock.now() == INSTANT
