"""Paperround in one page: papers come in, people ask and react, digests go out."""

import asyncio
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from math import ceil
from typing import ParamSpec, TypeVar

import structlog

from bot.actions import OlderRelease, action_of, verdict_of
from bot.addresses import Addresses
from bot.announcements import IngestReport, SourceFailed
from bot.answers.asked import Answer, Asked
from bot.answers.clicks import click
from bot.answers.finding import paper_brought
from bot.answers.offers import offered_now
from bot.answers.pasting import PastedLinks
from bot.answers.reactions import OFF, posted_papers, put_on, react_no_more, react_to, settle
from bot.answers.table import answered, bad_command, like_text, pressed
from bot.catalogues import read_all
from bot.commands import BY_NAME, Ask, BadCommand, parse
from bot.desk import ClickLink, Desk, NextPolls, no_polls
from bot.identity import links_in
from bot.ingest import ingest
from bot.interleaving import Comparison
from bot.interruptions import lateness, shut_out
from bot.languages import Languages, language_from
from bot.library import Library
from bot.mail import MAIL
from bot.mailing import Mailing
from bot.model import Channel, DeliveryKey, Member, MessageId, PaperId, destination_of
from bot.ports import Clock, Erased, Lookup, Messenger, Source, SourceWords, StorageUnavailable, Stores
from bot.rates import Rates
from bot.reading import Reading
from bot.replies import OfferedPick, PicksReply, RefusalReply, Reply
from bot.round import DeliveryReport, Round
from bot.schedule import next_due_at
from bot.suggestions import NOTHING, Suggestion, Typing, suggestions
from bot.words import marked, say, spoken

log = structlog.get_logger()

P = ParamSpec("P")
R = TypeVar("R")

# What a refusal names where nothing was typed.
# Translators: what somebody used: a button, a message that was pointed at, an emoji.
BUTTON, MESSAGE, REACTION = marked("button"), marked("message"), marked("reaction")


