"""What all sources on the network have in common."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterator
from copy import copy
from dataclasses import replace
from datetime import date, datetime
from typing import Self

from adapters.sources.fetch import Fetcher
from adapters.sources.fetched import Fetched
from adapters.sources.intake import CutOff, Unreadable
from adapters.sources.polling import Rhythm
from bot.announcements import RejectedItem, SourceFailed, SourceState
from bot.model import Paper

# Pages of one leg: what is read at most before it is stored and the place kept.
LEG_PAGES = 5


class NetworkSource(ABC):
    """A source with a name, a rhythm and a state; what it asks and reads is for each kind to say.

    Attributes:
        name: The words by which it was set: ``arxiv:cs.LG,cs.CL``. The state is kept under it.
    """

    def __init__(self, name: str, rhythm: Rhythm, fetcher: Fetcher) -> None:
        self.name = name
        self.rhythm = rhythm
        self.state = SourceState()
        self.more = False
        self._fetcher = fetcher
        self._first_day: date | None = None

    @abstractmethod
    def papers(self, now: datetime) -> AsyncIterator[Paper | RejectedItem]:
        """Yield what is new up to ``now``, or the next leg of it (see `more`), and move the state on at the end.

        Raises:
            SourceFailed: Why it ended before; the state is as it was.
        """

    def starting(self, day: date) -> Self:
        """Return the same source as it would be if everything before ``day`` had been read."""
        same = copy(self)
        same.state = SourceState()
        same._first_day = day  # noqa: SLF001 - a copy of itself
        return same

    def _reached(self, cursor: str, *, more: bool = False, newest: datetime | None = None) -> None:
        """Move the state on: all that was asked up to here has been yielded."""
        self.more = more
        self.state = replace(self.state, cursor=cursor, newest=newest or self.state.newest, not_before=None)

    def _heard(self, fetched: Fetched) -> None:
        """Keep what a host said about its answer, for the next time it is asked."""
        etag, last_modified = fetched.etag, fetched.last_modified
        if fetched.unchanged:  # a host need not repeat them then
            etag, last_modified = etag or self.state.etag, last_modified or self.state.last_modified
        self.state = replace(
            self.state,
            etag=etag,
            last_modified=last_modified,
            moved_to=fetched.moved_to or self.state.moved_to,
            not_before=fetched.fresh_until,
        )


async def each(items: Iterator[Paper | RejectedItem]) -> AsyncIterator[Paper | RejectedItem]:
    """Yield what a reader makes of one answer, read off the event loop.

    Raises:
        SourceFailed: The reader's own, or that the answer was cut off; what was whole has been yielded before.
    """
    gathered, failure = await asyncio.to_thread(_gathered, items)
    for item in gathered:
        yield item
    if failure is not None:
        raise failure
    if any(isinstance(item, CutOff) for item in gathered):
        raise Unreadable("its answer was cut off; what was whole of it is kept")


def _gathered(items: Iterator[Paper | RejectedItem]) -> tuple[list[Paper | RejectedItem], SourceFailed | None]:
    gathered: list[Paper | RejectedItem] = []
    try:
        for item in items:
            gathered.append(item)  # noqa: PERF402 - a list given to extend could lose what came before a failure
    except SourceFailed as failure:
        return gathered, failure
    return gathered, None
