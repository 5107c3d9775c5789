"""Paperround in one page: papers come in, people ask and react, digests go out."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from bot.actions import OlderRelease, action_of, verdict_of
from bot.announcements import IngestReport, SourceFailed
from bot.answers.asked import Answer, Asked
from bot.answers.finding import paper_brought
from bot.answers.offers import offered_now
from bot.answers.table import answered, bad_command, pressed
from bot.answers.verdicts import react_to
from bot.commands import BY_NAME, Ask, BadCommand, parse
from bot.desk import Desk, NextPolls, no_polls
from bot.ingest import ingest
from bot.library import Library
from bot.model import Channel, DeliveryKey, Member, MessageId, PaperId
from bot.ports import Clock, Lookup, Messenger, Source, StorageUnavailable, Stores
from bot.replies import OfferedPick, PicksReply, RefusalReply
from bot.round import DeliveryReport, Round
from bot.schedule import next_due_at
from bot.suggestions import Suggestion, suggestions


def nothing() -> None:
    """Do nothing: nobody waits to be woken."""


class Paperround:
    """The product. Adapters translate what people do into these calls, and what comes back into messages.

    Every method is safe to call at the same time as every other. None blocks the event loop: stores, search and
    ranking run on threads.
    """

    def __init__(  # noqa: PLR0913
        self,
        stores: Stores,
        library: Library,
        clock: Clock,
        messengers: Mapping[str, Messenger],
        *,
        settle: timedelta = timedelta(seconds=90),
        post_timeout: timedelta = timedelta(seconds=30),
        wake: Callable[[], None] = nothing,
        lookup: Lookup | None = None,
        next_polls: NextPolls = no_polls,
    ) -> None:
        """Put the product together.

        Args:
            messengers: By platform. Digests for other platforms are left to the process that has theirs.
            settle: How long an unknown outcome rests before the channel's history is read.
            lookup: Fetches a paper that a member brings; without it only stored ones can be brought.
            next_polls: Given where the sources stand, tells when each one that is set is asked next.
            wake: Called when something may be due sooner than `next_due_at` last said.
        """
        self._stores = stores
        self._clock = clock
        self._wake = wake
        self._lookup = lookup
        self._desk = Desk(stores, library, next_polls)
        self._round = Round(self._desk, clock, messengers, settle, post_timeout)
        self._desk.post = self._round.plan_extra

    async def warm_up(self) -> None:
        """Read the stored papers into the library; until then searches are answered by the store's plain index."""
        await asyncio.to_thread(self._desk.catch_up, self._clock.now())

    async def ingest(
        self, source: Source, on_progress: Callable[[IngestReport], None] = lambda _: None
    ) -> IngestReport:
        """Store what a source has announced; a bad item is reported and the rest is kept."""
        report = await ingest(self._stores.papers, source, self._clock.now(), on_progress)
        await self.warm_up()
        return report

    async def answer(self, text: str, member: Member, channel: Channel, event: str) -> Answer:
        """Answer what somebody typed; a mistake in it comes back as a refusal that names the piece, nothing is changed.

        Args:
            event: The platform's id of this use, or a fresh one: what it records counts once.
        """
        try:
            ask = parse(text)
        except BadCommand as bad:
            return Answer(bad_command(bad))
        asked = Asked(ask, member, channel, event, self._clock.now())
        if ask.command.name == "help":
            # It is asked most and asks nothing stored, so it is not worth the way over a thread.
            return answered(self._desk, asked)
        if ask.command.name == "add" and (refusal := await self._fetched(ask)):
            return Answer(refusal)
        return await self._at_the_desk(ask.command.name, lambda: answered(self._desk, asked))

    async def press(self, token: str, member: Member, channel: Channel, event: str) -> Answer:
        """Do what a button says, however old its message is."""
        try:
            action = action_of(token)
        except OlderRelease:
            return Answer(RefusalReply("button", "It is from another release, so nothing was changed. Say help."))
        asked = self._pressing(member, channel, event)
        return await self._at_the_desk("button", lambda: pressed(self._desk, asked, action))

    async def react(
        self, emoji: str, member: Member, channel: Channel, message: MessageId, event: str, *, removed: bool = False
    ) -> Answer | None:
        """Take an emoji on a posted message as the verdict that it is, or its removal as taking that back.

        None when the emoji says nothing, or the message is none of ours that shows exactly one paper.
        """
        verdict = verdict_of(emoji)
        if verdict is None:
            return None
        record = await asyncio.to_thread(self._stores.ledger.by_message, channel, message)
        paper = record.paper if record else None
        if paper is None:
            return None
        asked = self._pressing(member, channel, event)
        return await self._at_the_desk("reaction", lambda: react_to(self._desk, asked, paper, verdict, removed))

    async def offered(self, paper: PaperId, member: Member, channel: Channel) -> OfferedPick | None:
        """Return a paper as a message should now show it, with the community's counts; None when it is not stored."""
        asked = self._pressing(member, channel, "")
        return await asyncio.to_thread(offered_now, self._desk, asked, paper)

    async def shown_again(self, channel: Channel, message: MessageId) -> PicksReply | None:
        """Return what a posted message should now say, for editing it; None when it shows not exactly one paper."""
        return await asyncio.to_thread(self._round.shown_again, channel, message)

    async def deliver_due(self) -> list[DeliveryReport]:
        """Plan the digests that are due and send what can be sent; return every digest that was touched."""
        await self.warm_up()
        return await self._round.deliver_due()

    async def redo(self, key: DeliveryKey) -> list[DeliveryReport] | None:
        """Send what a digest lacks once more because the host asked; None when it lacks nothing that was written."""
        return await self._round.redo(key)

    async def clock_behind(self) -> timedelta | None:
        """Return how far a clock that was set back is behind the newest digest; None when that is nothing."""
        return await asyncio.to_thread(self._round.clock_behind)

    def stop(self) -> None:
        """Begin nothing more in a round: what is being posted is finished, the rest stays planned."""
        self._round.stop()

    async def what_is_due(self) -> list[DeliveryReport]:
        """Return what `deliver_due` would plan now; nothing is changed."""
        await self.warm_up()
        return await self._round.what_is_due()

    async def next_due_at(self) -> datetime | None:
        """Return when `deliver_due` should be called next: a digest falls due, or an open one can be tried again."""
        return await asyncio.to_thread(self._next_due_at)

    async def suggestions(
        self, command: str, option: str, typed: str, member: Member, channel: Channel
    ) -> list[Suggestion]:
        """Return what could be typed for an option of a command, at most 25, the nearest first."""
        return await asyncio.to_thread(suggestions, self._desk, command, option, typed, member, channel)

    async def channel_gone(self, channel: Channel, why: str) -> None:
        """Pause the round of a channel that was deleted, archived, or left by the bot."""
        await asyncio.to_thread(self._round.pause, channel, why)

    async def channel_back(self, channel: Channel) -> None:
        """Let the round of a channel come again from its next date on."""
        await asyncio.to_thread(self._round.pause, channel, None)
        self._wake()

    async def _at_the_desk(self, command: str, deed: Callable[[], Answer]) -> Answer:
        try:
            answer = await asyncio.to_thread(deed)
        except StorageUnavailable:
            why = "The store did not answer, so nothing was changed. Please try again in a moment."
            return Answer(RefusalReply(command, why))
        if answer.changed or answer.planned:
            self._wake()
        return answer

    async def _fetched(self, ask: Ask) -> RefusalReply | None:
        """Store the paper that is being brought, if it is not stored yet; return why that cannot be."""
        link = paper_brought(ask)
        if link is None or self._lookup is None:
            return None
        if await asyncio.to_thread(self._stores.papers.get, [link]):
            return None
        try:
            found = await self._lookup.paper(link, self._clock.now())
        except SourceFailed as failed:
            return RefusalReply(link, f"It could not be fetched: {failed.why}")
        if found is None:
            return RefusalReply(link, "No service that is asked knows this paper.")
        await asyncio.to_thread(self._stores.papers.upsert, [found], self._clock.now())
        await self.warm_up()
        return None

    def _pressing(self, member: Member, channel: Channel, event: str) -> Asked:
        """Return the circumstances of a press: nothing was typed, so no command's words matter."""
        return Asked(Ask(BY_NAME["help"]), member, channel, event, self._clock.now())

    def _next_due_at(self) -> datetime | None:
        now = self._clock.now()
        found = (next_due_at(self._stores.subscriptions.all(), now), self._stores.ledger.next_due(now))
        return min((instant for instant in found if instant is not None), default=None)
