"""A fake Slack on real sockets: Web API, Socket Mode, response addresses. It runs in a thread with its own loop."""

import asyncio
import hashlib
import hmac
import json
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self, TypeVar

from aiohttp import WSMsgType, web

from tests.adapters.slack.block_kit import refusals
from tests.wire.slack.web_api import Refused, WebApi
from tests.wire.slack.workspace import Workspace

Json = dict[str, Any]
Result = TypeVar("Result")

SIGNING_SECRET = "8f742231b10e8888abcd99yyyzzz85a5"  # noqa: S105 - made up
APP_TOKEN = "xapp-1-one"  # noqa: S105 - made up


@dataclass
class Fault:
    """What goes wrong with the next calls of a method.

    Attributes:
        commits: Whether the call has its effect nevertheless, before the fault.
        skips: How many calls go well before the first that does not.
        closes: The connection is closed instead of an answer.
        commits_after_s: The effect comes this much later, when the client is gone.
    """

    method: str
    times: int = 1
    status: int = 200
    error: str = ""
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    commits: bool = False
    closes: bool = False
    delay_s: float = 0.0
    commits_after_s: float | None = None
    team: str = ""
    skips: int = 0


@dataclass(frozen=True)
class Call:
    """One request as it came in."""

    method: str
    team: str
    args: Json
    at: float


