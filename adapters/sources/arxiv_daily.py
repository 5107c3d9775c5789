"""arXiv's daily announcements: what readers call today's listing."""

from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime, timedelta
from io import BytesIO

from adapters.sources import arxiv_rss
from adapters.sources.announcements import NEW_YORK, feed_day_before
from adapters.sources.arxiv_search import ARXIV_API, ArxivSearch
from adapters.sources.fetch import Fetcher
from adapters.sources.network_source import NetworkSource, each
from adapters.sources.polling import Rhythm
from bot.announcements import RejectedItem
from bot.model import Paper

ARXIV_FEEDS = "https://rss.arxiv.org"

# Between two looks on days whose feed was late.
EVERY = timedelta(hours=3)

# What was submitted for an announcement came in up to four days before it.
BEFORE_ANNOUNCEMENT = timedelta(days=5)
# A machine that was off for longer begins anew; an older harvest is asked for by hand.
LONGEST_GAP = timedelta(days=30)


class ArxivDaily(NetworkSource):
    """The newest announcement of some categories. The cursor is the day of the last feed that held papers.

    A feed shows one announcement only. Those that were missed since the cursor are filled in from arXiv's search.
    """

    def __init__(
        self,
        name: str,
        categories: Sequence[str],
        fetcher: Fetcher,
        *,
        offset: timedelta = timedelta(),
        base: str = ARXIV_FEEDS,
        search_base: str = ARXIV_API,
    ) -> None:
        super().__init__(name, Rhythm(every=EVERY, by_calendar=True, offset=offset), fetcher)
        self._address = f"{base}/rss/{'+'.join(categories)}"
        self._search = ArxivSearch(name, categories, fetcher, search_base)

    async def papers(self, now: datetime) -> AsyncIterator[Paper | RejectedItem]:
        """Yield the feed's papers, after those of the announcements between it and the last one read."""
        fetched = await self._fetcher.get(self._address, state=self.state)
        if fetched.unchanged:
            self._heard(fetched)
            return
        built = arxiv_rss.built_on(fetched.body)
        day = (built or now).astimezone(NEW_YORK).date()
        held = False
        async for item in each(arxiv_rss.read(BytesIO(fetched.body), now)):
            held = True
            yield item
        missed_from = self._missed_from(day)
        if missed_from is not None:
            search = self._search.starting(missed_from)
            search.more = True
            while search.more:
                async for item in search.papers(now):
                    yield item
        # An empty feed is of a day without an announcement: what was announced before it has been read by now.
        reached = max(str(day if held else feed_day_before(day)), self.state.cursor)
        self._reached(reached, newest=built if held else None)
        self._heard(fetched)

    def _missed_from(self, day: date) -> date | None:
        """Return the first day of submissions to fill in, None when no announcement was missed."""
        if self._first_day is not None:
            return self._first_day
        if not self.state.cursor:
            return None
        last = date.fromisoformat(self.state.cursor)
        if last >= feed_day_before(day):
            return None
        return max(last - BEFORE_ANNOUNCEMENT, day - LONGEST_GAP)
