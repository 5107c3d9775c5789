"""What was said in the playground: the page shows it, and the digest sender looks into it.

It plays the part that a platform's own history plays elsewhere. With a file every message is on the disk before
anybody is told that it was posted, so a restart, and a kill at any moment, keeps them all.
"""

import asyncio
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from itertools import islice
from pathlib import Path

import structlog

from bot.model import MessageId, PaperId

# About a year of mornings in three places; the oldest leave first.
MESSAGES_KEPT = 3000


class Author(StrEnum):
    YOU = "you"
    PAPERROUND = "paperround"
    CLOCK = "clock"
    LEDGER = "ledger"


@dataclass(frozen=True, slots=True)
class Message:
    """One message of one place.

    Attributes:
        channel: Id of the place that it stands in.
        text: What was typed, or what the clock or the ledger says; empty for a message of Paperround.
        payload: The reply of a message of Paperround, frozen; see `PlaygroundMessenger.render`.
        private: Only the visitor sees it: an answer, not a digest.
        marker: By which the digest sender finds it again.
        paper: The paper when the message shows exactly one, so that a reaction means that paper.
        reactions: Emoji that the visitor left on it, in order.
        notes: Short answers to presses, each with the paper that it stands under, "" for the whole message.
        revision: Number of the change that made it what it is; it grows over all messages.
    """

    id: MessageId
    channel: str
    at: datetime
    author: Author
    text: str = ""
    payload: str = ""
    private: bool = False
    marker: str = ""
    paper: PaperId | None = None
    reactions: tuple[str, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)
    revision: int = 0


class History:
    """Messages in the order in which they came, each in its newest state.

    Callers: the messenger and the conversation. `add` and `change` can raise OSError: then nothing was kept.
    """

    def __init__(self, file: Path | None = None) -> None:
        """Keep messages in memory, and in ``file`` when there is one; what it holds is read at once."""
        self._messages: dict[MessageId, Message] = {}
        self._file = file
        self._writing = asyncio.Lock()
        self._changed = asyncio.Condition()
        self._number = 0
        self.revision = 0
        if file is not None and file.exists():
            self._read(file)

    @property
    def latest(self) -> datetime | None:
        """The instant of the newest message; the playground's clock must never be before it."""
        return max((message.at for message in self._messages.values()), default=None)

    def get(self, message: MessageId) -> Message | None:
        return self._messages.get(message)

    def in_channel(self, channel: str) -> list[Message]:
        """Return the messages of a place, newest first."""
        return [message for message in reversed(self._messages.values()) if message.channel == channel]

    def after(self, revision: int) -> list[Message]:
        """Return the messages that are new or different since a revision, in the order of their changes.

        A revision that was never reached is of another history: then all of them are new.
        """
        since = revision if revision <= self.revision else 0
        changed = [message for message in self._messages.values() if message.revision > since]
        return sorted(changed, key=lambda message: message.revision)

    async def changed_since(self, revision: int) -> None:
        """Wait until something is newer than a revision, or until `wake` is called."""
        async with self._changed:
            if self.revision <= revision:
                await self._changed.wait()

    async def wake(self) -> None:
        """Let everybody who waits look again."""
        async with self._changed:
            self._changed.notify_all()

    async def add(self, message: Message) -> Message:
        """Keep a new message; its id and revision are given here."""
        return await asyncio.shield(self._keep(message))

    async def change(self, message: Message) -> Message:
        """Keep a message in its new state."""
        return await asyncio.shield(self._keep(message))

    # Shielded by its callers: whoever asked may be gone (a closed tab, Ctrl-C) while the disk is still writing, and
    # memory and file must not part over that.
    async def _keep(self, message: Message) -> Message:
        async with self._writing:
            name = message.id or MessageId(f"m{self._number + 1}")
            kept = replace(message, id=name, revision=self.revision + 1)
            if self._file is not None:
                await asyncio.to_thread(_append, self._file, _line(kept))
            self._remember(kept)
        await self.wake()
        return kept

    def _remember(self, message: Message) -> None:
        self._messages[message.id] = message
        self.revision = max(self.revision, message.revision)
        self._number = max(self._number, int(message.id[1:]))
        for oldest in list(islice(self._messages, max(0, len(self._messages) - MESSAGES_KEPT))):
            del self._messages[oldest]

    def _read(self, file: Path) -> None:
        lines = file.read_bytes().split(b"\n")
        unreadable = 0
        for line in filter(None, lines):
            try:
                self._remember(_message(line))
            except (ValueError, TypeError, KeyError):
                unreadable += 1  # cut short by a kill, before anybody was told that it was posted
        if unreadable:
            structlog.get_logger().warning(
                "lines of the playground's history cannot be read", action="playground_history_torn", lines=unreadable
            )
        if len(lines) > 4 * MESSAGES_KEPT:
            _rewrite(file, [_line(message) for message in self._messages.values()])


def _line(message: Message) -> bytes:
    # A lone surrogate, pasted from somewhere broken, has no bytes; ASCII escapes carry it.
    return json.dumps(asdict(message), default=datetime.isoformat).encode("ascii")


def _message(line: bytes) -> Message:
    told = json.loads(line)
    return Message(
        **{
            **told,
            "at": datetime.fromisoformat(told["at"]),
            "author": Author(told["author"]),
            "reactions": tuple(told["reactions"]),
        }
    )


def _append(file: Path, line: bytes) -> None:
    with file.open("ab") as kept:
        size = kept.tell()
        try:
            # A line that a kill cut short stays alone: this message must not be lost in it.
            kept.write(b"\n" + line + b"\n")
            kept.flush()
            os.fsync(kept.fileno())
        except OSError:
            os.truncate(file, size)
            raise


def _rewrite(file: Path, lines: list[bytes]) -> None:
    beside = file.with_suffix(".new")
    with beside.open("wb") as kept:
        kept.write(b"\n".join([*lines, b""]))
        kept.flush()
        os.fsync(kept.fileno())
    beside.replace(file)
