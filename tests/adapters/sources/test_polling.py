"""When a source is asked next, and what is told of one that fails."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.sources.announcements import NEW_YORK
from adapters.sources.polling import Rhythm, after_failure, after_success, news_for_host, next_poll_at
from bot.announcements import SourceFailed, SourceState

NOON = datetime(2026, 4, 14, 12, tzinfo=UTC)  # a Tuesday
DAILY = Rhythm(every=timedelta(hours=3), by_calendar=True)
HOURLY = Rhythm(every=timedelta(hours=2))


def new_york(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 4, day, hour, minute, tzinfo=NEW_YORK)


def a_state(polled_at: datetime, *, newest: datetime | None = None, **known: object) -> SourceState:
    state = SourceState(polled_at=polled_at, succeeded_at=polled_at, newest=newest)
    return replace(state, **known)  # type: ignore[arg-type]


def test_a_source_never_asked_is_asked_now() -> None:
    assert next_poll_at(HOURLY, SourceState(), NOON) == NOON


def test_a_source_that_went_well_is_asked_at_its_own_pace() -> None:
    assert next_poll_at(HOURLY, a_state(NOON), NOON) == NOON + timedelta(hours=2)


@pytest.mark.parametrize(
    ("failures", "wait"),
    [(1, 15), (2, 30), (3, 60), (4, 120), (5, 240), (6, 360), (7, 360), (5000, 360)],
)
def test_a_source_that_fails_is_asked_after_twice_the_time_up_to_six_hours(failures: int, wait: int) -> None:
    state = a_state(NOON, failures=failures)
    for rhythm in (DAILY, HOURLY):
        assert next_poll_at(rhythm, state, NOON) == NOON + timedelta(minutes=wait)


def test_a_source_s_own_word_only_makes_it_later_and_by_a_day_at_most() -> None:
    assert next_poll_at(HOURLY, a_state(NOON, not_before=NOON + timedelta(hours=5)), NOON) == NOON + timedelta(hours=5)
    assert next_poll_at(HOURLY, a_state(NOON, not_before=NOON), NOON) == NOON + timedelta(hours=2)
    assert next_poll_at(HOURLY, a_state(NOON, not_before=NOON + timedelta(days=400)), NOON) == NOON + timedelta(days=1)


@pytest.mark.parametrize(
    ("polled", "newest", "due"),
    [
        # Today's feed was read: the next one comes at midnight in New York.
        (new_york(14, 8), new_york(14, 0), new_york(15, 0, 20)),
        # Friday's was read: nothing before Monday's.
        (new_york(17, 1), new_york(17, 0), new_york(20, 0, 20)),
        (new_york(18, 12), new_york(17, 0), new_york(20, 0, 20)),
        # Midnight is past and today's is not there yet.
        (new_york(15, 0, 20), new_york(14, 0), new_york(15, 0, 50)),
        # It is still not there in the morning: looked for every three hours.
        (new_york(15, 9), new_york(14, 0), new_york(15, 12)),
    ],
)
def test_arxiv_s_feeds_are_asked_when_the_calendar_says_that_they_are_new(
    polled: datetime, newest: datetime, due: datetime
) -> None:
    assert next_poll_at(DAILY, a_state(polled, newest=newest), polled) == due


def test_each_installation_asks_at_its_own_minute() -> None:
    rhythm = replace(DAILY, offset=timedelta(minutes=7))
    assert next_poll_at(rhythm, a_state(new_york(14, 8), newest=new_york(14, 0)), NOON) == new_york(15, 0, 27)


@given(
    polled=st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    failures=st.integers(0, 50),
    behind=st.integers(0, 10),
)
def test_no_source_is_asked_again_within_a_quarter_of_an_hour_or_left_for_a_week(
    polled: datetime, failures: int, behind: int
) -> None:
    state = a_state(polled, newest=polled - timedelta(days=behind), failures=failures)
    for rhythm in (DAILY, HOURLY):
        wait = next_poll_at(rhythm, state, polled) - polled
        assert timedelta(minutes=15) <= wait < timedelta(days=6)


def test_a_failure_is_counted_from_the_first_and_forgotten_with_the_next_success() -> None:
    first = after_failure(SourceState(), SourceFailed("down"), NOON)
    second = after_failure(first, SourceFailed("still down", retry_after_s=60), NOON + timedelta(hours=1))
    assert (second.failures, second.failing_since, second.error) == (2, NOON, "still down")
    assert second.not_before == NOON + timedelta(hours=1, minutes=1)
    well = after_success(second, NOON + timedelta(hours=2))
    assert (well.failures, well.failing_since, well.error, well.told) == (0, None, "", False)


def test_the_host_is_told_after_a_day_and_only_once() -> None:
    failing = after_failure(SourceState(), SourceFailed("down"), NOON)
    assert news_for_host("feed:x", failing, NOON + timedelta(hours=23)) is None
    told = news_for_host("feed:x", failing, NOON + timedelta(hours=24))
    assert told is not None
    assert told.said == "The source feed:x has failed since 2026-04-14 12:00 UTC (1 times in a row): down."
    assert not told.works
    still = after_failure(replace(failing, told=True), SourceFailed("down"), NOON + timedelta(days=2))
    assert news_for_host("feed:x", still, NOON + timedelta(days=3)) is None
    assert news_for_host("feed:x", SourceState(), NOON) is None


def test_the_host_is_told_when_a_source_works_again_only_after_it_was_told_that_it_failed() -> None:
    failing = after_failure(SourceState(), SourceFailed("down"), NOON)
    assert news_for_host("feed:x", after_success(failing, NOON + timedelta(days=2)), NOON + timedelta(days=2)) is None
    works = after_success(replace(failing, told=True), NOON + timedelta(days=2))
    told = news_for_host("feed:x", works, NOON + timedelta(days=2))
    assert told is not None
    assert (told.said, told.works) == ("The source feed:x works again.", True)
    again = after_failure(works, SourceFailed("down"), NOON + timedelta(days=3))
    assert news_for_host("feed:x", again, NOON + timedelta(days=4)) is not None
