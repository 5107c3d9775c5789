"""Public pages made lately, for all who ask for the same while nothing has changed: nobody's own page is here."""

import asyncio
import gzip
import hashlib
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass

from aiohttp import hdrs, web

# A page is kept zipped, in about 6 kB.
MOST_KEPT = 1000
# Beyond this level a page gets hardly smaller, and takes half as long again.
ZIP_LEVEL = 3
OK = 200
# Named, and not with the quality 0, which is a refusal (RFC 9110, 12.4.2).
TAKES_GZIP = re.compile(r"(?:^|,)\s*gzip\s*(?:;\s*q=(?!0(?:\.0*)?\s*(?:,|$))[^,]*)?(?:,|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Made:
    """A page as it is sent.

    Attributes:
        tag: The same for the same bytes.
        lasting: Whoever asks again gets the same; never so for an error.
    """

    status: int
    zipped: bytes
    tag: str
    lasting: bool

    @classmethod
    def of(cls, html: str, status: int = 200, *, lasting: bool = True) -> "Made":
        body = html.encode("utf-8", "replace")
        tag = hashlib.sha256(body).hexdigest()[:32]
        return cls(status, gzip.compress(body, ZIP_LEVEL, mtime=0), tag, lasting and status == OK)


class KeptPages:
    """Makes each page once, also for those who ask while it is being made. Only the event loop touches it."""

    def __init__(self, *, passing: bool = False) -> None:
        """Begin with none.

        Args:
            passing: Also those are kept that do not last; never errors.
        """
        self._passing = passing
        self._made: OrderedDict[Hashable, Made] = OrderedDict()
        self._making: dict[Hashable, asyncio.Task[Made]] = {}

    def __contains__(self, key: Hashable) -> bool:
        return key in self._made

    async def get(self, key: Hashable, make: Callable[[], Awaitable[Made]]) -> Made:
        """Return the page of a key, which says everything that the page depends on."""
        if (found := self._made.get(key)) is not None:
            self._made.move_to_end(key)
            return found
        task = self._making.get(key)
        if task is None:
            task = self._making[key] = asyncio.create_task(self._make(key, make))
        # Whoever goes away takes the page from nobody else.
        return await asyncio.shield(task)

    async def _make(self, key: Hashable, make: Callable[[], Awaitable[Made]]) -> Made:
        try:
            made = await make()
        finally:
            del self._making[key]
        if made.lasting or (self._passing and made.status == OK):
            self._made[key] = made
            while len(self._made) > MOST_KEPT:
                self._made.popitem(last=False)
        return made


def answer(request: web.Request, made: Made, kept: str) -> web.Response:
    """Return a page as its reader can take it: not at all when they have the same one, zipped, or plain.

    Args:
        kept: What ``Cache-Control`` says of a lasting page.
    """
    headers = {
        hdrs.CACHE_CONTROL: kept if made.lasting else "no-store",
        hdrs.ETAG: f'W/"{made.tag}"',
        hdrs.VARY: hdrs.ACCEPT_ENCODING,
    }
    if made.lasting and {each.value for each in request.if_none_match or ()} & {made.tag, "*"}:
        return web.Response(status=304, headers=headers)
    body = made.zipped
    if TAKES_GZIP.search(request.headers.get(hdrs.ACCEPT_ENCODING, "")):
        headers[hdrs.CONTENT_ENCODING] = "gzip"
    else:
        body = gzip.decompress(body)
    return web.Response(body=body, status=made.status, content_type="text/html", charset="utf-8", headers=headers)
