"""Discord's gateway on a websocket: zlib-stream compression, heartbeats, sessions that can be resumed, and drops."""

import asyncio
import json
import zlib
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from aiohttp import WSMsgType, web

from tests.wire.discord.world import BOT, Json, World, guild_json, user_json

GUILD_MESSAGES, MESSAGE_CONTENT = 1 << 9, 1 << 15
PRIVILEGED = 1 << 1 | 1 << 8 | MESSAGE_CONTENT
DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, INVALID, HELLO, ACK = 0, 1, 2, 6, 7, 9, 10, 11


@dataclass
class Session:
    id: str
    shard: tuple[int, int]
    intents: int
    sent: list[Json] = field(default_factory=list)  # every dispatch, so that a resume can replay what was missed
    wire: "Wire | None" = None


class Wire:
    """One connection."""

    def __init__(self, socket: web.WebSocketResponse, *, compressed: bool) -> None:
        self.socket = socket
        self._zlib = zlib.compressobj() if compressed else None

    async def send(self, payload: Json) -> None:
        text = json.dumps(payload)
        if self._zlib is None:
            await self.socket.send_str(text)
            return
        whole = self._zlib.compress(text.encode()) + self._zlib.flush(zlib.Z_SYNC_FLUSH)
        await self.socket.send_bytes(whole)


class Gateway:
    def __init__(self, world: World, token: str) -> None:
        self._world = world
        self._token = token
        self.url = ""
        self.sessions: dict[str, Session] = {}
        self.identified: list[Json] = []
        self.resumed = 0
        self.heartbeats = 0
        self.refuse_resume = False
        self.answer_heartbeats = True
        self.heartbeat_ms = 41250
        self.close_identify_with: int | None = None
        self.allowed_intents = 0  # privileged ones that are switched on for the application
        self.connected = asyncio.Event()

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        wire = Wire(socket, compressed=request.query.get("compress") == "zlib-stream")
        await wire.send({"op": HELLO, "d": {"heartbeat_interval": self.heartbeat_ms}})
        try:
            async for frame in socket:
                if frame.type is WSMsgType.TEXT:
                    await self._heard(wire, json.loads(frame.data))
        finally:
            for session in self.sessions.values():
                if session.wire is wire:
                    session.wire = None
        return socket

    async def dispatch(self, event: str, data: Json) -> None:
        """Tell every session of an event; one that is not connected gets it when it resumes."""
        for session in self.sessions.values():
            await self._tell(session, event, data)

    async def tell_of_message(self, message: Json, mentioned: bool) -> None:  # noqa: FBT001 - named by its callers
        """Tell the sessions that asked for messages of one; its words only where Discord would show them."""
        bare = message | {"content": "", "embeds": [], "components": [], "attachments": []}
        for session in self.sessions.values():
            if session.intents & GUILD_MESSAGES:
                shown = message if mentioned or session.intents & MESSAGE_CONTENT else bare
                await self._tell(session, "MESSAGE_CREATE", shown)

    async def drop(self, code: int = 4000) -> None:
        """Close every connection; sessions live on."""
        self.connected.clear()
        for session in self.sessions.values():
            if session.wire is not None:
                wire, session.wire = session.wire, None
                await wire.socket.close(code=code)

    async def say(self, op: int, data: Any = None) -> None:  # noqa: ANN401 - whatever an opcode carries
        for session in list(self.sessions.values()):
            if session.wire is not None:
                await session.wire.send({"op": op, "d": data})

    async def _heard(self, wire: Wire, payload: Json) -> None:
        op, data = payload["op"], payload.get("d") or {}
        if op == HEARTBEAT:
            self.heartbeats += 1
            if self.answer_heartbeats:
                await wire.send({"op": ACK})
        elif op == IDENTIFY:
            await self._identify(wire, data)
        elif op == RESUME:
            await self._resume(wire, data)

    async def _identify(self, wire: Wire, data: Json) -> None:
        self.identified.append(data)
        if self.close_identify_with is not None:
            await wire.socket.close(code=self.close_identify_with)
            return
        if data["token"] != self._token:
            await wire.socket.close(code=4004)
            return
        if data["intents"] & PRIVILEGED & ~self.allowed_intents:
            await wire.socket.close(code=4014)
            return
        shard = tuple(data.get("shard", (0, 1)))
        # A new session of a shard takes the place of its old one.
        self.sessions = {key: each for key, each in self.sessions.items() if each.shard != shard}
        session = Session(uuid4().hex, (shard[0], shard[1]), data["intents"], wire=wire)
        self.sessions[session.id] = session
        mine = [
            each for each in self._world.guilds.values() if each.present and (int(each.id) >> 22) % shard[1] == shard[0]
        ]
        ready = {
            "v": 10,
            "user": user_json(BOT, bot=True),
            "guilds": [{"id": each.id, "unavailable": True} for each in mine],
            "session_id": session.id,
            "resume_gateway_url": self.url,
            "shard": list(shard),
            "application": {"id": BOT, "flags": 0},
        }
        await self._tell(session, "READY", ready)
        for each in mine:
            await self._tell(session, "GUILD_CREATE", guild_json(self._world, each))
        self.connected.set()

    async def _resume(self, wire: Wire, data: Json) -> None:
        session = self.sessions.get(data["session_id"] or "")
        if session is None or self.refuse_resume:
            self.sessions.pop(data["session_id"] or "", None)
            await wire.send({"op": INVALID, "d": False})
            return
        self.resumed += 1
        session.wire = wire
        for missed in [each for each in session.sent if each["s"] > data["seq"]]:
            await wire.send(missed)
        await self._tell(session, "RESUMED", {})
        self.connected.set()

    async def _tell(self, session: Session, event: str, data: Json) -> None:
        payload = {"op": DISPATCH, "t": event, "s": len(session.sent) + 1, "d": data}
        session.sent.append(payload)
        if session.wire is not None and not session.wire.socket.closed:
            await session.wire.send(payload)
