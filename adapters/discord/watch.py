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

log = structlog.get_logger()

INVALID_CAP = 1_000
INVALID_WINDOW_S = 600.0

# Interactions carry tokens of their own; a refusal there says nothing of the bot's.
OWN_TOKEN_PATHS = ("/webhooks/", "/interactions/")


@dataclass(slots=True)
class Attempts:
    """Requests of one deed that left and got no answer that settles them: neither taken nor refused."""

    open: int = 0


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
        self._told = False
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
            return left, "Discord asked the whole bot to wait"
        if len(self._recent(now)) >= self._invalid_cap:
            left = self._invalid[0] + INVALID_WINDOW_S - now
            self._tell(left)
            return left, f"{self._invalid_cap} requests were refused in ten minutes; more would get this address banned"
        self._told = False
        return None

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
            self.dead = "Discord refused the bot's token (401); set a new DISCORD_TOKEN"
            self._on_dead(self.dead)
        if response.status == 429 and response.headers.get("X-RateLimit-Global", "").lower() == "true":
            self._quiet_until = max(self._quiet_until, now + _seconds(response.headers.get("Retry-After")))
        if response.headers.get("X-RateLimit-Scope") != "shared":
            self._invalid.append(now)

    def _recent(self, now: float) -> deque[float]:
        while self._invalid and self._invalid[0] < now - INVALID_WINDOW_S:
            self._invalid.popleft()
        return self._invalid

    def _tell(self, left_s: float) -> None:
        if not self._told:
            self._told = True
            log.error(
                "posting to Discord stopped: too many refused requests",
                action="discord_invalid_requests",
                refused=len(self._invalid),
                wait_s=round(left_s),
            )


def _seconds(said: str | None) -> float:
    try:
        return max(float(said or 1), 0.0)
    except ValueError:
        return 1.0
