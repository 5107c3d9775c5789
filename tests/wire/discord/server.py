"""A Discord on a real socket: REST v10 and the gateway. It refuses what Discord refuses and records every request."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Self

from aiohttp import web

from tests.wire.discord import rest
from tests.wire.discord.faults import Fault, faulty, json_answer
from tests.wire.discord.gateway import Gateway
from tests.wire.discord.members import Members
from tests.wire.discord.rest import Refused
from tests.wire.discord.world import Json, World

TOKEN = "fake-token"  # noqa: S105 - of the fake alone
BASE = "/api/v10"


@dataclass
class Recorded:
    at: float
    method: str
    path: str
    body: Any


class FakeDiscord:
    def __init__(self, token: str = TOKEN, shards: int = 1) -> None:
        self.token = token
        self.shards = shards
        self.world = World()
        self.gateway = Gateway(self.world, token)
        self.members = Members(self)
        self.faults: list[Fault] = []
        self.requests: list[Recorded] = []
        self.refusals: list[str] = []
        self.commands: dict[str, list[Json]] = {}
        self.sessions_left = 1000
        self.port = 0

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self.port}{BASE}"

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=25 * 1024 * 1024)
        app.router.add_get("/gateway/", self.gateway.serve)
        app.router.add_route("*", BASE + "/{path:.*}", self._serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.port = self._runner.addresses[0][1]
        self.gateway.url = f"ws://127.0.0.1:{self.port}/gateway/"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.gateway.drop(1001)
        await self._runner.cleanup()

    def asked(self, method: str, ending: str) -> list[Recorded]:
        """The recorded requests of a method whose path ends so."""
        return [each for each in self.requests if each.method == method and each.path.endswith(ending)]

    def posts(self) -> list[Recorded]:
        return self.asked("POST", "/messages")

    async def eventually(self, met: Callable[[], Any], within_s: float = 15.0) -> Any:  # noqa: ANN401 - whatever is waited for
        """Wait until ``met`` gives something true, and return it."""
        deadline = time.monotonic() + within_s
        while not (found := met()):
            if time.monotonic() > deadline:
                asked = [f"{each.method} {each.path}" for each in self.requests[-15:]]
                raise AssertionError(f"it did not happen; the last requests: {asked}; refused: {self.refusals}")
            await asyncio.sleep(0.01)
        return found

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        path = request.path.removeprefix(BASE)
        body = await rest.body_of(request)
        self.requests.append(Recorded(time.monotonic(), request.method, path, body))
        fault = next((each for each in self.faults if each.fits(request, path)), None)
        if fault is not None:
            return await faulty(fault, request, lambda: self._handled(request, path, body))
        return await self._handled(request, path, body)

    async def _handled(self, request: web.Request, path: str, body: Json) -> web.StreamResponse:
        own_token = path.startswith(("/interactions/", "/webhooks/"))
        if not own_token and request.headers.get("Authorization") != f"Bot {self.token}":
            return json_answer({"message": "401: Unauthorized", "code": 0}, 401)
        handle: Callable[..., Awaitable[Any]] | None
        handle, parts = rest.route(request.method, path)
        if handle is None:
            self.refusals.append(f"no such route: {request.method} {path}")
            return json_answer({"message": "404: Not Found", "code": 0}, 404)
        try:
            answer = await handle(self, body, dict(request.query), *parts)
        except Refused as refused:
            self.refusals.append(f"{request.method} {path}: {refused}")
            return json_answer({"code": refused.code, "message": str(refused)}, refused.status)
        return web.Response(status=204) if answer is None else json_answer(answer)
