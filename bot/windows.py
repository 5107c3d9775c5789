"""The options of a search: ``since:7d``, ``until:2026-03-31``, ``sort:new``, ``page:2``."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.words import say

UNIT_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}
SPAN = re.compile(r"(\d{1,4})([dwmy])", re.ASCII)
DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
PAGE = re.compile(r"\d{1,4}", re.ASCII)
PAGE_CAP = 20
QUOTATION_MARKS = '"“”„«»'


class BadWindow(Exception):
    """An option whose value cannot be read; ``piece`` is the option as typed."""

    def __init__(self, piece: str, why: str) -> None:
        super().__init__(why)
        self.piece = piece
        self.why = why


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of the stored papers a search looks at.

    Attributes:
        since: A day, or a span back from the day of asking; None for no bound. ``until`` likewise; both inclusive.
        page: 1 for the first.
    """

    since: date | timedelta | None = None
    until: date | timedelta | None = None
    newest_first: bool = False
    page: int = 1

    def first_day(self, now: datetime) -> date | None:
        return _day(self.since, now)

    def last_day(self, now: datetime) -> date | None:
        return _day(self.until, now)


def window_from(words: list[str]) -> tuple[list[str], Window]:
    """Take the options out of the words of a search; within quotation marks there are none.

    Raises:
        BadWindow: Naming the option whose value is wrong.
    """
    window = Window()
    kept = []
    quoted = False
    for word in words:
        name, colon, value = word.partition(":")
        read = READERS.get(name.lower())
        if colon and read and not quoted:
            window = read(window, value, word)
            continue
        kept.append(word)
        quoted ^= sum(word.count(mark) for mark in QUOTATION_MARKS) % 2 == 1
    return kept, window


def _since(window: Window, value: str, piece: str) -> Window:
    return replace(window, since=_bound(value, piece))


def _until(window: Window, value: str, piece: str) -> Window:
    return replace(window, until=_bound(value, piece))


def _sort(window: Window, value: str, piece: str) -> Window:
    if value.lower() not in {"new", "best"}:
        raise BadWindow(piece, say("sort: takes new or best."))
    return replace(window, newest_first=value.lower() == "new")


def _page(window: Window, value: str, piece: str) -> Window:
    if not PAGE.fullmatch(value) or not 1 <= int(value) <= PAGE_CAP:
        raise BadWindow(piece, say("page: takes a number from 1 to {most}.", most=PAGE_CAP))
    return replace(window, page=int(value))


READERS: dict[str, Callable[[Window, str, str], Window]] = {
    "since": _since,
    "until": _until,
    "sort": _sort,
    "page": _page,
}


def _bound(value: str, piece: str) -> date | timedelta:
    if span := SPAN.fullmatch(value.lower()):
        return timedelta(days=int(span[1]) * UNIT_DAYS[span[2]])
    if day := DAY.fullmatch(value):
        try:
            return date(int(day[1]), int(day[2]), int(day[3]))
        except ValueError as error:
            raise BadWindow(piece, say("There is no such day: {day}.", day=value)) from error
    if not value:
        raise BadWindow(piece, say("nothing is no time: write 7d, 2w, 3m, 1y or a day such as 2026-03-01."))
    why = say("{value} is no time: write 7d, 2w, 3m, 1y or a day such as 2026-03-01.", value=value[:40])
    raise BadWindow(piece, why)


def _day(bound: date | timedelta | None, now: datetime) -> date | None:
    if isinstance(bound, timedelta):
        return now.date() - min(bound, timedelta(days=365 * 100))
    return bound
