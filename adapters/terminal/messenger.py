"""Posting on a terminal: texts go to standard output, and a small file remembers which were posted."""

import asyncio
import json
import os
import uuid
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from adapters.terminal.render import parts_of
from bot.deliveries import Layout
from bot.model import Channel, MessageId, PaperId, destination_of
from bot.ports import Clock
from bot.replies import Reply

PLATFORM = "terminal"


class TerminalMessenger:
    """The terminal as a platform.

    What was shown cannot be read back from a screen, so a JSON line for each message goes to ``history``: its marker,
    place and instant, never its text. It is written just before the text, so a process killed in between leaves at
    worst a message that somebody has to ask for again, never the same one twice.
    """

    platform = PLATFORM

    def __init__(self, write: Callable[[str], None], history: Path, clock: Clock) -> None:
        self._write = write
        self._history = history
        self._clock = clock

    def render(self, reply: Reply, layout: Layout = Layout.USUAL) -> tuple[tuple[str, PaperId | None], ...]:  # noqa: ARG002 - texts stand below each other
        return tuple(
            (json.dumps({"text": text}, ensure_ascii=False), PaperId(paper) if paper else None)
            for text, paper in parts_of(reply)
        )

    async def post(self, channel: Channel, payload: str, marker: str, thread: MessageId | None) -> MessageId:
        message = MessageId(uuid.uuid4().hex)
        remembered = {
            "at": self._clock.now().isoformat(),
            "destination": destination_of(channel),
            "marker": marker,
            "message": message,
            "thread": thread,
        }
        await asyncio.to_thread(self._post, json.dumps(remembered), str(json.loads(payload)["text"]))
        return message

    async def find(
        self,
        channel: Channel,
        marker: str,
        since: datetime,
        thread: MessageId | None = None,  # noqa: ARG002 - a terminal has no threads
    ) -> MessageId | None:
        return await asyncio.to_thread(self._find, destination_of(channel), marker, since)

    def address(self, channel: Channel, message: MessageId, first: MessageId) -> str:  # noqa: ARG002 - as the port has it
        return ""

    def _post(self, remembered: str, text: str) -> None:
        with self._history.open("ab+") as history:
            if history.tell() and not self._ends_whole(history):
                history.write(b"\n")
            history.write(f"{remembered}\n".encode())
        self._write(text)

    @staticmethod
    def _ends_whole(history: BinaryIO) -> bool:
        """Return whether the last line has its end; one that a kill cut short must not swallow the next message."""
        history.seek(-1, os.SEEK_END)
        return history.read(1) == b"\n"

    def _find(self, destination: str, marker: str, since: datetime) -> MessageId | None:
        if not self._history.exists():
            return None
        with self._history.open(encoding="utf-8") as history:
            for line in history:
                try:
                    said = json.loads(line)
                except json.JSONDecodeError:
                    continue  # cut short by a kill before its text was written
                in_window = datetime.fromisoformat(said["at"]) >= since
                if said["marker"] == marker and said["destination"] == destination and in_window:
                    return MessageId(said["message"])
        return None
