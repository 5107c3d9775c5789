"""arXiv's calendar of announcements."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.sources.announcements import (
    NEW_YORK,
    announced_at,
    feed_built_after,
    feed_day_before,
    is_feed_day,
    latest_announcement,
)


def new_york(day: int, hour: int, minute: int = 0, month: int = 4) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=NEW_YORK)


# April 2026: the 13th is a Monday.
@pytest.mark.parametrize(
    ("submitted", "announced"),
    [
        (new_york(13, 13, 59), new_york(13, 20)),
        (new_york(13, 14), new_york(14, 20)),
        (new_york(14, 13, 59), new_york(14, 20)),
        (new_york(15, 14), new_york(16, 20)),
        (new_york(16, 14), new_york(19, 20)),
        (new_york(17, 13, 59), new_york(19, 20)),
        (new_york(17, 14), new_york(20, 20)),
        (new_york(18, 9), new_york(20, 20)),
        (new_york(19, 23), new_york(20, 20)),
        # Thanksgiving: Thursday's announcement falls out, and there is none on Friday and Saturday.
        (datetime(2026, 11, 25, 15, tzinfo=NEW_YORK), datetime(2026, 11, 29, 20, tzinfo=NEW_YORK)),
    ],
)
def test_a_paper_is_announced_when_the_calendar_says(submitted: datetime, announced: datetime) -> None:
    assert announced_at(submitted.astimezone(UTC)) == announced
    assert announced_at(submitted).tzinfo is UTC


@given(st.datetimes(datetime(1991, 8, 14), datetime(2060, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_announcements_come_after_the_submission_within_a_week_and_never_on_friday_or_saturday(
    submitted: datetime,
) -> None:
    announced = announced_at(submitted)
    assert submitted < announced < submitted + timedelta(days=8)
    assert announced.astimezone(NEW_YORK).weekday() not in {4, 5}


def test_feeds_hold_papers_from_monday_to_friday_and_not_after_a_holiday() -> None:
    assert [is_feed_day(date(2026, 4, day)) for day in range(13, 20)] == [True] * 5 + [False] * 2
    assert not is_feed_day(date(2026, 11, 27))
    assert feed_day_before(date(2026, 4, 13)) == date(2026, 4, 10)
    assert feed_day_before(date(2026, 11, 30)) == date(2026, 11, 26)


@pytest.mark.parametrize(
    ("instant", "built"),
    [
        (new_york(13, 0, 1), new_york(14, 0)),
        (new_york(17, 12), new_york(20, 0)),
        (new_york(19, 23, 59), new_york(20, 0)),
        (datetime(2026, 11, 26, 12, tzinfo=NEW_YORK), datetime(2026, 11, 30, 0, tzinfo=NEW_YORK)),
    ],
)
def test_the_next_feed_is_built_at_the_next_midnight_that_follows_an_announcement(
    instant: datetime, built: datetime
) -> None:
    assert feed_built_after(instant.astimezone(UTC)) == built


@pytest.mark.parametrize(
    ("known_as", "latest"),
    [
        ("2604.03438", date(2026, 5, 5)),
        ("2412.00001", date(2025, 1, 5)),
        ("hep-th/9901001", date(1999, 2, 5)),
        ("math/0309136", date(2003, 10, 5)),
    ],
)
def test_an_id_tells_the_last_day_of_its_first_announcement(known_as: str, latest: date) -> None:
    announced = latest_announcement(known_as)
    assert announced is not None
    assert announced.date() == latest


def test_a_number_that_is_no_month_tells_nothing() -> None:
    assert latest_announcement("2613.00001") is None
    assert latest_announcement("nothing") is None
