"""The honesty of percentages, in numbers worked out by hand."""

from datetime import date, timedelta

import pytest

from bot.model import Digest, Feedback, Verdict
from bot.quality import Outcome, hit_rate_by_week, reliability
from bot.replies import FactsReply
from tests.bot.conftest import House
from tests.builders import MORNING, a_paper, a_pick

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
    assert [(each.lowest, each.count, each.liked) for each in told.bins] == [(0.1, 2, 0.0), (0.9, 2, 0.5)]
    assert [each.said for each in told.bins] == pytest.approx([0.15, 0.95])


def test_without_percentages_there_is_no_figure() -> None:
    assert reliability([Outcome(DAY, None, liked=True)]) is None


async def quality_of(house: House, shown: int) -> dict[str, str]:
    """Show so many picks with 45 %, of which every second is liked, and ask."""
    for number in range(1, shown + 1):
        paper = a_paper(number)
        house.stores.papers.upsert([paper], MORNING)
        day = DAY - timedelta(days=number % 20)
        picks = (a_pick(paper, probability=0.45),)
        house.stores.digests.keep(Digest(house.ana.profile, day, number, 1, picks, MORNING))
        if number % 2:
            act = Feedback(f"e{number}", house.ana, None, paper.id, Verdict.LIKE, MORNING - timedelta(hours=1))
            house.stores.feedback.record(act)
    reply = (await house.ask("quality")).reply
    assert isinstance(reply, FactsReply)
    return dict(reply.facts)


async def test_quality_shows_the_table_of_what_was_said_and_what_was_liked(house: House) -> None:
    facts = await quality_of(house, 40)
    assert facts["Calibration error (ECE, 10 bins)"] == "0.050 over 40 picks with a percentage"
    assert facts["Brier score"] == "0.253"
    assert facts["Said 40 to 50 %"] == "50 % of 40 liked, 45 % said on average"
    assert any(name.startswith("Week of") for name in facts)


async def test_quality_says_when_there_is_too_little_to_tell(house: House) -> None:
    facts = await quality_of(house, 3)
    assert facts["Calibration"] == "too little to tell: 3 picks have carried a percentage; 20 are needed"
    assert not any(name.startswith(("Said", "Brier")) for name in facts)


def test_hits_are_counted_by_the_week_of_the_digest() -> None:
    outcomes = [
        Outcome(date(2026, 3, 8), None, liked=True),
        Outcome(DAY, None, liked=False),
        Outcome(DAY, None, liked=True),
    ]
    assert hit_rate_by_week(outcomes) == [(date(2026, 3, 2), "1 of 1 liked"), (date(2026, 3, 9), "1 of 2 liked")]
