"""What can be made to go wrong with a request, before or after its effect."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web


@dataclass
class Fault:
    """One way to go wrong, for the next ``times`` requests that fit.

    Attributes:
        commit: Whether the request has its effect, as if nothing were wrong.
        status: What is answered; None answers as usual, after the waits.
        cut: The connection is closed instead of an answer.
    """

    method: str
    path: str
    times: int = 1
    status: int | None = None
    body: dict[str, Any] | str = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    commit: bool = False
    cut: bool = False
    wait_before_s: float = 0.0
    wait_after_s: float = 0.0
    seen: int = 0

    def fits(self, request: web.Request, path: str) -> bool:
        return self.times > 0 and request.method == self.method and re.fullmatch(self.path, path) is not None


Handled = Callable[[], Awaitable[web.StreamResponse]]


async def faulty(fault: Fault, request: web.Request, handle: Handled) -> web.StreamResponse:
    fault.times -= 1
    fault.seen += 1
    await asyncio.sleep(fault.wait_before_s)
    answer = await handle() if fault.commit or (fault.status is None and not fault.cut) else None
    await asyncio.sleep(fault.wait_after_s)
    if fault.cut:
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=500)
    if fault.status is None and answer is not None:
        return answer
    if isinstance(fault.body, str):
        return web.Response(
            status=fault.status or 500, text=fault.body, headers=fault.headers, content_type="text/html"
        )
    return json_answer(fault.body, fault.status or 500, fault.headers)


def json_answer(body: object, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    # Discord names no character set here, and clients compare the header as a whole.
    told = {"Content-Type": "application/json", "Via": "1.1 fake"} | (headers or {})
    return web.Response(status=status, body=json.dumps(body).encode(), headers=told)


def too_many(
    seconds: float, *, everywhere: bool = False, path: str = r"/channels/\d+/messages", times: int = 1
) -> Fault:
    headers = {"Retry-After": str(seconds), "X-RateLimit-Scope": "global" if everywhere else "user"}
    if everywhere:
        headers["X-RateLimit-Global"] = "true"
    body = {"message": "You are being rate limited.", "retry_after": seconds, "global": everywhere}
    return Fault("POST", path, times, status=429, body=body, headers=headers)


def error(status: int, code: int = 0, message: str = "no") -> dict[str, Any]:
    return {"status": status, "body": {"code": code, "message": message}}
