"""What the visitor does in the playground, told to the facade; what comes back, written into the history."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from adapters.web.faults import LABELS, Fault
from adapters.web.frozen import language_in, picks_in
from adapters.web.history import Author, Message
from adapters.web.messenger import PlaygroundMessenger
from adapters.web.places import BY_CHANNEL, Place, visitor
from adapters.web.render import clock_in_words
from bot.actions import OlderRelease, Verb, action_of
from bot.answers.asked import Answer
from bot.commands import BY_NAME
from bot.model import Channel, Member, MessageId, PaperId
from bot.replies import ConfirmReply, NoticeReply, OfferedPick, PicksReply, RefusalReply, WhyReply
from bot.words import language_spoken, listed, say, spoken

MORNING = time(9)

# One move of the clock stops at so many instants at most: no schedule may hold the page for minutes. A round that is
# passed over is late or skipped, as after a night in which the machine was off.
STOPS = 40

# What another round has begun is waited for so long: a slow machine posts a message in a second.
PATIENCE_S = 10.0

# The sample is read in a second; with a million papers an answer that asks for patience is better than none.
WARM_UP_S = 20.0

# Messages looked through for papers whose verdict a command may have changed.
REFRESHED = 12

TYPED_SHOWN = 600

NOT_ABOUT_A_PAPER = {Verb.SAY, Verb.FORGET, Verb.RESET, Verb.APPROVE, Verb.DECLINE}


class SuggestionLike(Protocol):
    @property
    def label(self) -> str: ...
    @property
    def value(self) -> str: ...


class Answering(Protocol):
    """What the playground asks of the facade; see `bot.paperround.Paperround`."""

    async def warm_up(self) -> None: ...
    async def answer(self, text: str, member: Member, channel: Channel, event: str) -> Answer: ...
    async def press(self, token: str, member: Member, channel: Channel, event: str) -> Answer: ...
    async def react(
        self, emoji: str, member: Member, channel: Channel, message: MessageId, event: str, *, removed: bool = False
    ) -> Answer | None: ...
    async def offered(self, paper: PaperId, member: Member, channel: Channel) -> OfferedPick | None: ...
    async def deliver_due(self) -> Sequence[object]: ...
    async def next_due_at(self) -> datetime | None: ...
    async def suggestions(
        self, command: str, option: str, typed: str, member: Member, channel: Channel
    ) -> Sequence[SuggestionLike]: ...


class MovableClock(Protocol):
    def now(self) -> datetime: ...
    def move_to(self, instant: datetime) -> None: ...


class Conversation:
    """The visitor's side of every place.

    Errors of the facade and of the history (`StorageUnavailable`, `PlatformUnreachable`, OSError) pass through.
    """

    def __init__(
        self,
        paperround: Answering,
        clock: MovableClock,
        messenger: PlaygroundMessenger,
        on_clock_moved: Callable[[], Awaitable[None]],
        zone: ZoneInfo,
    ) -> None:
        self.history = messenger.history
        self.clock = clock
        self.zone = zone
        self._paperround = paperround
        self._messenger = messenger
        self._on_clock_moved = on_clock_moved
        self._warming: asyncio.Task[None] | None = None

    async def say(self, place: Place, text: str) -> Message:
        """Ask what was typed; return the visitor's own message, which the answer follows."""
        typed = text.strip()
        if typed.split(maxsplit=1)[:1] != ["/papers"]:
            typed = f"/papers {typed}".rstrip()
        shown = printable(typed) if len(typed) <= TYPED_SHOWN else printable(typed[:TYPED_SHOWN]) + " …"
        asked = await self.history.add(self._message(place, Author.YOU, text=shown))
        asking = typed.removeprefix("/papers").strip()
        await self._warm_up()
        answer = await self._paperround.answer(asking, self._visitor(), place.channel, uuid.uuid4().hex)
        await self._append(place, answer)
        await self._after(place, answer, "", None)
        return asked

    async def press(self, place: Place, message: Message, token: str) -> Message:
        """Press a button under a message; return the message in which the answer stands."""
        await self._warm_up()
        answer = await self._paperround.press(token, self._visitor(), place.channel, uuid.uuid4().hex)
        paper = _paper_of(token)
        standing = await self._note(message, paper, answer)
        if standing is None:
            standing = await self._append(place, answer)
        await self._after(place, answer, paper, message)
        return standing

    async def react(self, place: Place, message: Message, emoji: str) -> Message:
        """Leave an emoji under a message, or take it back when it is there."""
        removed = emoji in message.reactions
        left = tuple(one for one in message.reactions if one != emoji)
        message = await self.history.change(replace(message, reactions=left if removed else (*left, emoji)))
        answer = await self._paperround.react(
            emoji, self._visitor(), place.channel, message.id, uuid.uuid4().hex, removed=removed
        )
        if answer is None:
            return message
        await self._note(message, message.paper or "", answer)
        await self._after(place, answer, message.paper or "", message)
        return message

    def _visitor(self) -> Member:
        """Return who sits in front of the page, whose language is the browser's."""
        return replace(visitor(self.zone.key), language=language_spoken())

    @property
    def fault(self) -> Fault:
        """What the next post meets."""
        return self._messenger.faults.next

    def tomorrow_morning(self) -> datetime:
        local = self.clock.now().astimezone(self.zone)
        return datetime.combine(local.date() + timedelta(days=1), MORNING, self.zone)

    async def move_clock(self, place: Place, instant: datetime) -> Message:
        """Move the clock forward, stopping at every round that falls due on the way, and say in ``place`` what came.

        Returns:
            The first of the messages that tell the time; what came stands below it. An instant that has passed
            changes nothing but says so.
        """
        if instant <= self.clock.now():
            past = say("It is past {instant} already.", instant=clock_in_words(instant, self.zone))
            return await self._tell(place, past)
        before = self.history.revision
        stops: list[Message] = []
        while not stops or stops[-1].at < instant:
            due = await self._paperround.next_due_at() if len(stops) < STOPS else None
            stop = due if due is not None and self.clock.now() < due < instant else instant
            if stop > self.clock.now():
                self.clock.move_to(stop)
            # Told before the rounds of this instant are posted, so that the picks stand below it.
            stops.append(await self._tell(place, clock_in_words(stop, self.zone)))
            await self._on_clock_moved()
            await self._all_sent()
            await self._messenger.faults.look()
        came = [message for message in self.history.after(before) if message.marker]
        # What met a fault on its way tells of itself, and comes later.
        due_here = self._messenger.faults.in_doubt(place.channel)
        if not due_here and not any(message.channel == place.channel.id for message in came):
            had_rounds = any(message.marker for message in self.history.in_channel(place.channel.id))
            await self._tell(place, _what_came(place, came, had_rounds=had_rounds))
        return stops[0]

    async def set_fault(self, place: Place, fault: Fault) -> Message:
        """Let the next post meet a fault, and say so."""
        self._messenger.faults.choose(fault)
        if fault is Fault.NONE:
            return await self._tell(place, say("No fault is waiting any more."))
        return await self._tell(place, say("The next post meets: {fault}.", fault=say(LABELS[fault])))

    async def suggestions(self, place: Place, typed: str) -> list[tuple[str, str]]:
        """Return (label, whole text to put instead) for what is typed after a command's name."""
        name, blank, rest = typed.lstrip().removeprefix("/papers").lstrip().partition(" ")
        command = BY_NAME.get(name.lower())
        if command is None or not blank or not command.argument:
            return []
        here, rest = ("here ", rest[5:]) if command.here and rest.startswith("here ") else ("", rest)
        found = await self._paperround.suggestions(command.name, command.argument, rest, self._visitor(), place.channel)
        return [(one.label, f"/papers {command.name} {here}{one.value}") for one in found]

    async def close(self) -> None:
        await self._messenger.faults.close()

    async def _warm_up(self) -> None:
        """Wait a little for the stored papers to be read: who is as quick as the start shall get a whole answer."""
        if self._warming is None:
            self._warming = asyncio.create_task(self._paperround.warm_up())
        await asyncio.wait({self._warming}, timeout=WARM_UP_S)
        if self._warming.done():
            warmed, self._warming = self._warming, None if self._warming.exception() else self._warming
            warmed.result()

    async def _all_sent(self) -> None:
        """Wait for what another round, started beside ours, is still posting; it would come into the next hour."""
        until = asyncio.get_running_loop().time() + PATIENCE_S
        # A post in doubt rests until it may be looked for: that is no other round.
        while asyncio.get_running_loop().time() < until and not self._messenger.faults.under_way:
            due = await self._paperround.next_due_at()
            if (due is None or due > self.clock.now()) and not await self._messenger.faults.posting():
                return
            await asyncio.sleep(0.02)

    async def _after(self, place: Place, answer: Answer, paper: str, pressed: Message | None) -> None:
        if answer.planned:
            await self._paperround.deliver_due()
        if answer.changed:
            await self._refresh(place, PaperId(paper) if paper else None, pressed)

    async def _refresh(self, place: Place, only: PaperId | None, pressed: Message | None) -> None:
        """Show what the visitor says by now of the papers in the newest messages of a place."""
        seen: dict[PaperId, OfferedPick | None] = {}
        shown = [
            (message, reply)
            for message in self.history.in_channel(place.channel.id)
            if (reply := picks_in(message.payload))
        ]
        for message, reply in shown[:REFRESHED]:
            fresh = []
            for offered in reply.offered:
                paper = offered.pick.paper.id
                if only in {None, paper} and paper not in seen:
                    seen[paper] = await self._paperround.offered(paper, self._visitor(), place.channel)
                now = seen.get(paper)
                fresh.append(replace(offered, verdict=now.verdict, tally=now.tally) if now else offered)
            other = {new.pick.paper.id for new, old in zip(fresh, reply.offered, strict=True) if new != old}
            if other:
                payload = self._reworded(message, replace(reply, offered=tuple(fresh)))
                # What was said under a paper before is not true any more, unless it is the answer to this very press.
                outdated = set() if pressed and message.id == pressed.id else other
                notes = {paper: note for paper, note in message.notes.items() if paper not in outdated}
                await self.history.change(replace(message, payload=payload, notes=notes))

    def _reworded(self, message: Message, reply: PicksReply) -> str:
        with spoken(language_in(message.payload)):
            if not message.marker:
                return self._messenger.answered(reply)
            return next(payload for payload, paper in self._messenger.render(reply) if paper == message.paper)

    def _payload(self, answer: Answer) -> str:
        with spoken(answer.language):
            return self._messenger.answered(answer.reply)

    async def _note(self, message: Message, paper: str, answer: Answer) -> Message | None:
        """Put a short answer under what was pressed; None when the answer is not a short one."""
        if not isinstance(answer.reply, NoticeReply | WhyReply | RefusalReply | ConfirmReply):
            return None
        standing = self.history.get(message.id) or message
        shown = picks_in(standing.payload)
        under = paper if shown and any(offered.pick.paper.id == paper for offered in shown.offered) else ""
        notes = {**standing.notes, under: self._payload(answer)}
        return await self.history.change(replace(standing, notes=notes))

    async def _append(self, place: Place, answer: Answer) -> Message:
        said = self._message(place, Author.PAPERROUND, payload=self._payload(answer))
        return await self.history.add(replace(said, private=True))

    async def _tell(self, place: Place, text: str) -> Message:
        return await self.history.add(self._message(place, Author.CLOCK, text=text))

    def _message(self, place: Place, author: Author, *, text: str = "", payload: str = "") -> Message:
        return Message(MessageId(""), place.channel.id, self.clock.now(), author, text=text, payload=payload)


def printable(text: str) -> str:
    """Return a text on one line, without what cannot be seen."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _paper_of(token: str) -> str:
    try:
        action = action_of(token)
    except OlderRelease:
        return ""
    return "" if action.verb in NOT_ABOUT_A_PAPER else action.rest


def _what_came(place: Place, came: Sequence[Message], *, had_rounds: bool) -> str:
    elsewhere = sorted({BY_CHANNEL[message.channel].label for message in came})
    if elsewhere:
        return say("The round came to {places}.", places=listed(elsewhere))
    if had_rounds:
        return say("Nothing was due here.")
    command = f"digest {'' if place.channel.direct else 'here '}daily 09:00"
    return say("Nothing was due here. To get a round every morning say: {command}", command=command)
