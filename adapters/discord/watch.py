"""What the answers of Discord's API say beyond one request: which attempts are open, whether to be quiet, or to stop.

Discord bans an address for a while after 10,000 invalid requests (401, 403, 429) within 10 minutes; this process stops
far below. discord.py repeats 5xx answers by itself, so only counting on the wire tells whether bytes may have arrived.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from types import SimpleNamespace

import aiohttp
import structlog

from bot.words import marked

log = structlog.get_logger()

INVALID_CAP = 1_000
INVALID_WINDOW_S = 600.0
TOO_MANY = marked("posting to Discord stands still for ten minutes, since too many requests were refused")

# Interactions carry tokens of their own; a refusal there says nothing of the bot's.
OWN_TOKEN_PATHS = ("/webhooks/", "/interactions/")


@dataclass(slots=True)
class Attempts:
    """Requests of one deed that left and got no answer that settles them: neither taken nor refused."""

    open: int = 0


def nobody(_: int) -> None:
    """Tell nobody."""


_attempts: ContextVar[Attempts | None] = ContextVar("attempts", default=None)


class Watch:
    """Sees each request and answer of one client. ``trace`` goes into the client's HTTP session."""

    def __init__(self, on_dead: Callable[[str], None], invalid_cap: int = INVALID_CAP) -> None:
        """Begin with nothing seen.

        Args:
            on_dead: Called once with the reason when the token is refused; nothing is sent after that.
            invalid_cap: So many invalid requests within ten minutes stop the posting.
        """
        self._on_dead = on_dead
        self._invalid_cap = invalid_cap
        self._invalid: deque[float] = deque()
        self._quiet_until = 0.0
        self._stopped_until = 0.0
        # Told how many requests were refused when that stops the posting.
        self.on_stopped: Callable[[int], None] = nobody
        self.dead: str | None = None
        self.trace = aiohttp.TraceConfig()
        self.trace.on_request_headers_sent.append(self._left)
        self.trace.on_request_end.append(self._answered)

    def quiet_for(self) -> tuple[float, str] | None:
        """Return how many seconds nothing should be sent and why; None when the way is free."""
        now = asyncio.get_running_loop().time()
        if self.dead is not None:
            return INVALID_WINDOW_S, self.dead
        if (left := self._quiet_until - now) > 0:
            return left, marked("Discord asked the whole bot to wait")
        if (left := self.stopped_for_s()) > 0:
            return left, TOO_MANY
        return None

    def stopped_for_s(self) -> float:
        """Return how many seconds nothing is posted for the sake of requests that were refused; 0 when it is."""
        return max(self._stopped_until - asyncio.get_running_loop().time(), 0.0)

    def stop_for(self, seconds: float) -> None:
        """Let nothing be posted for a while, as when an earlier process was told to."""
        self._stopped_until = asyncio.get_running_loop().time() + seconds

    @contextmanager
    def attempts(self) -> Iterator[Attempts]:
        """Count the requests made within; where an exception ends them, ``open`` says whether one may have arrived."""
        counted = Attempts()
        before = _attempts.set(counted)
        try:
            yield counted
        finally:
            _attempts.reset(before)

    async def _left(self, _: aiohttp.ClientSession, __: SimpleNamespace, ___: object) -> None:
        if counted := _attempts.get():
            counted.open += 1

    async def _answered(
        self, _: aiohttp.ClientSession, __: SimpleNamespace, params: aiohttp.TraceRequestEndParams
    ) -> None:
        response = params.response
        counted = _attempts.get()
        if counted and response.status < 500:
            counted.open -= 1
        if response.status not in {401, 403, 429}:
            return
        now = asyncio.get_running_loop().time()
        own_token = any(part in params.url.path for part in OWN_TOKEN_PATHS)
        if response.status == 401 and not own_token and self.dead is None:
            self.dead = marked("Discord refused the bot's token (401); set a new DISCORD_TOKEN")
            self._on_dead(self.dead)
        if response.status == 429 and response.headers.get("X-RateLimit-Global", "").lower() == "true":
            self._quiet_until = max(self._quiet_until, now + _seconds(response.headers.get("Retry-After")))
        if response.headers.get("X-RateLimit-Scope") != "shared":
            self._refused(now)

    def _refused(self, now: float) -> None:
        self._invalid.append(now)
        while self._invalid[0] < now - INVALID_WINDOW_S:
            self._invalid.popleft()
        if len(self._invalid) < self._invalid_cap:
            return
        # Counted anew after a whole window, so that it does not stop and go from one refusal to the next.
        refused = len(self._invalid)
        self._invalid.clear()
        self.stop_for(INVALID_WINDOW_S)
        log.error(
            "posting to Discord stopped: too many refused requests",
            action="discord_invalid_requests",
            refused=refused,
            wait_s=round(INVALID_WINDOW_S),
        )
        self.on_stopped(refused)


def _seconds(said: str | None) -> float:
    try:
        return max(float(said or 1), 0.0)
    except ValueError:
        return 1.0