class FakeSlack:
    """Everything a test says to it is thread-safe; what it holds is read once the bot is quiet."""

    def __init__(self, *workspaces: Workspace) -> None:
        self.workspaces = {home.token: home for home in workspaces or (Workspace(),)}
        self.home = next(iter(self.workspaces.values()))
        self.calls: list[Call] = []
        self.faults: list[Fault] = []
        self.responses: list[Json] = []
        # Slack loads a picture itself, and refuses a message whose picture it cannot load.
        self.reaches_pictures = True
        self.unacknowledged: list[str] = []
        self.port = 0
        self.api = WebApi(lambda: f"http://127.0.0.1:{self.port}")
        self._sockets: list[web.WebSocketResponse] = []
        self._waiting: dict[str, asyncio.Future[Json]] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._runner: web.AppRunner | None = None

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/"

    def __enter__(self) -> Self:
        self._thread.start()
        self._in_loop(self._start())
        return self

    def __exit__(self, *_: object) -> None:
        self._in_loop(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def calls_of(self, method: str, team: str = "") -> list[Call]:
        return [call for call in self.calls if call.method == method and team in {"", call.team}]

    def wait_until(self, claim: Callable[[], Result], timeout_s: float = 15.0) -> Result:
        """Return what ``claim`` gives once that is true.

        Raises:
            AssertionError: It did not become true in time.
        """
        until = time.monotonic() + timeout_s
        while not (result := claim()):
            assert time.monotonic() < until, f"it did not happen; calls: {[call.method for call in self.calls[-20:]]}"
            time.sleep(0.02)
        return result

    def ask_by_socket(self, command: Json) -> Json:
        """Send a command; return its answer, whether that came in the acknowledgement or later."""
        acknowledged = self.say_by_socket("slash_commands", command)
        assert acknowledged is not None, "not acknowledged"
        return acknowledged or self.answered_at(command["response_url"])

    def answered_at(self, address: str) -> Json:
        """Wait for the first answer at a response address."""

        def answers() -> list[Json]:
            return [each for each in self.responses if each["address"] == address]

        return self.wait_until(answers)[0]

    def connected(self, sockets: int = 1) -> bool:
        return sum(not socket.closed for socket in self._sockets) >= sockets

    def say_by_socket(self, kind: str, payload: Json, timeout_s: float = 5.0, *, socket: int = -1) -> Json | None:
        """Send one envelope to the bot; return the payload of its acknowledgement, None when none came in time.

        Args:
            socket: Which of the open ones; the newest unless something else is said.
        """
        acknowledged: Json | None = self._in_loop(self._say(kind, payload, timeout_s, socket))
        return acknowledged

    def drop_sockets(self, reason: str = "") -> None:
        """Close every socket, after a warning with the reason when there is one."""
        self._in_loop(self._drop(reason))

    def post_signed(
        self,
        url: str,
        body: str,
        *,
        form: bool = True,
        stamp: str | None = None,
        secret: str = SIGNING_SECRET,
        headers: dict[str, str] | None = None,
    ) -> tuple[int, str]:
        """Call the bot as Slack does in HTTP mode; return status and body."""
        stamp = stamp if stamp is not None else str(int(time.time()))
        digest = hmac.new(secret.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
        kind = "application/x-www-form-urlencoded" if form else "application/json"
        sent = {"Content-Type": kind, "X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}
        request = urllib.request.Request(url, body.encode(), sent | (headers or {}))  # noqa: S310 - a loopback address
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - likewise
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def response_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/response/{uuid.uuid4().hex}"

    def _in_loop(self, work: Any) -> Any:  # noqa: ANN401 - whatever the coroutine returns
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    async def _start(self) -> None:
        app = web.Application()
        app.router.add_post("/api/{method}", self._called)
        app.router.add_get("/api/{method}", self._called)
        app.router.add_post("/response/{id}", self._responded)
        app.router.add_post("/upload/{team}/{number}", self._uploaded)
        app.router.add_get("/socket", self._connected)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def _stop(self) -> None:
        for socket in self._sockets:
            await socket.close()
        if self._runner is not None:
            await self._runner.cleanup()
        slow = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in slow:
            task.cancel()
        await asyncio.gather(*slow, return_exceptions=True)

    async def _called(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        args = await _arguments(request)
        token = request.headers.get("Authorization", "").removeprefix("Bearer ") or str(args.get("token", ""))
        home = self.workspaces.get(token)
        team = home.team if home else ""
        self.calls.append(Call(method, team, args, time.time()))
        fault = next((each for each in self.faults if each.method == method and each.team in {"", team}), None)
        if fault is not None and fault.skips:
            fault.skips -= 1
            fault = None
        if fault is None:
            return web.json_response(self._done(method, home, token, args))
        fault.times -= 1
        if fault.times <= 0:
            self.faults.remove(fault)
        if fault.commits_after_s is not None:
            asyncio.get_running_loop().call_later(fault.commits_after_s, self._done, method, home, token, args)
        answer = self._done(method, home, token, args) if fault.commits else {"ok": True}
        await asyncio.sleep(fault.delay_s)
        if fault.closes and request.transport is not None:
            request.transport.close()
        if fault.error:
            answer = {"ok": False, "error": fault.error}
        if fault.body:
            return web.Response(status=fault.status, text=fault.body, headers=fault.headers, content_type="text/html")
        return web.json_response(answer, status=fault.status, headers=fault.headers)

    def _done(self, method: str, home: Workspace | None, token: str, args: Json) -> Json:
        try:
            return {"ok": True, **self._effect(method, home, token, args)}
        except Refused as refused:
            return refused.answer

    def _effect(self, method: str, home: Workspace | None, token: str, args: Json) -> Json:
        if method == "oauth.v2.access":
            return self.api.oauth_v2_access(args)
        if method == "apps.connections.open" and token == APP_TOKEN:
            return {"url": f"ws://127.0.0.1:{self.port}/socket"}
        if home is None:
            raise Refused("invalid_auth")
        if home.revoked:
            raise Refused("token_revoked")
        effect: Json = getattr(self.api, method.replace(".", "_"))(home, args)
        return effect

    async def _responded(self, request: web.Request) -> web.Response:
        said = await request.json()
        faults = refusals({key: said[key] for key in ("text", "blocks") if key in said})
        if not self.reaches_pictures and any(block["type"] == "image" for block in said.get("blocks", [])):
            return web.Response(status=400, text="invalid_blocks")
        self.responses.append({**said, "faults": faults, "address": str(request.url)})
        return web.Response(status=400 if faults else 200, text="invalid_blocks" if faults else "ok")

    async def _uploaded(self, request: web.Request) -> web.Response:
        home = next(each for each in self.workspaces.values() if each.team == request.match_info["team"])
        home.files[int(request.match_info["number"]) - 1]["content"] = (await request.read()).decode()
        return web.Response(text="OK")

    async def _connected(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._sockets.append(socket)
        await socket.send_json({"type": "hello", "num_connections": len(self._sockets)})
        async for message in socket:
            if message.type is WSMsgType.TEXT and (waiting := self._waiting.pop(message.json()["envelope_id"], None)):
                waiting.set_result(message.json().get("payload") or {})
        self._sockets.remove(socket)
        return socket

    async def _say(self, kind: str, payload: Json, timeout_s: float, number: int) -> Json | None:
        envelope = uuid.uuid4().hex
        self._waiting[envelope] = asyncio.get_running_loop().create_future()
        socket = [each for each in self._sockets if not each.closed][number]
        await socket.send_json(
            {"envelope_id": envelope, "type": kind, "payload": payload, "accepts_response_payload": True}
        )
        try:
            return await asyncio.wait_for(self._waiting[envelope], timeout_s)
        except TimeoutError:
            self.unacknowledged.append(envelope)
            return None

    async def _drop(self, reason: str) -> None:
        for socket in list(self._sockets):
            if reason:
                await socket.send_json({"type": "disconnect", "reason": reason})
            await socket.close()


async def _arguments(request: web.Request) -> Json:
    said: Json = dict(request.query)
    if request.content_type == "application/json":
        said |= await request.json()
    else:
        said |= {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
    for name in ("blocks", "metadata", "view", "unfurls"):
        if isinstance(said.get(name), str):
            said[name] = json.loads(said[name])
    return said
