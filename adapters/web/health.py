"""For whoever watches the process: does it live, is it ready, and how is it doing."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from aiohttp import web

from adapters.web.rates import is_local
from bot.ports import StorageUnavailable
from bot.reading import Reading

# A store that has not answered by then keeps members waiting too.
PATIENCE_S = 3.0


class Metrics(Protocol):
    """What `/metrics` shows, in the text form of Prometheus. It asks the store, so it is called off the event loop."""

    content_type: str

    def text(self) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Watched:
    """What is looked at.

    Attributes:
        platforms: Returns for each platform that is set whether it is connected now.
        failing_sources: Returns the names of sources that fail now; they leave the bot ready.
        open_metrics: `/metrics` answers everybody, not only this machine.
    """

    platforms: Callable[[], Mapping[str, bool]]
    failing_sources: Callable[[], Awaitable[list[str]]]
    metrics: Metrics
    open_metrics: bool = False


class Health:
    """The handlers of ``/healthz``, ``/readyz`` and ``/metrics``."""

    def __init__(self, reading: Reading, watched: Watched) -> None:
        self._reading = reading
        self._watched = watched

    @property
    def routes(self) -> list[web.RouteDef]:
        return [web.get("/healthz", healthz), web.get("/readyz", self.readyz), web.get("/metrics", self.metrics)]

    async def readyz(self, _: web.Request) -> web.StreamResponse:
        """Answer 200 when everything that members need works, else 503; either way with what does."""
        platforms = dict(self._watched.platforms())
        database, failing = await self._asked()
        ready = database and self._reading.ready and all(platforms.values())
        told = {
            "ready": ready,
            "database": database,
            "index": self._reading.ready,
            "platforms": platforms,
            # Their number alone: a feed's address may hold a key of the host's.
            "failing_sources": len(failing),
        }
        return web.json_response(told, status=200 if ready else 503)

    async def metrics(self, request: web.Request) -> web.StreamResponse:
        if not self._watched.open_metrics and not is_local(request):
            raise web.HTTPForbidden(text="The metrics are for this machine alone; see PAPERROUND_METRICS.")
        body = await asyncio.to_thread(self._watched.metrics.text)
        return web.Response(body=body, headers={"Content-Type": self._watched.metrics.content_type})

    async def _asked(self) -> tuple[bool, list[str]]:
        """Return whether the store answers, and which sources fail."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._reading.stored()
                return True, await self._watched.failing_sources()
        except (StorageUnavailable, TimeoutError):
            return False, []


async def healthz(_: web.Request) -> web.Response:
    return web.Response(text="ok\n")
