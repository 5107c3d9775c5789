"""OpenReview by venue: the submissions to one conference."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

from adapters.sources import openreview
from adapters.sources.fetch import Fetcher
from adapters.sources.json_document import json_of, list_at
from adapters.sources.network_source import LEG_PAGES, NetworkSource, each
from adapters.sources.polling import Rhythm
from bot.announcements import RejectedItem
from bot.model import Paper

OPENREVIEW_API = "https://api2.openreview.net"

# Submissions appear within weeks and then change their standing for months.
RHYTHM = Rhythm(every=timedelta(hours=24))
PAGE = 500


class OpenreviewVenue(NetworkSource):
    """All submissions to a venue (``ICLR.cc/2026/Conference``) that may be seen. The cursor is how many were read."""

    def __init__(self, name: str, venue: str, fetcher: Fetcher, base: str = OPENREVIEW_API) -> None:
        super().__init__(name, RHYTHM, fetcher)
        self._venue = venue
        self._base = base

    async def papers(self, now: datetime) -> AsyncIterator[Paper | RejectedItem]:
        """Yield the next pages; after the last it begins anew, because decisions and withdrawals come later."""
        self.more = False
        read = int(self.state.cursor or 0)
        for _ in range(LEG_PAGES):
            asked = {
                "invitation": f"{self._venue}/-/Submission",
                "limit": str(PAGE),
                "offset": str(read),
                "sort": "number:asc",
            }
            document = json_of((await self._fetcher.get(f"{self._base}/notes", asked)).body)
            async for item in each(openreview.read_document(document, now)):
                yield item
            count = len(list_at(document, "notes"))
            read += count
            if count < PAGE:
                self._reached("")
                return
        self._reached(str(read), more=True)
