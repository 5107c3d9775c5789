"""Bundled papers to try Paperround with: known works of many fields, announced over fourteen days.

Titles, authors, identifiers and dates are facts; the summaries are our own words, not the papers' abstracts. Of long
lists of authors only the first stand there. A date without a day is kept as its first (see ``dates.day_of``).
"""

import json
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from functools import cache
from importlib import resources
from typing import TypedDict

from adapters.sources.dates import day_of, midnight
from adapters.sources.intake import Entry, admit
from bot.announcements import RejectedItem
from bot.model import Paper

DAYS = 14

# Early enough that in every zone the day's papers are there before people come to work.
ANNOUNCED_AFTER = timedelta(hours=1)


class SampleRow(TypedDict):
    """One line of ``sample_papers.jsonl``.

    ``day``: 0 to 13, counted from the sample's first day. ``field``: of research, for whoever edits the file.
    """

    day: int
    field: str
    id: str
    title: str
    authors: list[str]
    categories: list[str]
    published: str
    abstract: str


class SampleSource:
    """The sample as a source.

    Args:
        start: Its first day; what the later days announce is not there before.
    """

    name = "sample"

    def __init__(self, start: date) -> None:
        self._start = midnight(start)

    async def papers(self, now: datetime) -> AsyncIterator[Paper | RejectedItem]:
        """Yield what has been announced up to ``now``, oldest day first."""
        for row in rows():
            announced = self._start + timedelta(days=row["day"]) + ANNOUNCED_AFTER
            if announced <= now:
                yield _paper(row, announced)


@cache
def rows() -> tuple[SampleRow, ...]:
    """Return the bundled rows, by day."""
    text = resources.files(__package__).joinpath("sample_papers.jsonl").read_text(encoding="utf-8")
    return tuple(json.loads(line) for line in text.splitlines())


def _paper(row: SampleRow, announced: datetime) -> Paper:
    entry = Entry(
        title=row["title"],
        abstract=row["abstract"],
        source=SampleSource.name,
        identifiers=(row["id"],),
        authors=tuple(row["authors"]),
        categories=tuple(row["categories"]),
        published=day_of(row["published"]),
        announced=announced,
    )
    return admit(entry)