def _named(piece: str) -> str:
    """Return what a refusal names: the name of a command stays as it is typed, whatever else the word means."""
    return piece if piece in BY_NAME else say(piece)


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
        public_url: str = "",
        secret: str = "",
        source_words: SourceWords | None = None,
        click_link: ClickLink | None = None,
        comparison: Comparison | None = None,
        asks_a_minute: int = 0,
    ) -> None:
        """Put the product together.

        Args:
            messengers: By platform. Digests for other platforms are left to the process that has theirs.
            settle: How long an unknown outcome rests before the channel's history is read.
            lookup: Fetches a paper that a member brings; without it only stored ones can be brought.
            next_polls: Given where the sources stand, tells when each one that is set is asked next.
            public_url: Where the pages are reached from outside; ``secret`` signs what opens them.
            click_link: Makes a link to a paper that comes back as `clicked`; else the pages' own ``/go/…`` does, where
                they are reached from outside.
            comparison: What a share of the digests compares; without it none does.
            source_words: Knows what managers may add as a source; without it they can add none.
            asks_a_minute: How much each member may ask and press in the long run; 0 sets no limit.
            wake: Called when something may be due sooner than `next_due_at` last said.
        """
        self._stores = stores
        self._clock = clock
        self._wake = wake
        self._lookup = lookup
        self._desk = Desk(stores, library, next_polls, Addresses(stores.access, public_url, secret), source_words)
        self.reading = Reading(self._desk, clock, messengers)
        self._round = Round(self._desk, clock, messengers, settle, post_timeout)
        self._desk.post = self._round.plan_extra
        self._desk.click_link = click_link or (self._desk.addresses.click if public_url else None)
        self._desk.comparison = comparison
        if MAIL in messengers:
            self._desk.tell = self._round.plan_note
        self.mailing = Mailing(self._desk, clock, self.press, wake, self._round.pause)
        self._pasted = PastedLinks()
        self._rates = Rates(asks_a_minute)
        self._languages = Languages(stores.preferences, stores.subscriptions, clock)

    async def warm_up(self) -> None:
        """Read the stored papers into the library; until then searches are answered by the store's plain index."""
        await asyncio.to_thread(read_all)
        await asyncio.to_thread(self._desk.catch_up, self._clock.now())

    async def retrain(self) -> None:
        """Fit anew what is learned from all papers and everybody together: once a day, at a quiet moment."""
        await asyncio.to_thread(self._desk.retrain, self._clock.now())

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
            return await self._refused(bad, text, member)
        asked = Asked(ask, member, channel, event, self._clock.now())
        if slowed := self._too_much(ask.command.name, member):
            return slowed
        if ask.command.name == "help" and (language := self._languages.remembered(member)):
            # It is asked most and asks nothing stored, so it is not worth the way over a thread.
            with spoken(language):
                return answered(self._desk, asked)
        if ask.command.name == "add":
            with spoken(await asyncio.to_thread(self._languages.of, member)):
                if refusal := await self._fetched(ask):
                    return Answer(refusal)
        return await self._at_the_desk(member, ask.command.name, lambda: answered(self._desk, asked))

    async def press(self, token: str, member: Member, channel: Channel, event: str) -> Answer:
        """Do what a button says, however old its message is."""
        if slowed := self._too_much(BUTTON, member):
            return slowed
        asked = self._pressing(member, channel, event)

        def press() -> Answer:
            try:
                return pressed(self._desk, asked, action_of(token))
            except OlderRelease:
                why = say("It is from another release, so nothing was changed. Say help.")
                return Answer(RefusalReply(say(BUTTON), why))

        return await self._at_the_desk(member, BUTTON, press)

    async def like_text(self, text: str, member: Member, channel: Channel) -> Answer:
        """Answer with papers like a message that a member points at, whoever wrote it."""
        asked = self._pressing(member, channel, "")
        return await self._at_the_desk(member, MESSAGE, lambda: like_text(self._desk, asked, text))

    async def linked(self, text: str, member: Member, channel: Channel, event: str) -> Answer | None:
        """Answer a message in which somebody pasted links to papers, in channels that chose so.

        Args:
            text: The message, or one link of it; the caller leaves out what bots write.

        Returns:
            Picks for the stored papers, or a notice that offers to bring one that is not; None when nothing is to be
            said: the channel did not choose it, no paper is linked, or it was answered here lately.
        """
        if channel.direct or not links_in(text):
            return None
        asked = self._pressing(member, channel, event)
        try:
            # Everybody in the channel sees it.
            return await self._spoken_to(channel, self._pasted.answer, self._desk, asked, text)
        except StorageUnavailable:
            # Nobody asked for anything, so nobody misses it.
            log.warning("a pasted link was not answered", action="link_unanswered", platform=channel.platform)
            return None

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
        if removed:
            off = self._pressing(member, channel, f"{OFF}{message}:{event}")
            return await self._at_the_desk(
                member, REACTION, lambda: react_no_more(self._desk, off, message, paper, verdict)
            )
        on = self._pressing(member, channel, f"{put_on(message)}{event}")
        return await self._at_the_desk(member, REACTION, lambda: react_to(self._desk, on, paper, verdict))

    async def settle_reactions(
        self, channel: Channel, message: MessageId, emoji: Mapping[Member, Collection[str]]
    ) -> bool:
        """Bring the verdicts by emoji on a posted message in step with what stands on it now; True when any changed.

        For a time in which nobody listened: it may be called again and again. A message that shows not exactly one
        paper is passed over.

        Args:
            emoji: What each person has on the message; who has nothing on it may be left out. Bots are left out.
        """
        said = ((member, verdict_of(each)) for member, marks in emoji.items() for each in marks)
        standing = {(member, verdict) for member, verdict in said if verdict is not None}

        def asking(member: Member, event: str) -> Asked:
            return self._pressing(member, channel, event)

        def settled() -> bool:
            record = self._stores.ledger.by_message(channel, message)
            paper = record.paper if record else None
            return paper is not None and settle(self._desk, channel, message, paper, standing, asking)

        return await asyncio.to_thread(settled)

    async def posted_lately(self, platform: str, days: int) -> list[tuple[Channel, MessageId]]:
        """Return the messages of one paper each that were posted in the last days, for looking at them again."""
        first = (self._clock.now() - timedelta(days=days)).date()
        return await asyncio.to_thread(posted_papers, self._stores.ledger, platform, first)

    async def clicked(self, paper: PaperId, member: Member | None, channel: Channel | None, event: str) -> str | None:
        """Count that somebody opened a link, where that was chosen; return where it leads, None for an unknown paper.

        The address comes from the store, never from the link. Callers leave out what only looks at links: HEAD
        requests, and the programs that make previews of them.

        Args:
            member: To whom alone the link was shown; None for one shown to a channel.
            event: The same for what is one opening, however often it is asked for.
        """
        return await asyncio.to_thread(click, self._desk, paper, member, channel, event, self._clock.now())

    async def offered(self, paper: PaperId, member: Member, channel: Channel) -> OfferedPick | None:
        """Return a paper as a message should now show it, with the community's counts; None when it is not stored."""
        asked = self._pressing(member, channel, "")
        return await self._spoken_to(member, offered_now, self._desk, asked, paper)

    async def shown_again(self, channel: Channel, message: MessageId) -> PicksReply | None:
        """Return what a posted message should now say, for editing it; None when it shows not exactly one paper."""
        return await asyncio.to_thread(self._round.shown_again, channel, message)

    async def deliver_due(self, *, reported: bool = True) -> list[DeliveryReport]:
        """Plan the digests that are due and send what can be sent; return every digest that was touched.

        Args:
            reported: False returns nothing: of thousands of digests that takes as long as some of them.
        """
        await self.warm_up()
        return await self._round.deliver_due(reported=reported)

    async def redo(self, key: DeliveryKey) -> list[DeliveryReport] | None:
        """Send what a digest lacks once more because the host asked; None when it lacks nothing that was written."""
        return await self._round.redo(key)

    async def clock_behind(self) -> timedelta | None:
        """Return how far a clock that was set back is behind the newest digest; None when that is nothing."""
        return await asyncio.to_thread(self._round.clock_behind)

    async def confirm_clock(self) -> timedelta | None:
        """Believe the clock rather than the ledger, because the host says so; return how far it was behind."""
        return await asyncio.to_thread(self._round.confirm_clock)

    def stop(self) -> None:
        """Begin nothing more in a round: what is being posted is finished, the rest stays planned."""
        self._round.stop()

    async def what_is_due(self) -> list[DeliveryReport]:
        """Return what `deliver_due` would plan now; nothing is changed."""
        await self.warm_up()
        return await self._round.what_is_due()

    async def next_due_at(self, since: datetime | None = None) -> datetime | None:
        """Return when `deliver_due` should be called next: a digest falls due, or an open one can be tried again.

        Args:
            since: When the last round began: what fell due while it went on may be left over. None counts from now.
        """
        return await asyncio.to_thread(self._next_due_at, since)

    async def suggestions(
        self,
        command: str,
        option: str,
        typed: str,
        member: Member,
        channel: Channel,
        beside: Mapping[str, str] = NOTHING,
    ) -> list[Suggestion]:
        """Return what could be typed for an option of a command, at most 25, the nearest first.

        Args:
            beside: What the other options of the command say so far, by name.
        """
        typing = Typing(command, option, typed, beside)
        return await self._spoken_to(member, suggestions, self._desk, typing, member, channel)

    async def language_of(self, owner: Member | Channel) -> str:
        """Return the language of a member, or of what is posted to a channel: a key of `bot.catalogues`, or ``en``."""
        return await asyncio.to_thread(self._languages.of, owner)

    async def channel_gone(self, channel: Channel, why: str) -> None:
        """Pause the round of a channel that was deleted, archived, or left by the bot."""
        await asyncio.to_thread(self._round.pause, channel, why)
        self._wake()

    async def channel_back(self, channel: Channel) -> None:
        """Let the round of a channel come again from its next date on."""
        await asyncio.to_thread(self._round.pause, channel, None)
        self._wake()

    async def community_gone(self, platform: str, community: str, why: str) -> None:
        """Pause every round of a community that shut the bot out, until `community_back`."""
        await asyncio.to_thread(shut_out, self._stores, platform, community, why)

    async def community_back(self, platform: str, community: str) -> None:
        """Let those rounds of a community come again that stopped because the bot was shut out of all of it."""
        await asyncio.to_thread(self._stores.departures.back, platform, community)
        await asyncio.to_thread(self._round.resume, platform, community)
        self._wake()

    async def community_left(self, platform: str, community: str) -> None:
        """Note that the bot was removed from a community: what is kept of it is erased 30 days later."""
        await asyncio.to_thread(self._stores.departures.left, platform, community, self._clock.now())

    def erase_gone(self) -> list[Erased]:
        """Erase what is kept of communities that left 30 days ago; called off the event loop."""
        return self._stores.departures.erase_gone(self._clock.now())

    async def round_late(self, channel: Channel, why: str) -> None:
        """Tell who set the round of a channel that it comes later than its time, once a day."""
        await asyncio.to_thread(self._tell_of_lateness, channel, why)

    async def channel_renamed(self, channel: Channel) -> None:
        """Call a channel by its new name in rounds to come."""
        await asyncio.to_thread(self._rename, channel)

    def plan_note(self, channel: Channel, about: str, reply: Reply, now: datetime) -> bool:
        """Plan a message beside the digests; False when that place had one about the same. It waits for the store."""
        return self._round.plan_note(channel, about, reply, now)

    async def _at_the_desk(self, member: Member, piece: str, deed: Callable[[], Answer]) -> Answer:
        def do() -> Answer:
            self._languages.learn(member)
            try:
                return deed()
            except StorageUnavailable:
                why = say("The store did not answer, so nothing was changed. Please try again in a moment.")
                return Answer(RefusalReply(_named(piece), why))

        answer = await self._spoken_to(member, do)
        if answer.changed:
            self._languages.forget(member)
        if answer.changed or answer.planned:
            self._wake()
        return answer

    async def _spoken_to(self, owner: Member | Channel, deed: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Do something on a thread, in the language of a member or of what is posted to a channel."""

        def do() -> R:
            with spoken(self._languages.of(owner)):
                return deed(*args, **kwargs)

        return await asyncio.to_thread(do)

    async def _refused(self, bad: BadCommand, text: str, member: Member) -> Answer:
        """Refuse words that are no command, in the member's language: they are read once more in it."""
        language = self._languages.remembered(member)
        if language is None:
            language = await asyncio.to_thread(self._languages.of, member)
        with spoken(language):
            try:
                parse(text)
            except BadCommand as again:
                bad = again
            return Answer(bad_command(bad))

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
            return RefusalReply(link, say("It could not be fetched: {why}", why=failed.why))
        if found is None:
            return RefusalReply(link, say("No service that is asked knows this paper."))
        # A service may know it by a better name; it is to be found by the one that was given as well.
        names = [found] if found.id == link else [found, replace(found, id=link)]
        await asyncio.to_thread(self._stores.papers.upsert, names, self._clock.now())
        await self.warm_up()
        return None

    def _too_much(self, piece: str, member: Member) -> Answer | None:
        wait = self._rates.wait(member, self._clock.now())
        if not wait:
            return None
        log.info("asked too much", action="asked_too_much", platform=member.platform, community=member.community)
        # The store is spared too: whoever asks so much was heard a moment ago.
        with spoken(self._languages.remembered(member) or language_from(member.language)):
            why = say(
                "That is more than I can answer; nothing was changed. Ask again in {seconds} s.",
                seconds=ceil(wait.total_seconds()),
            )
            return Answer(RefusalReply(_named(piece), why))

    def _pressing(self, member: Member, channel: Channel, event: str) -> Asked:
        """Return the circumstances of a press: nothing was typed, so no command's words matter."""
        return Asked(Ask(BY_NAME["help"]), member, channel, event, self._clock.now())

    def _rename(self, channel: Channel) -> None:
        found = self._stores.subscriptions.get(destination_of(channel))
        if found is not None:
            self._stores.subscriptions.set(replace(found, channel=replace(found.channel, name=channel.name)))

    def _tell_of_lateness(self, channel: Channel, why: str) -> None:
        now = self._clock.now()
        if told := lateness(self._stores, channel, why, now):
            self._round.plan_note(*told, now)

    def _next_due_at(self, since: datetime | None) -> datetime | None:
        now = since or self._clock.now()
        found = (next_due_at(self._stores.subscriptions.all(), now), self._stores.ledger.next_due(now))
        return min((instant for instant in found if instant is not None), default=None)
