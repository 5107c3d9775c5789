"""Faults that a visitor chooses for the next post, and what the ledger says of that post from then on.

Nothing is staged: the messenger fails as a platform's would, and whoever planned the post recovers as always.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from adapters.web.history import Author, History, Message
from adapters.web.places import PLACES
from bot.deliveries import DeliveryRecord
from bot.interruptions import cause_in_words
from bot.model import Channel, DeliveryState, MessageId
from bot.ports import Clock, OutcomeUnknown, PlatformUnreachable, StorageUnavailable
from bot.words import ENGLISH, language_spoken, marked, say, spoken

Records = Callable[[Channel], Awaitable[Sequence[DeliveryRecord]]]

RETRY_AFTER_S = 30.0
LOOKED_EVERY_S = 0.25
SAYS, SAYS_WHY = marked("the ledger says {state}"), marked("the ledger says {state}: {why}")
OPEN = {DeliveryState.PLANNED, DeliveryState.SENDING, DeliveryState.AMBIGUOUS}


class Fault(StrEnum):
    NONE = "none"
    RATE_LIMIT = "rate-limit"
    LOST_AFTER = "lost-after"
    LOST_BEFORE = "lost-before"
    CRASH = "crash"


LABELS = {
    Fault.NONE: marked("No fault"),
    Fault.RATE_LIMIT: marked("Rate limit"),
    Fault.LOST_AFTER: marked("Connection lost, message stored"),
    Fault.LOST_BEFORE: marked("Connection lost, nothing stored"),
    Fault.CRASH: marked("Crash between claim and post"),
}
MET = {
    Fault.RATE_LIMIT: marked("the platform refuses: too many messages, try again in {seconds} s"),
    Fault.LOST_AFTER: marked("the platform stores the message, and the connection is lost before it says so"),
    Fault.LOST_BEFORE: marked("the connection is lost before the platform has the message"),
    Fault.CRASH: marked("the process dies with the claim in its hand, before it posts"),
}
# Translators: how the delivery of a round stands.
STATES = {
    DeliveryState.PLANNED: marked("planned"),
    DeliveryState.SENDING: marked("sending"),
    DeliveryState.SENT: marked("sent"),
    DeliveryState.REJECTED: marked("rejected"),
    DeliveryState.AMBIGUOUS: marked("ambiguous"),
    DeliveryState.HELD: marked("held"),
    DeliveryState.SKIPPED: marked("skipped"),
}


@dataclass(slots=True)
class Trial:
    """One post that met a fault.

    Attributes:
        told: Where the page tells of it.
        language: In which it is told: that of whoever chose the fault.
        state: What the ledger said last.
        lines: What happened, oldest first.
    """

    channel: Channel
    payload: str
    marker: str
    told: Message
    language: str
    state: DeliveryState | None = None
    lines: list[str] = field(default_factory=list)


class Faults:
    """What the next post meets. Callers: the page sets it, the messenger asks at each post."""

    def __init__(self, clock: Clock, history: History) -> None:
        self.next = Fault.NONE
        self._language = ENGLISH
        self.records: Records | None = None
        self._clock = clock
        self._history = history
        self._trials: list[Trial] = []
        self._followed: set[asyncio.Task[None]] = set()

    def choose(self, fault: Fault) -> None:
        """Let the next post meet a fault, and tell of it in the language spoken now."""
        self.next, self._language = fault, language_spoken()

    @property
    def under_way(self) -> bool:
        """Whether a post that met a fault is not settled yet."""
        return bool(self._trials)

    def in_doubt(self, channel: Channel) -> bool:
        """Return whether a post to a channel met a fault and is not settled yet."""
        return any(trial.channel == channel for trial in self._trials)

    async def posting(self) -> bool:
        """Tell whether a digest or note has been begun in some place and is not at its end."""
        # Between two of its parts none is in anybody's hand; the next one is open all the same.
        kept = [record for place in PLACES for record in await self._records_of(place.channel)]
        return any(record.state in OPEN for record in kept)

    async def met_by(self, channel: Channel, payload: str, marker: str) -> Fault:
        """Return what this post meets; a fault is met once."""
        fault, self.next = self.next, Fault.NONE
        trial = self._of(marker)
        if trial is None and fault is not Fault.NONE:
            trial = await self._begun(channel, payload, marker)
        if trial is not None:
            again = marked("the very same message is posted again")
            await self._add(trial, MET.get(fault, again), seconds=f"{RETRY_AFTER_S:.0f}")
        return fault

    async def looked_up(self, marker: str, found: MessageId | None) -> None:
        """Note what the channel's history said about a post in doubt."""
        if trial := self._of(marker):
            there = marked("the channel is looked through for its marker: there it is, so nothing is posted")
            gone = marked("the channel is looked through for its marker: it is not there, so it may be posted")
            await self._add(trial, there if found else gone)

    async def look(self) -> None:
        """Tell what the ledger says by now."""
        for trial in list(self._trials):
            await self._look(trial)

    async def close(self) -> None:
        for task in list(self._followed):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _begun(self, channel: Channel, payload: str, marker: str) -> Trial:
        told = Message(MessageId(""), channel.id, self._clock.now(), Author.LEDGER)
        trial = Trial(channel, payload, marker, await self._history.add(told), self._language)
        self._trials.append(trial)
        await self._look(trial)
        task = asyncio.create_task(self._follow(trial))
        self._followed.add(task)
        task.add_done_callback(self._followed.discard)
        return trial

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
            trial.lines.append(_line(trial, record.planned_at, SAYS, state=DeliveryState.PLANNED))
        trial.state = record.state
        why = (record.why or "") if record.state is not DeliveryState.SENT else ""
        await self._add(trial, SAYS_WHY if why else SAYS, state=record.state, why=why)
        if record.state not in OPEN and trial in self._trials:
            self._trials.remove(trial)
            posted = sum(message.marker == trial.marker for message in self._history.in_channel(trial.channel.id))
            await self._add(trial, marked("messages with this marker in the channel: {number}"), number=str(posted))

    async def _records_of(self, channel: Channel) -> Sequence[DeliveryRecord]:
        return await self.records(channel) if self.records else ()

    def _of(self, marker: str) -> Trial | None:
        return next((trial for trial in self._trials if trial.marker == marker), None)

    async def _add(self, trial: Trial, text: str, **values: str) -> None:
        trial.lines.append(_line(trial, self._clock.now(), text, **values))
        trial.told = await self._history.change(replace(trial.told, text="\n".join(trial.lines)))


def _line(trial: Trial, at: datetime, text: str, *, state: str = "", why: str = "", **values: str) -> str:
    with spoken(trial.language):
        named = say(STATES[DeliveryState(state)]) if state else ""
        words = say(text, state=named, why=cause_in_words(why), **values)
        return say("{time} UTC: {what}", time=f"{at:%H:%M:%S}", what=words)


def raised(fault: Fault) -> Exception:
    """Return what a messenger raises for a fault."""
    if fault is Fault.RATE_LIMIT:
        return PlatformUnreachable(marked("too many messages"), RETRY_AFTER_S)
    died, lost = marked("the process died before it posted"), marked("the connection was lost")
    return OutcomeUnknown(died if fault is Fault.CRASH else lost)
