"""How often a host may be asked. A source that is polite to each host is welcome there tomorrow."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import MappingProxyType

from aiolimiter import AsyncLimiter


@dataclass(frozen=True, slots=True)
class Courtesy:
    """At most ``requests`` begin within any ``per_s`` seconds, and ``at_once`` of them run at the same time."""

    requests: float = 1
    per_s: float = 1.0
    at_once: int = 1


# By the end of a host's name: all of arXiv's services count as one (arXiv, "Terms of Use for arXiv APIs").
COURTESIES: Mapping[str, Courtesy] = MappingProxyType(
    {
        "arxiv.org": Courtesy(1, 3.0),
        "huggingface.co": Courtesy(1, 1.0),
        "ncbi.nlm.nih.gov": Courtesy(1, 0.4),
        "semanticscholar.org": Courtesy(1, 1.5),
        "openreview.net": Courtesy(1, 2.0),
        "biorxiv.org": Courtesy(1, 1.0),
        "crossref.org": Courtesy(1, 0.5),
    }
)


class Courtesies:
    """The queues before each host; one for the whole process, whoever asks."""

    def __init__(self, told: Mapping[str, Courtesy] = COURTESIES, other: Courtesy = Courtesy()) -> None:
        self._told = told
        self._other = other
        self._queues: dict[str, tuple[AsyncLimiter, asyncio.Semaphore]] = {}

    @asynccontextmanager
    async def of(self, host: str) -> AsyncIterator[None]:
        """Wait for one's turn at a host, and keep it until the block ends."""
        limiter, places = self._queue(host.lower().rstrip("."))
        async with places:
            await limiter.acquire()
            yield

    def _queue(self, host: str) -> tuple[AsyncLimiter, asyncio.Semaphore]:
        group = next((end for end in self._told if host == end or host.endswith(f".{end}")), host)
        if group not in self._queues:
            courtesy = self._told.get(group, self._other)
            self._queues[group] = (
                AsyncLimiter(courtesy.requests, courtesy.per_s),
                asyncio.Semaphore(courtesy.at_once),
            )
        return self._queues[group]
