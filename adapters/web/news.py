"""News of the history as server-sent events, one stream for each open page."""

import asyncio
import json
from collections.abc import Callable

from aiohttp import web

from adapters.web.history import History

# Tells a proxy, and this process, that somebody is still there.
HEARTBEAT_SECONDS = 20

# A browser holds six connections to one host at most; more streams than these are forgotten ones.
STREAMS_CAP = 24

# How long a browser waits before it connects again.
RETRY_MS = 1000


class News:
    """The open streams. `close` ends them, so that stopping the process waits for no browser."""

    def __init__(self, history: History, told: Callable[[int], dict[str, object]]) -> None:
        """Send what ``told`` says for the revision that a page has."""
        self._history = history
        self._told = told
        self._open: dict[object, asyncio.Event] = {}
        self._closing = False

    async def stream(self, request: web.Request, revision: int) -> web.StreamResponse:
        """Send news after a revision until the page or the process goes."""
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        await response.write(f"retry: {RETRY_MS}\n\n".encode())
        ended = asyncio.Event()
        name = object()
        self._open[name] = ended
        if len(self._open) > STREAMS_CAP:
            next(iter(self._open.values())).set()
            await self._history.wake()
        try:
            while not (self._closing or ended.is_set()):
                if revision != self._history.revision:
                    told = self._told(revision)
                    revision = self._history.revision
                    await response.write(f"id: {revision}\ndata: {json.dumps(told)}\n\n".encode())
                elif not await self._something_came(revision):
                    await response.write(b": still here\n\n")
        except ConnectionError:
            pass  # the page was closed; there is nobody left to tell
        finally:
            del self._open[name]
        return response

    async def close(self) -> None:
        self._closing = True
        await self._history.wake()

    async def _something_came(self, revision: int) -> bool:
        try:
            async with asyncio.timeout(HEARTBEAT_SECONDS):
                await self._history.changed_since(revision)
        except TimeoutError:
            return False
        return True
