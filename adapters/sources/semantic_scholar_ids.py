"""Semantic Scholar asked what else the papers of the last weeks are called: a preprint's DOI, once it has one."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from adapters.sources import semantic_scholar
from adapters.sources.fetch import Fetcher
from adapters.sources.json_document import json_of
from adapters.sources.network_source import NetworkSource, each
from adapters.sources.polling import Rhythm
from adapters.sources.semantic_scholar_search import FIELDS, SEMANTIC_SCHOLAR, headers_for
from bot.announcements import RejectedItem
from bot.model import Paper, PaperId

RHYTHM = Rhythm(every=timedelta(days=1))
BATCH = 500
# Ten requests a day at most; what is older is known by its journal, or will not be.
ASKED_AT_MOST = 10 * BATCH

_PREFIXES = {"arxiv": "ARXIV", "doi": "DOI", "pmid": "PMID", "pmcid": "PMCID"}


class SemanticScholarIds(NetworkSource):
    """The records of papers that are stored under one name only, each with its other names.

    Args:
        lacking: Returns the ids of those papers, the newest first; called off the event loop.
        key: The host's own key, empty for the pool that everybody shares.
    """

    def __init__(
        self,
        name: str,
        lacking: Callable[[datetime], Sequence[PaperId]],
        fetcher: Fetcher,
        key: str = "",
        base: str = SEMANTIC_SCHOLAR,
    ) -> None:
        super().__init__(name, RHYTHM, fetcher)
        self._lacking = lacking
        self._headers = headers_for(key)
        self._base = base

    async def papers(self, now: datetime) -> AsyncIterator[Paper | RejectedItem]:
        """Yield what is known of each; one that Semantic Scholar does not know is passed over."""
        self.more = False
        lacking = await asyncio.to_thread(self._lacking, now)
        asked = [told for paper in lacking if (told := _asked_as(paper))][:ASKED_AT_MOST]
        for start in range(0, len(asked), BATCH):
            ids = {"ids": asked[start : start + BATCH]}
            address = f"{self._base}/graph/v1/paper/batch"
            fetched = await self._fetcher.post(address, ids, {"fields": FIELDS}, headers=self._headers)
            async for item in each(semantic_scholar.read_document(json_of(fetched.body), now)):
                if isinstance(item, Paper):
                    # Its day is that of publication; when a paper was announced, its own source knows.
                    yield replace(item, announced=None)
        self._reached("")


def _asked_as(paper: PaperId) -> str:
    kind, _, name = paper.partition(":")
    return f"{_PREFIXES[kind]}:{name}" if kind in _PREFIXES and not name.startswith("~") else ""
