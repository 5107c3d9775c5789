"""What every `bot.ports.PaperDays` tells."""

from dataclasses import replace
from datetime import date, timedelta

from bot.ports import Stores
from tests.builders import MORNING, a_paper

DAY = timedelta(days=1)


def stocked(stores: Stores) -> None:
    papers = [
        a_paper(number, announced=MORNING - number * DAY, upvotes=10 - number if number < 4 else None)
        for number in range(1, 6)
    ]
    stores.papers.upsert([*papers, a_paper(6, announced=None, source="file")], MORNING)


def test_a_span_holds_what_came_from_its_first_instant_on_and_before_its_last(stores: Stores) -> None:
    stocked(stores)
    found = stores.paper_days.announced(MORNING - 3 * DAY, MORNING - DAY, 10)
    assert [paper.id for paper in found] == [a_paper(2).id, a_paper(3).id]
    assert stores.paper_days.count(MORNING - 3 * DAY, MORNING - DAY) == 2
    assert stores.paper_days.announced(MORNING - 3 * DAY, MORNING, 1, 1) == found[:1]


def test_a_paper_that_nobody_dates_came_when_it_was_stored(stores: Stores) -> None:
    stocked(stores)
    newest = stores.paper_days.announced(MORNING, MORNING + DAY, 10)
    assert [paper.id for paper in newest] == [a_paper(6).id]


def test_the_most_voted_stand_first_and_those_without_votes_nowhere(stores: Stores) -> None:
    stocked(stores)
    found = stores.paper_days.most_voted(MORNING - 9 * DAY, MORNING, 2)
    assert [paper.upvotes for paper in found] == [9, 8]
    assert len(stores.paper_days.most_voted(MORNING - 9 * DAY, MORNING, 10)) == 3


def test_the_neighbouring_arrivals_are_found_across_gaps(stores: Stores) -> None:
    assert stores.paper_days.last_before(MORNING) is None
    assert stores.paper_days.first_from(MORNING, MORNING + DAY) is None
    stores.papers.upsert([a_paper(1, announced=MORNING - 40 * DAY), a_paper(2, announced=MORNING + DAY)], MORNING)
    assert stores.paper_days.last_before(MORNING) == MORNING - 40 * DAY
    assert stores.paper_days.first_from(MORNING - 39 * DAY, MORNING + 2 * DAY) == MORNING + DAY
    assert stores.paper_days.first_from(MORNING - 39 * DAY, MORNING) is None


def test_each_day_is_counted_for_each_source(stores: Stores) -> None:
    stores.papers.upsert(
        [a_paper(1), a_paper(2), replace(a_paper(3), source="list"), a_paper(4, announced=MORNING)], MORNING
    )
    assert stores.paper_days.per_day(MORNING - 2 * DAY, MORNING + DAY) == {
        (date(2026, 3, 11), "arxiv"): 2,
        (date(2026, 3, 11), "list"): 1,
        (date(2026, 3, 12), "arxiv"): 1,
    }
