"""A platform in memory: keeps what was posted, and can be told to fail in each way that a real one does."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.deliveries import Layout
from bot.model import Channel, MessageId, PaperId
from bot.ports import Clock, HistoryUnreadable
from bot.replies import PicksReply, Reply, kind_of


@dataclass(frozen=True, slots=True)
class Posted:
    message: MessageId
    channel: Channel
    payload: str
    marker: str
    thread: MessageId | None
    at: datetime


class FakeMessenger:
    """`bot.ports.Messenger`. ``before`` and ``after`` are called around storing a message and may raise."""

    def __init__(self, clock: Clock, platform: str = "fake") -> None:
        self.platform = platform
        self.posted: list[Posted] = []
        self.looked_up: list[str] = []
        self.looked_under: list[MessageId | None] = []
        self.layouts: list[Layout] = []
        self.readable = True
        self.before: Callable[[Channel], None] = lambda _: None
        self.after: Callable[[Channel], None] = lambda _: None
        self._clock = clock

    def render(self, reply: Reply, layout: Layout = Layout.USUAL) -> tuple[tuple[str, PaperId | None], ...]:
        self.layouts.append(layout)
        if not isinstance(reply, PicksReply):
            return ((json.dumps({"kind": kind_of(reply), "text": repr(reply)}), None),)
        heading = json.dumps({"kind": "heading", "text": reply.heading, "late": reply.late})
        picks = [
            (json.dumps({"kind": "pick", "title": each.pick.paper.title}), each.pick.paper.id) for each in reply.offered
        ]
        return ((heading, None), *picks)

    async def post(self, channel: Channel, payload: str, marker: str, thread: MessageId | None) -> MessageId:
        self.before(channel)
        message = MessageId(f"m{len(self.posted) + 1}")
        self.posted.append(Posted(message, channel, payload, marker, thread, self._clock.now()))
        self.after(channel)
        return message

    async def find(
        self, channel: Channel, marker: str, since: datetime, thread: MessageId | None = None
    ) -> MessageId | None:
        self.looked_up.append(marker)
        self.looked_under.append(thread)
        if not self.readable:
            raise HistoryUnreadable("no right to read here")
        mine = [
            found for found in self.posted if found.channel == channel and found.marker == marker and found.at >= since
        ]
        return mine[0].message if mine else None

    def address(self, channel: Channel, message: MessageId, first: MessageId) -> str:
        return f"https://chat.example/{channel.community}/{channel.id}/{message}?under={first}"

    def titles(self) -> list[str]:
        """Titles of all picks posted, in order."""
        return [told["title"] for told in map(json.loads, (found.payload for found in self.posted)) if "title" in told]
