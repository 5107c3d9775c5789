"""PubMed by a query: what entered it since the last look."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

from adapters.sources import pubmed
from adapters.sources.dates import midnight
from adapters.sources.fetch import Fetcher
from adapters.sources.intake import Unreadable
from adapters.sources.json_document import count_at, json_of, text_at
from adapters.sources.network_source import LEG_PAGES, NetworkSource, each
from adapters.sources.polling import Rhythm
from bot.announcements import RejectedItem
from bot.model import Paper

E_UTILITIES = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils"

RHYTHM = Rhythm(every=timedelta(hours=12))
PAGE = 200
FIRST_DAYS = timedelta(days=7)
OVERLAP = timedelta(days=2)


class PubmedSearch(NetworkSource):
    """The records that a query finds, by the day on which PubMed got them.

    The cursor is the first day to ask from and, within a search, how many of its records were read: ``2026-11-20/200``.

    Args:
        contact: An e-mail address, which NCBI asks of every program; it writes there before it locks one out.
    """

    def __init__(self, name: str, query: str, fetcher: Fetcher, contact: str = "", base: str = E_UTILITIES) -> None:
        super().__init__(name, RHYTHM, fetcher)
        self._query = query
        self._contact = contact
        self._base = base

    async def papers(self, now: datetime) -> AsyncIterator[Paper | RejectedItem]:
        """Yield the next pages of what is new."""
        self.more = False
        today = now.astimezone(UTC).date()
        first, read = self._place(today)
        count, asked = await self._found(first, today)
        for _ in range(LEG_PAGES):
            if read >= count:
                self._reached(str(today - OVERLAP), newest=midnight(today) if count else None)
                return
            page = {**asked, "retstart": str(read), "retmax": str(PAGE), "retmode": "xml"}
            body = (await self._fetcher.get(f"{self._base}/efetch.fcgi", page)).body
            async for item in each(pubmed.read(BytesIO(body), now)):
                yield item
            read += PAGE
        self._reached(f"{first}/{read}", more=True)

    async def _found(self, first: date, last: date) -> tuple[int, dict[str, str]]:
        """Return how many records the query finds, and by what they are fetched."""
        asked = {
            **self._common(),
            "term": self._query,
            "datetype": "edat",
            "mindate": f"{first:%Y/%m/%d}",
            "maxdate": f"{last:%Y/%m/%d}",
            "usehistory": "y",
            "retmax": "0",
            "retmode": "json",
        }
        document = json_of((await self._fetcher.get(f"{self._base}/esearch.fcgi", asked)).body)
        count = count_at(document, "esearchresult", "count")
        wrong = text_at(document, "error") or text_at(document, "esearchresult", "ERROR")
        if wrong or count is None:
            raise Unreadable(f"PubMed answered with an error: {wrong[:300] or 'no count'}")
        kept = {
            "WebEnv": text_at(document, "esearchresult", "webenv"),
            "query_key": text_at(document, "esearchresult", "querykey"),
        }
        return count, {**self._common(), **kept}

    def _common(self) -> dict[str, str]:
        email = {"email": self._contact} if "@" in self._contact else {}
        return {"db": "pubmed", "tool": "paperround", **email}

    def _place(self, today: date) -> tuple[date, int]:
        day, _, read = self.state.cursor.partition("/")
        if day:
            return date.fromisoformat(day), int(read or 0)
        return self._first_day or today - FIRST_DAYS, 0
