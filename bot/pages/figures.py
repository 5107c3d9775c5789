"""Figures about the stored papers, which anybody may see: what came from where, what an interest matched."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from bot.desk import Desk
from bot.interests import BadInterest, parse_interest, print_interest

SOURCE_DAYS = 30
MAP_DAYS = 90
# A map of more than so many matches counts the best of them: reading more would keep others waiting.
MOST_MATCHED = 3000


@dataclass(frozen=True, slots=True)
class SourceCounts:
    """How many papers came each day: ``rows`` are (day, counts beside ``sources``), oldest first, no day left out."""

    sources: tuple[str, ...]
    rows: tuple[tuple[date, tuple[int, ...]], ...]


@dataclass(frozen=True, slots=True)
class InterestMap:
    """What an interest matched well in the last `MAP_DAYS`, week by week.

    Attributes:
        weeks: (first day of the week, papers matched, papers that came), oldest first.
        capped: More matched than were counted.
        piece: The part of ``text`` that cannot be read; empty when it can. ``why`` then says what is wrong.
    """

    text: str
    weeks: tuple[tuple[date, int, int], ...] = ()
    matched: int = 0
    capped: bool = False
    piece: str = ""
    why: str = ""


def source_counts(desk: Desk, now: datetime) -> SourceCounts:
    last = now.astimezone(UTC).date()
    days = [last - timedelta(days=back) for back in reversed(range(SOURCE_DAYS))]
    counted = desk.stores.paper_days.per_day(datetime.combine(days[0], time(), UTC), now)
    sources = tuple(sorted({source for _, source in counted}))
    return SourceCounts(sources, tuple((day, tuple(counted.get((day, each), 0) for each in sources)) for day in days))


def interest_map(desk: Desk, text: str, now: datetime) -> InterestMap:
    """Return the map of an interest; a mistake in it is told, not raised."""
    try:
        interest = parse_interest(text)
    except BadInterest as bad:
        return InterestMap(text[:200], piece=bad.piece, why=bad.why)
    first = now - timedelta(days=MAP_DAYS)
    recent = desk.stores.papers.since(first)
    matched = desk.library.matching(interest, recent)
    papers = desk.stores.papers.get(matched[:MOST_MATCHED]).values()
    came = desk.stores.paper_days.per_day(first, now)
    hits = Counter(_week(_day_of(paper.announced or paper.first_seen, now), now) for paper in papers)
    all_of: Counter[int] = Counter()
    for (day, _), count in came.items():
        all_of[_week(day, now)] += count
    weeks = [
        (now.astimezone(UTC).date() - timedelta(days=7 * back + 6), hits[back], all_of[back])
        for back in reversed(range(MAP_DAYS // 7))
    ]
    return InterestMap(print_interest(interest), tuple(weeks), len(matched), len(matched) > MOST_MATCHED)


def _week(day: date, now: datetime) -> int:
    """Return how many whole weeks before now a day was."""
    return (now.astimezone(UTC).date() - day).days // 7


def _day_of(instant: datetime | None, now: datetime) -> date:
    return (instant or now).astimezone(UTC).date()
