"""bioRxiv and medRxiv by the days on which preprints were posted."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, date, datetime, timedelta

from adapters.sources import biorxiv
from adapters.sources.dates import midnight
from adapters.sources.fetch import Fetcher
from adapters.sources.intake import Unreadable
from adapters.sources.json_document import count_at, json_of, list_at
from adapters.sources.network_source import LEG_PAGES, NetworkSource, each
from adapters.sources.polling import Rhythm
from bot.announcements import RejectedItem
from bot.model import Paper

BIORXIV_API = "https://api.biorxiv.org"

RHYTHM = Rhythm(every=timedelta(hours=6))
FIRST_DAYS = timedelta(days=2)
OVERLAP = timedelta(days=1)


class PreprintServer(NetworkSource):
    """All new versions on a server (``biorxiv`` or ``medrxiv``), or those of some of its categories.

    The cursor is a stretch of days and how many of its records were read: ``2026-11-23/2026-11-24/200``; between two
    stretches it is the last day.
    """

    def __init__(
        self, name: str, server: str, categories: Sequence[str], fetcher: Fetcher, base: str = BIORXIV_API
    ) -> None:
        super().__init__(name, RHYTHM, fetcher)
        self._server = server
        self._categories = {_folded(category) for category in categories}
        self._base = base

    async def papers(self, now: datetime) -> AsyncIterator[Paper | RejectedItem]:
        """Yield the next pages of the stretch of days."""
        self.more = False
        first, last, read = self._place(now.astimezone(UTC).date())
        before: list[object] | None = None
        for _ in range(LEG_PAGES):
            address = f"{self._base}/details/{self._server}/{first}/{last}/{read}/json"
            document = json_of((await self._fetcher.get(address)).body)
            async for item in each(biorxiv.read_document(document, now)):
                if not isinstance(item, Paper) or self._wants(item):
                    yield item
            records = list_at(document, "collection")
            if records and records == before:
                raise Unreadable(f"{self._server} sends the same page again and again")
            before = records
            # The size of a page has changed over the years: the next one begins after what came.
            read += len(records)
            if not records or read >= (count_at(document, "messages", 0, "total") or 0):
                self._reached(str(last), newest=midnight(last))
                return
        self._reached(f"{first}/{last}/{read}", more=True)

    def _place(self, today: date) -> tuple[date, date, int]:
        parts = self.state.cursor.split("/")
        if len(parts) == 3:
            return date.fromisoformat(parts[0]), date.fromisoformat(parts[1]), int(parts[2])
        if parts[0]:
            return min(date.fromisoformat(parts[0]), today) - OVERLAP, today, 0
        return self._first_day or today - FIRST_DAYS, today, 0

    def _wants(self, paper: Paper) -> bool:
        return not self._categories or any(_folded(category) in self._categories for category in paper.categories)


def _folded(category: str) -> str:
    return category.lower().replace("_", " ").replace("-", " ").strip()
