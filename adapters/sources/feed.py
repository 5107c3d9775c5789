"""Any RSS or Atom feed as a source, with the feed's own hints on when to come again."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta

from yarl import URL

from adapters.sources import feeds
from adapters.sources.fetch import Fetcher
from adapters.sources.network_source import NetworkSource, each
from adapters.sources.polling import Rhythm
from bot.announcements import RejectedItem
from bot.model import Paper

# Not more often than hourly, whatever a feed says; journals change daily at most.
RHYTHM = Rhythm(every=timedelta(hours=2))
LONGEST_TTL_MINUTES = 24 * 60

_TTL = re.compile(rb"<ttl>\s*(\d{1,5})\s*</ttl>", re.IGNORECASE)


class Feed(NetworkSource):
    """The papers of one feed. Their source is the feed's host, so that no feed speaks in another's name."""

    def __init__(self, name: str, address: str, fetcher: Fetcher) -> None:
        super().__init__(name, RHYTHM, fetcher)
        self._address = address
        host = (URL(address).host or "").removeprefix("www.").removeprefix("rss.")[:40]
        # The names of services have no dot; a host inside one's own network must not pass for one.
        self._source = host if "." in host else f"feed.{host}"

    async def papers(self, now: datetime) -> AsyncIterator[Paper | RejectedItem]:
        """Yield what the feed holds, when it changed."""
        fetched = await self._fetcher.get(self.state.moved_to or self._address, state=self.state)
        newest = None
        if not fetched.unchanged:
            async for item in each(feeds.papers_of(fetched.body, now, fetched.address, self._source)):
                if isinstance(item, Paper) and item.announced is not None:
                    newest = max(newest or item.announced, item.announced)
                yield item
        self._reached("", newest=newest)
        self._heard(fetched)
        if found := _TTL.search(fetched.body[:20_000]):
            wanted = now + timedelta(minutes=min(int(found[1]), LONGEST_TTL_MINUTES))
            self.state = replace(self.state, not_before=max(self.state.not_before or wanted, wanted))
