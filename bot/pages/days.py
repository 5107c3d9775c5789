"""The page of one day: what came, and what was rising then."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from bot.desk import Desk
from bot.explain import key_sentence
from bot.model import Paper
from bot.trending import Rising, rising

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
    """A paper in a list, with the sentence of its abstract that says most."""

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
    voted = days.most_voted(last - TRENDING_SPAN, last, TRENDING_CANDIDATES) if page == 1 else []
    before = days.last_before(first)
    after = days.first_from(first + DAY, now)
    return DayPage(
        day=day,
        papers=tuple(listed(paper) for paper in papers),
        total=total,
        page=page,
        pages=pages,
        trending=tuple(rising(voted, (), last)[:TRENDING]),
        previous=before.astimezone(UTC).date() if before else None,
        following=after.astimezone(UTC).date() if after else None,
    )


def listed(paper: Paper) -> Listed:
    return Listed(paper, key_sentence(paper.abstract, {}))
