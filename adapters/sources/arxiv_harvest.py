"""arXiv's OAI-PMH service: everything that changed since a day, also versions and deletions, for large collections."""

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from io import BytesIO

from adapters.sources import arxiv_oai
from adapters.sources.announcements import NEW_YORK
from adapters.sources.arxiv_oai import TokenExpired
from adapters.sources.fetch import Fetcher
from adapters.sources.network_source import LEG_PAGES, NetworkSource, each
from adapters.sources.polling import Rhythm
from bot.announcements import RejectedItem
from bot.model import Paper

ARXIV_OAI = "https://oaipmh.arxiv.org"

RHYTHM = Rhythm(every=timedelta(hours=24))
FIRST_DAYS = timedelta(days=2)
# Records get their new datestamp in the evening of a day in New York; a day asked for twice costs little.
OVERLAP = timedelta(days=1)


class ArxivHarvest(NetworkSource):
    """All changed records of a set (``cs``, ``cs:cs:LG``; empty for all of arXiv).

    The cursor is the first day to ask from, and, within a list, also the day on which the list was begun (from which
    the next one starts) and the token of its next page: ``2026-11-20 2026-11-24 token``.
    """

    def __init__(self, name: str, of_set: str, fetcher: Fetcher, base: str = ARXIV_OAI) -> None:
        super().__init__(name, RHYTHM, fetcher)
        self._set = of_set
        self._base = base

    async def papers(self, now: datetime) -> AsyncIterator[Paper | RejectedItem]:
        """Yield the next pages of the list; a list whose token has expired is begun again from its first day."""
        self.more = False
        today = now.astimezone(NEW_YORK).date()
        first, begun, token = self._place(today)
        for _ in range(LEG_PAGES):
            body = (await self._fetcher.get(f"{self._base}/oai", self._asked(first, token))).body
            try:
                async for item in each(arxiv_oai.read(BytesIO(body), now)):
                    yield item
            except TokenExpired:
                if not token:
                    raise
                begun, token = today, ""
                continue
            token = arxiv_oai.resumption_token(body) or ""
            if not token:
                self._reached(str(begun - OVERLAP))
                return
        self._reached(f"{first} {begun} {token}".rstrip(), more=True)

    def _place(self, today: date) -> tuple[date, date, str]:
        parts = self.state.cursor.split(" ", 2)
        first = date.fromisoformat(parts[0]) if parts[0] else self._first_day or today - FIRST_DAYS
        begun = date.fromisoformat(parts[1]) if len(parts) > 1 else today
        return first, begun, parts[2] if len(parts) > 2 else ""

    def _asked(self, first: date, token: str) -> dict[str, str]:
        if token:
            return {"verb": "ListRecords", "resumptionToken": token}
        of_set = {"set": self._set} if self._set else {}
        return {"verb": "ListRecords", "metadataPrefix": "arXiv", "from": str(first), **of_set}
