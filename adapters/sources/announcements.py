"""When arXiv announces what was submitted to it, and which days its feeds are of.

Rules and holidays as arXiv's page on availability states them; all of it is New York time. The holidays are data: a day
that is missing here costs a look at an unchanged feed, never a paper.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

NEW_YORK = ZoneInfo("America/New_York")

# Submissions until 14:00 are announced at 20:00; the feeds are built anew at midnight after that.
DEADLINE = time(14)
ANNOUNCEMENT = time(20)

# Days on which nothing is announced although it is Sunday to Thursday. 2027 was not published when this was written.
HOLIDAYS = frozenset(
    date(2026, month, day)
    for month, day in ((1, 1), (1, 19), (6, 19), (7, 3), (9, 7), (11, 26), (12, 25), (12, 29), (12, 31))
)

FRIDAY, SATURDAY, SUNDAY = 4, 5, 6


def announced_at(submitted: datetime) -> datetime:
    """Return when a paper submitted at an instant was announced, in UTC, unless moderators held it back.

    What comes in by 14:00 on Monday to Thursday is announced that evening, by Friday's 14:00 on Sunday evening, and
    from then to Monday's 14:00 on Monday evening.
    """
    local = submitted.astimezone(NEW_YORK)
    # The day whose deadline it met: Friday's submissions after the deadline wait for Monday's.
    met = local.date() if local.time() < DEADLINE else local.date() + timedelta(days=1)
    while met.weekday() in {SATURDAY, SUNDAY}:
        met += timedelta(days=1)
    day = met + timedelta(days=2) if met.weekday() == FRIDAY else met
    while is_silent(day):
        day += timedelta(days=1)
    return datetime.combine(day, ANNOUNCEMENT, NEW_YORK).astimezone(UTC)


def is_silent(evening: date) -> bool:
    """Return whether nothing is announced on this evening: Friday, Saturday, a holiday."""
    return evening.weekday() in {FRIDAY, SATURDAY} or evening in HOLIDAYS


def is_feed_day(day: date) -> bool:
    """Return whether the feeds built at this day's midnight hold papers: those announced the evening before."""
    return not is_silent(day - timedelta(days=1))


def feed_day_before(day: date) -> date:
    """Return the last day before ``day`` whose feeds held papers."""
    day -= timedelta(days=1)
    while not is_feed_day(day):
        day -= timedelta(days=1)
    return day


def feed_built_after(instant: datetime) -> datetime:
    """Return when the next feeds with papers are there, in UTC: the first midnight in New York after ``instant``."""
    day = instant.astimezone(NEW_YORK).date() + timedelta(days=1)
    while not is_feed_day(day):
        day += timedelta(days=1)
    return datetime.combine(day, time(), NEW_YORK).astimezone(UTC)


def latest_announcement(arxiv_id: str) -> datetime | None:
    """Return the latest day on which a paper with this id (``2604.03438``, ``hep-th/9901001``) was first announced.

    An id tells its month; what comes in on the month's last day may be announced five days later.
    """
    digits = arxiv_id.rpartition("/")[2][:4]
    if not digits.isdigit() or not 1 <= int(digits[2:]) <= 12:
        return None
    year, month = int(digits[:2]), int(digits[2:])
    year += 1900 if year >= 91 else 2000
    following = date(year + month // 12, month % 12 + 1, 1)
    return datetime.combine(following + timedelta(days=4), time(), UTC)
