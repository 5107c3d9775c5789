"""Semantic Scholar by a query."""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, date, datetime, timedelta

from adapters.sources import semantic_scholar
from adapters.sources.fetch import NOTHING, Fetcher
from adapters.sources.json_document import json_of, text_at
from adapters.sources.network_source import LEG_PAGES, NetworkSource, each
from adapters.sources.polling import Rhythm
from bot.announcements import RejectedItem
from bot.model import Paper

SEMANTIC_SCHOLAR = "https://api.semanticscholar.org"

RHYTHM = Rhythm(every=timedelta(hours=12))
FIELDS = "paperId,externalIds,url,title,abstract,year,publicationDate,authors,fieldsOfStudy"
FIRST_DAYS = timedelta(days=14)
# A paper is often found here only days after its date.
OVERLAP = timedelta(days=14)


class SemanticScholarSearch(NetworkSource):
    """The papers that a query finds, by their date.

    The cursor is the first day to ask from and, within a search, the token of its next page: ``2026-11-20 token``.

    Args:
        key: The host's own key, empty for the pool that everybody shares.
    """

    def __init__(self, name: str, query: str, fetcher: Fetcher, key: str = "", base: str = SEMANTIC_SCHOLAR) -> None:
        super().__init__(name, RHYTHM, fetcher)
        self._query = query
        self._headers = headers_for(key)
        self._base = base

    async def papers(self, now: datetime) -> AsyncIterator[Paper | RejectedItem]:
        """Yield the next pages of what is new."""
        self.more = False
        today = now.astimezone(UTC).date()
        first, token = self._place(today)
        for _ in range(LEG_PAGES):
            asked = {
                "query": self._query,
                "fields": FIELDS,
                "publicationDateOrYear": f"{first}:",
                "sort": "publicationDate",
            }
            if token:
                asked["token"] = token
            address = f"{self._base}/graph/v1/paper/search/bulk"
            document = json_of((await self._fetcher.get(address, asked, headers=self._headers)).body)
            async for item in each(semantic_scholar.read_document(document, now)):
                yield item
            token = text_at(document, "token")
            if not token:
                self._reached(str(today - OVERLAP))
                return
        self._reached(f"{first} {token}", more=True)

    def _place(self, today: date) -> tuple[date, str]:
        day, _, token = self.state.cursor.partition(" ")
        if day:
            return date.fromisoformat(day), token
        return self._first_day or today - FIRST_DAYS, ""


def headers_for(key: str) -> Mapping[str, str]:
    return {"x-api-key": key} if key else NOTHING
