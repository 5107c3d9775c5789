"""The honesty of percentages, in numbers worked out by hand."""

from datetime import date

import pytest

from bot.quality import Outcome, hit_rate_by_week, reliability

DAY = date(2026, 3, 12)


def test_perfectly_honest_percentages_have_no_calibration_error() -> None:
    told = reliability([Outcome(DAY, 0.5, liked) for liked in (True, False, True, False)])
    assert told is not None
    assert (told.count, told.ece, told.brier) == (4, 0.0, 0.25)


def test_the_error_is_the_mean_gap_between_said_and_seen_over_the_bins() -> None:
    sure = [Outcome(DAY, 0.95, liked=True), Outcome(DAY, 0.95, liked=False)]
    doubtful = [Outcome(DAY, 0.15, liked=False), Outcome(DAY, 0.15, liked=False)]
    told = reliability([*sure, *doubtful])
    assert told is not None
    assert told.ece == pytest.approx((0.45 * 2 + 0.15 * 2) / 4)


def test_without_percentages_there_is_no_figure() -> None:
    assert reliability([Outcome(DAY, None, liked=True)]) is None


def test_hits_are_counted_by_the_week_of_the_digest() -> None:
    outcomes = [
        Outcome(date(2026, 3, 8), None, liked=True),
        Outcome(DAY, None, liked=False),
        Outcome(DAY, None, liked=True),
    ]
    assert hit_rate_by_week(outcomes) == [(date(2026, 3, 2), "1 of 1 liked"), (date(2026, 3, 9), "1 of 2 liked")]
