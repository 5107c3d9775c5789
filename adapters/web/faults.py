"""Faults that a visitor chooses for the next post, and what the ledger says of that post from then on.

Nothing is staged: the messenger fails as a platform's would, and whoever planned the post recovers as always.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum

from adapters.web.history import Author, History, Message
from adapters.web.places import PLACES
from bot.deliveries import DeliveryRecord
from bot.model import Channel, DeliveryState, MessageId
from bot.ports import Clock, OutcomeUnknown, PlatformUnreachable, StorageUnavailable

Records = Callable[[Channel], Awaitable[Sequence[DeliveryRecord]]]

RETRY_AFTER_S = 30.0
LOOKED_EVERY_S = 0.25
OPEN = {DeliveryState.PLANNED, DeliveryState.SENDING, DeliveryState.AMBIGUOUS}


class Fault(StrEnum):
    NONE = "none"
    RATE_LIMIT = "rate-limit"
    LOST_AFTER = "lost-after"
    LOST_BEFORE = "lost-before"
    CRASH = "crash"


LABELS = {
    Fault.NONE: "No fault",
    Fault.RATE_LIMIT: "Rate limit",
    Fault.LOST_AFTER: "Connection lost, message stored",
    Fault.LOST_BEFORE: "Connection lost, nothing stored",
    Fault.CRASH: "Crash between claim and post",
}
MET = {
    Fault.RATE_LIMIT: f"the platform refuses: too many messages, try again in {RETRY_AFTER_S:.0f} s",
    Fault.LOST_AFTER: "the platform stores the message, and the connection is lost before it says so",
    Fault.LOST_BEFORE: "the connection is lost before the platform has the message",
    Fault.CRASH: "the process dies with the claim in its hand, before it posts",
}


@dataclass(slots=True)
class Trial:
    """One post that met a fault.

    Attributes:
        told: Where the page tells of it.
        state: What the ledger said last.
        lines: What happened, oldest first.
    """

    channel: Channel
    payload: str
    marker: str
    told: Message
    state: DeliveryState | None = None
    lines: list[str] = field(default_factory=list)


class Faults:
    """What the next post meets. Callers: the page sets it, the messenger asks at each post."""

    def __init__(self, clock: Clock, history: History) -> None:
        self.next = Fault.NONE
        self.records: Records | None = None
        self._clock = clock
        self._history = history
        self._trials: list[Trial] = []
        self._followed: set[asyncio.Task[None]] = set()

    @property
    def under_way(self) -> bool:
        """Whether a post that met a fault is not settled yet."""
        return bool(self._trials)

    async def posting(self) -> bool:
        """Tell whether a digest or note has been begun in some place and is not at its end."""
        # Between two of its parts none is in anybody's hand; the next one is open all the same.
        kept = [record for place in PLACES for record in await self._records_of(place.channel)]
        return any(record.state in OPEN for record in kept)

    async def met_by(self, channel: Channel, payload: str, marker: str) -> Fault:
        """Return what this post meets; a fault is met once."""
        fault, self.next = self.next, Fault.NONE
        trial = self._of(marker)
        if trial is not None:
            await self._add(trial, "the very same message is posted again" if fault is Fault.NONE else MET[fault])
        elif fault is not Fault.NONE:
            told = Message(MessageId(""), channel.id, self._clock.now(), Author.LEDGER, text="planned")
            trial = Trial(channel, payload, marker, await self._history.add(told))
            self._trials.append(trial)
            await self._look(trial)
            await self._add(trial, MET[fault])
            task = asyncio.create_task(self._follow(trial))
            self._followed.add(task)
            task.add_done_callback(self._followed.discard)
        return fault

    async def looked_up(self, marker: str, found: MessageId | None) -> None:
        """Note what the channel's history said about a post in doubt."""
        if trial := self._of(marker):
            words = "there it is, so nothing is posted" if found else "it is not there, so it may be posted"
            await self._add(trial, f"the channel is looked through for its marker: {words}")

    async def look(self) -> None:
        """Tell what the ledger says by now."""
        for trial in list(self._trials):
            await self._look(trial)

    async def close(self) -> None:
        for task in list(self._followed):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _follow(self, trial: Trial) -> None:
        while trial in self._trials:
            await asyncio.sleep(LOOKED_EVERY_S)
            with suppress(StorageUnavailable, OSError):  # a later look tells it
                await self._look(trial)

    async def _look(self, trial: Trial) -> None:
        records = await self._records_of(trial.channel)
        record = next((each for each in records if each.payload == trial.payload), None)
        if record is None or record.state is trial.state:
            return
        if trial.state is None:
            trial.lines.append(f"{record.planned_at:%H:%M:%S} UTC: the ledger says {DeliveryState.PLANNED}")
        trial.state = record.state
        why = f": {record.why}" if record.why and record.state is not DeliveryState.SENT else ""
        await self._add(trial, f"the ledger says {record.state}{why}")
        if record.state not in OPEN and trial in self._trials:
            self._trials.remove(trial)
            posted = sum(message.marker == trial.marker for message in self._history.in_channel(trial.channel.id))
            await self._add(trial, f"messages with this marker in the channel: {posted}")

    async def _records_of(self, channel: Channel) -> Sequence[DeliveryRecord]:
        return await self.records(channel) if self.records else ()

    def _of(self, marker: str) -> Trial | None:
        return next((trial for trial in self._trials if trial.marker == marker), None)

    async def _add(self, trial: Trial, words: str) -> None:
        trial.lines.append(f"{self._clock.now():%H:%M:%S} UTC: {words}")
        trial.told = await self._history.change(replace(trial.told, text="\n".join(trial.lines)))


def raised(fault: Fault) -> Exception:
    """Return what a messenger raises for a fault."""
    if fault is Fault.RATE_LIMIT:
        return PlatformUnreachable("too many messages", RETRY_AFTER_S)
    return OutcomeUnknown("the process died before it posted" if fault is Fault.CRASH else "the connection was lost")
