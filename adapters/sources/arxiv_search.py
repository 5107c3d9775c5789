"""arXiv's search, for what its daily feeds no longer show: the days before the first poll, and missed ones."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from io import BytesIO
from typing import Self

import stamina

from adapters.sources import arxiv_atom
from adapters.sources.arxiv_atom import EmptyPage
from adapters.sources.fetch import Fetcher
from adapters.sources.network_source import LEG_PAGES, NetworkSource, each
from adapters.sources.polling import Rhythm
from bot.announcements import RejectedItem
from bot.model import Paper

ARXIV_API = "https://export.arxiv.org"
RHYTHM = Rhythm(every=timedelta(hours=12))

# The service gives up to 2000 a call; smaller pages are lighter for it and stay far below the cap of a body.
PAGE = 500
# It counts no further than 30,000 (arXiv API User's Manual, 3.1.1.2).
REACH = 30_000
FIRST_DAYS = timedelta(days=2)
# What was submitted before a window but became searchable within it.
OVERLAP = timedelta(days=1)

_STAMP = "%Y%m%d%H%M"


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of submission times being read, oldest first, and how many of its papers have been."""

    first: datetime
    last: datetime
    read: int = 0

    @classmethod
    def parse(cls, cursor: str) -> Self:
        first, last, read = cursor.split("/")
        return cls(_instant(first), _instant(last), int(read))

    def __str__(self) -> str:
        return f"{self.first:{_STAMP}}/{self.last:{_STAMP}}/{self.read}"


class ArxivSearch(NetworkSource):
    """Papers of some categories by the time of their submission. The cursor is a `Window`, or the last one's end."""

    def __init__(self, name: str, categories: Sequence[str], fetcher: Fetcher, base: str = ARXIV_API) -> None:
        super().__init__(name, RHYTHM, fetcher)
        self._categories = tuple(categories)
        self._base = base

    async def papers(self, now: datetime) -> AsyncIterator[Paper | RejectedItem]:
        """Yield the next pages of the window; `more` tells whether it has further ones."""
        self.more = False
        window = self._window(now)
        for _ in range(LEG_PAGES):
            body, total = await self._page(window)
            last_day: date | None = None
            async for item in each(arxiv_atom.read(BytesIO(body), now)):
                if isinstance(item, Paper):
                    last_day = item.published or last_day
                yield item
            window = _further(window, last_day)
            if window.read >= total:
                self._reached(f"{window.last:{_STAMP}}")
                return
        self._reached(str(window), more=True)

    def _window(self, now: datetime) -> Window:
        if "/" in self.state.cursor:
            return Window.parse(self.state.cursor)
        if self.state.cursor:
            return Window(_instant(self.state.cursor) - OVERLAP, now)
        day = self._first_day
        return Window(now - FIRST_DAYS if day is None else datetime.combine(day, time(), UTC), now)

    async def _page(self, window: Window) -> tuple[bytes, int]:
        """Return one page and how many results there are; an empty page in the middle is asked for again."""
        asked = {
            "search_query": f"({' OR '.join(f'cat:{category}' for category in self._categories)}) AND "
            f"submittedDate:[{window.first:{_STAMP}} TO {window.last:{_STAMP}}]",
            "sortBy": "submittedDate",
            # Oldest first: what is submitted meanwhile comes after the pages already read, and shifts none of them.
            "sortOrder": "ascending",
            "start": str(window.read),
            "max_results": str(PAGE),
        }
        async for attempt in stamina.retry_context(on=EmptyPage, attempts=3, wait_initial=1.0, wait_max=10.0):
            with attempt:
                body = (await self._fetcher.get(f"{self._base}/api/query", asked)).body
                return body, arxiv_atom.total_of(body, window.read)
        raise AssertionError  # the last attempt returns or raises


def _further(window: Window, last_day: date | None) -> Window:
    window = Window(window.first, window.last, window.read + PAGE)
    if window.read + PAGE <= REACH or last_day is None:
        return window
    # The service counts no further: a new window begins with the day reached, whose papers come once more.
    return Window(datetime.combine(last_day, time(), UTC), window.last)


def _instant(stamp: str) -> datetime:
    return datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)
