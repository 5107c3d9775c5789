"""What can be read without asking in chat: day pages, searches, archives, feeds, figures, one's own data."""

import asyncio
from collections.abc import Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.addresses import Opened, owner_of
from bot.answers.clicks import click
from bot.desk import Desk
from bot.languages import language_of
from bot.model import Digest, Member, PaperId
from bot.pages.archive import ArchivePage, ProfileFigures, archive_page, profile_figures, whose_picks
from bot.pages.days import DayPage, day_page, newest_day
from bot.pages.figures import InterestMap, SourceCounts, interest_map, source_counts
from bot.pages.searching import PaperPage, SearchPage, paper_page, quick_search_page, search_page
from bot.pages.shelf import SHELVES, Value
from bot.plots import plot_opened
from bot.ports import Clock, Messenger
from bot.reasons import in_words as reasons_said
from bot.replies import Plot
from bot.words import spoken

FEED_DIGESTS = 14
# So many interests of a profile are drawn; each asks the whole library.
MAPS = 6
SEARCHES_AT_ONCE = 1
DAYS_AT_ONCE = 1
# When so many are asked for, whoever comes next would wait too long for the whole ranking.
SEARCHES_WAITING = 4


class Reading:
    """The reading side of the facade: nothing here changes anything, but an opened link may be counted. Callers: pages.

    Every method can raise `StorageUnavailable`; none blocks the event loop.
    """

    def __init__(self, desk: Desk, clock: Clock, messengers: Mapping[str, Messenger]) -> None:
        """Read from a desk; ``messengers`` by platform know where a message is seen."""
        self._desk = desk
        self._clock = clock
        self._messengers = messengers
        # Each keeps a processor and the interpreter busy: side by side each would wait for the others all the time.
        self._searches = asyncio.Semaphore(SEARCHES_AT_ONCE)
        # Those of a crowd, which one long search of the whole engine does not hold up.
        self._quick_searches = asyncio.Semaphore(SEARCHES_AT_ONCE)
        # A day is many short questions to the store: threads that ask them side by side wait for each other more than
        # for the store.
        self._days = asyncio.Semaphore(DAYS_AT_ONCE)
        self._waiting = 0

    def now(self) -> datetime:
        return self._clock.now()

    @property
    def ready(self) -> bool:
        """Whether the stored papers are read into the library."""
        return self._desk.ready

    async def edition(self, span: timedelta) -> Hashable:
        """Return what is another value as soon as a page that everybody may read may say something else.

        Args:
            span: How long the time alone changes nothing: a paper may be announced that was stored before.
        """
        change = await asyncio.to_thread(self._desk.stores.paper_days.newest_change)
        spans = int(self._clock.now().timestamp() // span.total_seconds())
        return change, self._desk.library.taken, self._desk.ready, spans

    async def newest_day(self) -> date:
        return await asyncio.to_thread(newest_day, self._desk, self._clock.now())

    async def day(self, day: date, page: int = 1) -> DayPage:
        async with self._days:
            return await asyncio.to_thread(day_page, self._desk, day, page, self._clock.now())

    @contextmanager
    def waiting_for_search(self) -> Iterator[bool]:
        """Count somebody who waits for a search; True when so many do that a quick answer is better."""
        many = self._waiting >= SEARCHES_WAITING
        self._waiting += 1
        try:
            yield many
        finally:
            self._waiting -= 1

    async def search(self, typed: str, page: int = 1) -> tuple[SearchPage, bool]:
        """Return a page of a search, and whether the whole engine was asked: not if many wait when its turn comes."""
        if self._is_for_a_crowd(page):
            async with self._quick_searches:
                quick = await asyncio.to_thread(self._quickly, typed, page)
            if quick is not None:
                return quick, False
        async with self._searches:
            return await asyncio.to_thread(self._searched, typed, page)

    def _quickly(self, typed: str, page: int) -> SearchPage | None:
        return quick_search_page(self._desk, typed) if self._is_for_a_crowd(page) else None

    def _is_for_a_crowd(self, page: int) -> bool:
        return page == 1 and self._waiting >= SEARCHES_WAITING

    def _searched(self, typed: str, page: int) -> tuple[SearchPage, bool]:
        if (quick := self._quickly(typed, page)) is not None:
            return quick, False
        ready = self._desk.ready
        return search_page(self._desk, typed, page, self._clock.now()), ready

    async def paper(self, paper: PaperId, typed: str = "") -> PaperPage | None:
        return await asyncio.to_thread(paper_page, self._desk, paper, typed, self._clock.now())

    async def sources(self) -> SourceCounts:
        return await asyncio.to_thread(source_counts, self._desk, self._clock.now())

    async def interest_map(self, text: str) -> InterestMap:
        async with self._searches:
            return await asyncio.to_thread(interest_map, self._desk, text, self._clock.now())

    async def archive(self, token: str, page: int = 1) -> ArchivePage | None:
        """Return the past picks that a link opens; None when it opens nothing (any more)."""

        def read() -> ArchivePage | None:
            opened = self._desk.addresses.archive_opened(token, self._clock.now())
            return archive_page(self._desk, opened, page, self._messengers) if opened else None

        return await asyncio.to_thread(read)

    async def figures(self, token: str) -> ProfileFigures | None:
        """Return the figures of the picks that an archive's link opens; None when it opens nothing."""

        def read() -> ProfileFigures | None:
            now = self._clock.now()
            opened = self._desk.addresses.archive_opened(token, now)
            return profile_figures(self._desk, opened.profile, now) if opened else None

        return await asyncio.to_thread(read)

    async def interests_of_archive(self, token: str) -> list[InterestMap] | None:
        """Return the map of each interest of the profile that an archive's link opens."""

        def read() -> list[InterestMap] | None:
            now = self._clock.now()
            opened = self._desk.addresses.archive_opened(token, now)
            if opened is None:
                return None
            followed = self._desk.stores.profiles.get(opened.profile).interests
            return [interest_map(self._desk, line.text, now) for line in followed if not line.muted][:MAPS]

        return await asyncio.to_thread(read)

    async def picture(self, token: str) -> Plot | None:
        """Return the figures of a picture in a message; None for a token that is forged or has ended."""
        return await asyncio.to_thread(plot_opened, self._desk.addresses, token, self._clock.now())

    async def link_opened(self, token: str, event: str, *, counted: bool) -> str | None:
        """Return where a counted link of a message leads, by the store and not by the link; None for none of ours.

        Args:
            event: The same for what is one opening.
            counted: False for what only looks at links.
        """

        def opened() -> str | None:
            meant = self._desk.addresses.click_opened(token)
            if meant is None:
                return None
            paper, profile = meant
            owner = owner_of(profile) if counted else None
            member, channel = (owner, None) if isinstance(owner, Member) else (None, owner)
            return click(self._desk, paper, member, channel, event, self._clock.now())

        return await asyncio.to_thread(opened)

    async def feed(self, token: str) -> tuple[str, list[Digest], str] | None:
        """Return whose picks a feed's address opens, in words, the newest digests, and the language of its owner.

        None when it opens nothing.
        """

        def read() -> tuple[str, list[Digest], str] | None:
            opened = self._desk.addresses.feed_opened(token)
            if opened is None:
                return None
            stores = self._desk.stores
            language = language_of(stores.preferences, owner_of(opened.profile))
            digests = stores.digests.recent(opened.profile, FEED_DIGESTS)
            with spoken(language):
                said = [replace(digest, picks=reasons_said(digest.picks)) for digest in digests]
                return whose_picks(self._desk, opened.profile), said, language

        return await asyncio.to_thread(read)

    async def own_data(self, token: str, shelf: str) -> Value | None:
        """Return one of `SHELVES` of the member whose token it is; None for a token that opens nothing."""

        def read() -> Value | None:
            opened: Opened | None = self._desk.addresses.token_opened(token)
            owner = owner_of(opened.profile) if opened else None
            return SHELVES[shelf].read(self._desk, owner) if isinstance(owner, Member) else None

        return await asyncio.to_thread(read)

    async def stored(self) -> int:
        """Return how many papers are stored: the quickest question that the store can be asked."""
        return await asyncio.to_thread(self._desk.stores.papers.count)
