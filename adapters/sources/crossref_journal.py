"""Crossref by journal: what a publisher registered under an ISSN since the last look."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

from adapters.sources import crossref
from adapters.sources.dates import midnight
from adapters.sources.fetch import Fetcher
from adapters.sources.json_document import json_of, list_at, text_at
from adapters.sources.network_source import LEG_PAGES, NetworkSource, each
from adapters.sources.polling import Rhythm
from bot.announcements import RejectedItem
from bot.model import Paper

CROSSREF_API = "https://api.crossref.org"

RHYTHM = Rhythm(every=timedelta(hours=12))
ROWS = 100
FIRST_DAYS = timedelta(days=7)
OVERLAP = timedelta(days=2)


class CrossrefJournal(NetworkSource):
    """The works of one journal by the day of their registration.

    The cursor is the first day to ask from and, within a list, Crossref's own cursor: ``2026-11-20 AoJ4…``.

    Args:
        contact: An e-mail address, which gives a place in the polite pool.
    """

    def __init__(self, name: str, issn: str, fetcher: Fetcher, contact: str = "", base: str = CROSSREF_API) -> None:
        super().__init__(name, RHYTHM, fetcher)
        self._issn = issn
        self._contact = contact
        self._base = base

    async def papers(self, now: datetime) -> AsyncIterator[Paper | RejectedItem]:
        """Yield the next pages of what is new."""
        self.more = False
        today = now.astimezone(UTC).date()
        first, cursor = self._place(today)
        for _ in range(LEG_PAGES):
            asked = {
                "filter": f"issn:{self._issn},from-created-date:{first}",
                "rows": str(ROWS),
                "cursor": cursor,
                **({"mailto": self._contact} if "@" in self._contact else {}),
            }
            document = json_of((await self._fetcher.get(f"{self._base}/works", asked)).body)
            async for item in each(crossref.read_document(document, now)):
                yield item
            cursor = text_at(document, "message", "next-cursor")
            # The last page has a cursor too; that it is not full is what tells it.
            if not cursor or len(list_at(document, "message", "items")) < ROWS:
                self._reached(str(today - OVERLAP), newest=midnight(today))
                return
        self._reached(f"{first} {cursor}", more=True)

    def _place(self, today: date) -> tuple[date, str]:
        day, _, cursor = self.state.cursor.partition(" ")
        if day:
            return date.fromisoformat(day), cursor or "*"
        return self._first_day or today - FIRST_DAYS, "*"
