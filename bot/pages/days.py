"""The page of one day: what came, and what was rising then."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from heapq import nlargest
from math import log2

from bot.desk import Desk
from bot.model import Paper
from bot.sentences import first_sentence
from bot.trending import Rising, lift, rising

PAPERS_A_PAGE = 40
PAGES = 500
TRENDING = 5
# What was announced so long before a day can still be rising on it.
TRENDING_SPAN = timedelta(days=7)
# Of a week's voted papers those with most votes; any other is too far behind to be among the first.
TRENDING_CANDIDATES = 200
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Listed:
    """A paper in a list, with the first sentence of its abstract."""

    paper: Paper
    sentence: str


@dataclass(frozen=True, slots=True)
class DayPage:
    """One day of the UTC calendar.

    Attributes:
        total: How many papers came on it; ``papers`` are those of this page, newest first.
        previous, following: The nearest days with papers; None where there is none.
    """

    day: date
    papers: tuple[Listed, ...]
    total: int
    page: int
    pages: int
    trending: tuple[Rising, ...]
    previous: date | None
    following: date | None


def newest_day(desk: Desk, now: datetime) -> date:
    """Return the newest day with a paper, today when there is none at all."""
    last = desk.stores.paper_days.last_before(now)
    return (last or now).astimezone(UTC).date()


def day_page(desk: Desk, day: date, page: int, now: datetime) -> DayPage:
    """Return what a day shows by ``now``; a day to come is empty."""
    first = datetime.combine(day, time(), UTC)
    last = max(first, min(first + DAY, now))
    days = desk.stores.paper_days
    total = days.count(first, last)
    pages = min(max(1, -(-total // PAPERS_A_PAGE)), PAGES)
    page = min(max(page, 1), pages)
    papers = days.announced(first, last, PAPERS_A_PAGE, (page - 1) * PAPERS_A_PAGE)
    before = days.last_before(first)
    after = days.first_from(first + DAY, now)
    return DayPage(
        day=day,
        papers=tuple(listed(paper) for paper in papers),
        total=total,
        page=page,
        pages=pages,
        trending=_trending(desk, last) if page == 1 else (),
        previous=before.astimezone(UTC).date() if before else None,
        following=after.astimezone(UTC).date() if after else None,
    )


def listed(paper: Paper) -> Listed:
    return Listed(paper, first_sentence(paper.abstract))


def _trending(desk: Desk, last: datetime) -> tuple[Rising, ...]:
    """Return what was rising at an instant; only the few that are shown are read whole."""
    voted = desk.stores.paper_days.most_voted(last - TRENDING_SPAN, last, TRENDING_CANDIDATES)
    best = nlargest(TRENDING, voted, key=lambda each: (lift(log2(1 + each.upvotes), last - each.came), each.came))
    papers = desk.stores.papers.get([each.paper for each in best])
    return tuple(rising(papers.values(), (), last))
