"""Hugging Face's lists of papers: one for each day, and what is trending."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

from adapters.sources import huggingface
from adapters.sources.dates import midnight
from adapters.sources.fetch import Fetcher
from adapters.sources.json_document import json_of
from adapters.sources.network_source import NetworkSource, each
from adapters.sources.polling import Rhythm
from bot.announcements import RejectedItem
from bot.model import Paper

HUGGING_FACE = "https://huggingface.co"

# Votes come in all day; what they are worth is seen from one look to the next.
RHYTHM = Rhythm(every=timedelta(hours=3))
PAPERS = "100"
# Votes of a list go on rising for some days.
OPEN_DAYS = timedelta(days=2)
LONGEST_GAP = timedelta(days=14)


class HuggingFaceDaily(NetworkSource):
    """The list of each day. The cursor is the last day that was asked; the days just before it are asked again."""

    def __init__(self, name: str, fetcher: Fetcher, base: str = HUGGING_FACE) -> None:
        super().__init__(name, RHYTHM, fetcher)
        self._address = f"{base}/api/daily_papers"

    async def papers(self, now: datetime) -> AsyncIterator[Paper | RejectedItem]:
        """Yield the lists from the cursor to today; a day without a list is none to worry about."""
        today = now.astimezone(UTC).date()
        day = self._from(today)
        newest = None
        while day <= today:
            fetched = await self._fetcher.get(self._address, {"date": str(day), "limit": PAPERS})
            async for item in each(huggingface.read_document(json_of(fetched.body), now)):
                newest = midnight(day)
                yield item
            day += timedelta(days=1)
        self._reached(str(today), newest=newest)

    def _from(self, today: date) -> date:
        if self._first_day is not None and not self.state.cursor:
            return self._first_day
        last = date.fromisoformat(self.state.cursor) if self.state.cursor else today
        return max(last - OPEN_DAYS, today - LONGEST_GAP)


class HuggingFaceTrending(NetworkSource):
    """What is trending now, with votes; not a list of what is new."""

    def __init__(self, name: str, fetcher: Fetcher, base: str = HUGGING_FACE) -> None:
        super().__init__(name, RHYTHM, fetcher)
        self._address = f"{base}/api/daily_papers"

    async def papers(self, now: datetime) -> AsyncIterator[Paper | RejectedItem]:
        """Yield the list as it stands."""
        fetched = await self._fetcher.get(self._address, {"sort": "trending", "limit": PAPERS})
        async for item in each(huggingface.read_document(json_of(fetched.body), now)):
            yield item
        self._reached("")
