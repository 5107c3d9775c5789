"""The round: has what is due planned and what is planned sent, at most one digest for each destination and date."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import ParamSpec, TypeVar

import structlog

from bot.also import Also
from bot.answers.posted import digest_reply
from bot.answers.today import Made
from bot.answers.verdicts import tally
from bot.club import Club
from bot.deliveries import Claim, DeliveryRecord
from bot.desk import Desk
from bot.follow_ups import FollowUps
from bot.markers import Markers
from bot.model import (
    Channel,
    DeliveryKey,
    DeliveryState,
    Digest,
    MessageId,
    PaperId,
    ProfileId,
    Subscription,
    destination_of,
)
from bot.notes import Notes, owner_of_round
from bot.planning import Planner
from bot.ports import SHUT_OUT, Clock, Messenger
from bot.preferences import ALSO
from bot.replies import PicksReply, Reply
from bot.schedule import DueDigest
from bot.sending import NOT_IN_TIME, Sender
from bot.words import ENGLISH, spoken

log = structlog.get_logger()

P = ParamSpec("P")
R = TypeVar("R")

# One slow channel must not hold up the others (FAULTS D12); more would only wait for the platforms' rate limits.
SENDERS = 48

# So many digests are planned before the senders look for the first of them.
PLANNED_AT_ONCE = 16

# What can be sent so soon is waited for, since beginning a round anew costs more; but not for ever, or the digests that
# fall due meanwhile would not be planned.
SOON = timedelta(seconds=1.5)
SHORTEST_WAIT = timedelta(seconds=0.05)
WAITS = 20

# What another process was about to plan is looked at again: it may have died of it. One that hangs must not keep this
# one from what falls due meanwhile, so after some looks it is left to the next round.
LOOKED_AGAIN_S = 0.5
LOOKS = 20

# What messages said is kept as long as somebody may want to have one sent again or ask what it was.
WORDS_KEPT = timedelta(days=90)

# A clock this far behind the ledger was set back, by hand or by a dead battery; what it calls today is not today.
CLOCK_BEHIND = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """One digest as it stands after a round.

    Attributes:
        state: Of its first part that is not sent; ``planned`` for one that only would be sent.
        reply: What it says; None when its picks are no longer kept.
        language: In which it says that.
    """

    key: DeliveryKey
    profile: ProfileId
    state: DeliveryState
    late: bool
    papers: tuple[PaperId, ...]
    reply: Reply | None
    why: str | None = None
    language: str = ENGLISH


class Round:
    """Callers: the facade alone."""

    def __init__(
        self, desk: Desk, clock: Clock, messengers: Mapping[str, Messenger], settle: timedelta, post_timeout: timedelta
    ) -> None:
        self._desk = desk
        self._stores = desk.stores
        self._clock = clock
        self._messengers = messengers
        markers = Markers(desk.stores.access)
        self._notes = notes = Notes(desk.stores, messengers, markers)
        self._planner = Planner(desk, notes, markers, clock, messengers, self.pause)
        self._also = Also(desk, notes)
        self._club = Club(desk, notes)
        self._follow_ups = FollowUps(desk.stores, notes, messengers)
        self._sender = Sender(
            desk.stores, notes, clock, messengers, settle=settle, post_timeout=post_timeout, on_sent=self._sent
        )
        # Planning reads and ranks for seconds on end; it shares no thread with those who answer commands.
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="planning")
        self._more_planned = asyncio.Event()
        # Digests of channels that arrived in this round.
        self._arrived: list[Claim] = []
        self._tidied: date | None = None

    async def deliver_due(self, *, reported: bool = True) -> list[DeliveryReport]:
        """Plan what is due and send what can be sent; return every digest that was touched.

        The first digests are sent while the later ones are planned.
        """
        due = await self._aside(self._planner.due)
        said: dict[DeliveryKey, Reply | None] = {}
        # What nobody asks to be told is not kept: of thousands of digests it would be the larger part of the memory.
        kept = said if reported else None
        planning = asyncio.create_task(self._plan_all(due, kept), name="planning")
        try:
            touched = await self._send(planning)
            return await self._reports([*said, *touched], said) if reported else []
        finally:
            planning.cancel()

    async def redo(self, key: DeliveryKey) -> list[DeliveryReport] | None:
        """Send what a digest or note still lacks, once more and whatever its date; None when that is nothing.

        It may then stand there twice: this is for hosts who looked and know better.
        """
        if not await self._aside(self._stores.ledger.redo, key, self._clock.now()):
            return None
        self._sender.asked_again.add(key)
        return await self._reports([key, *await self._send(None)], {key: None})

    def clock_behind(self) -> timedelta | None:
        """Return how far the clock is behind the newest digest in the ledger; None when that is no cause for worry."""
        newest = self._stores.ledger.newest()
        behind = newest - self._clock.now() if newest else timedelta(0)
        return behind if behind > CLOCK_BEHIND else None

    def confirm_clock(self) -> timedelta | None:
        """Believe the clock rather than the ledger from now on; return how far it was behind, None if it was not."""
        behind = self.clock_behind()
        if behind is not None:
            self._stores.ledger.confirm_clock()
        return behind

    async def what_is_due(self) -> list[DeliveryReport]:
        """Return what `deliver_due` would plan now; nothing is written and nothing is sent."""
        due = await self._aside(self._planner.due)
        return [await self._aside(self._foretold, digest) for digest in due]

    def plan_extra(self, subscription: Subscription, digest: Digest, now: datetime) -> None:
        """Plan a digest that somebody asked for beside the daily one."""
        key = DeliveryKey(destination_of(subscription.channel), digest.local_date, digest.edition)
        self._planner.write_down(key, subscription, Made(digest, None), late=False, now=now)

    def plan_note(self, channel: Channel, about: str, reply: Reply, now: datetime) -> bool:
        """Plan a message beside the digests; False when its destination had one about the same."""
        return self._notes.plan(channel, about, reply, now)

    def shown_again(self, channel: Channel, message: MessageId) -> PicksReply | None:
        """Return what a posted message should now say: its one paper with the community's counts as they are."""
        record = self._stores.ledger.by_message(channel, message)
        if record is None or record.paper is None:
            return None
        with spoken(self._notes.language_in(channel)):
            return self._club.shown_again(record) if record.about is not None else self._counted(record, record.paper)

    def _counted(self, record: DeliveryRecord, paper: PaperId) -> PicksReply | None:
        digest = self._stores.digests.get(record.profile, record.key.local_date, record.key.edition)
        if digest is None:
            return None
        owner = owner_of_round(self._stores, record.profile, record.channel)
        reply = digest_reply(self._desk, owner, digest, late=record.late)
        mine = [offered for offered in reply.offered if offered.pick.paper.id == paper]
        counted = tuple(replace(offered, tally=tally(self._desk, record.channel, paper)) for offered in mine)
        return replace(reply, offered=counted) if counted else None

    def pause(self, channel: Channel, why: str | None) -> None:
        """Stop the round of a channel with the reason, or with None let it come again from its next date on."""
        self._sender.pause(channel, why)

    def resume(self, platform: str, community: str) -> None:
        """Let rounds come again that stopped for want of the whole community, and not for their channel's own sake."""
        for found in self._stores.subscriptions.all():
            here = (found.channel.platform, found.channel.community) == (platform, community)
            if here and found.paused and any(why in found.paused for why in (SHUT_OUT, NOT_IN_TIME)):
                self.pause(found.channel, None)

    def stop(self) -> None:
        """Plan and claim nothing more; what is being posted is still finished and settled."""
        self._sender.stopping = True

    async def _aside(self, deed: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        return await asyncio.get_running_loop().run_in_executor(self._threads, lambda: deed(*args, **kwargs))

    async def _plan_all(self, due: Sequence[DueDigest], kept: dict[DeliveryKey, Reply | None] | None) -> None:
        left: Sequence[DueDigest] = due
        for _ in range(LOOKS):
            passed: list[DueDigest] = []
            for first in range(0, len(left), PLANNED_AT_ONCE):
                if self._sender.stopping:
                    return
                said = await self._aside(self._planner.plan, left[first : first + PLANNED_AT_ONCE], passed)
                if kept is not None:
                    kept.update(said)
                self._tell_of_more()
            left = passed
            if not left:
                break
            await asyncio.sleep(LOOKED_AGAIN_S)
        await self._aside(self._plan_notes)

    def _plan_notes(self) -> None:
        now = self._clock.now()
        self._club.plan(now)
        self._follow_ups.plan(now)
        if self._tidied != now.date():
            self._tidied = now.date()
            self._stores.ledger.drop_words(now.date() - WORDS_KEPT)

    def _tell_of_more(self) -> None:
        self._more_planned.set()
        self._more_planned = asyncio.Event()

    async def _send(self, planning: asyncio.Task[None] | None) -> dict[DeliveryKey, None]:
        """Send what is planned and what is being planned; return whose digests and notes were touched, in order."""
        # Filled as they come: of thousands of digests, gathering them at the end would hold everybody up.
        touched: dict[DeliveryKey, None] = {}
        await self._send_side_by_side(planning, touched)
        if planning is not None:
            await planning
        await self._send_soon(touched)
        if await self._aside(self._plan_for_members):
            await self._send_side_by_side(None, touched)
            await self._send_soon(touched)
        return touched

    async def _send_side_by_side(self, planning: asyncio.Task[None] | None, touched: dict[DeliveryKey, None]) -> None:
        await asyncio.gather(*(self._send_while(planning, touched) for _ in range(SENDERS)))

    async def _send_soon(self, touched: dict[DeliveryKey, None]) -> None:
        """Send what is put off for a moment only."""
        for _ in range(WAITS):
            due_at = await self._aside(self._stores.ledger.next_due, self._clock.now())
            if self._sender.stopping or due_at is None or due_at - self._clock.now() > SOON:
                break
            await asyncio.sleep(max(due_at - self._clock.now(), SHORTEST_WAIT).total_seconds())
            await self._send_side_by_side(None, touched)

    async def _reports(
        self, touched: Sequence[DeliveryKey], said: Mapping[DeliveryKey, Reply | None]
    ) -> list[DeliveryReport]:
        told = [key for key in dict.fromkeys(touched) if key in said or not key.is_note]
        return [await self._aside(self._report, key, said.get(key)) for key in told]

    async def _send_while(self, planning: asyncio.Task[None] | None, touched: dict[DeliveryKey, None]) -> None:
        """Send what is planned, until no more is being planned."""
        while True:
            more = self._more_planned
            last = planning is None or planning.done()
            await self._sender.send_all(touched)
            if last or planning is None:
                return
            waiting = asyncio.create_task(more.wait())
            await asyncio.wait([planning, waiting], return_when=asyncio.FIRST_COMPLETED)
            waiting.cancel()

    def _sent(self, claim: Claim) -> None:
        """Note a first part as arrived: its numbers mean its papers now, and it may concern members too."""
        now = self._clock.now()
        papers = [record.paper for record in self._stores.ledger.of(claim.key) if record.paper is not None]
        if papers:
            self._stores.communities.shown(None, claim.channel, papers, now)
        if claim.key.edition == 0 and not claim.channel.direct:
            self._arrived.append(claim)

    def _plan_for_members(self) -> int:
        """Tell members of what arrived in a channel and suits them better than it; return how many are told."""
        arrived, self._arrived = self._arrived, []
        now = self._clock.now()
        if self._sender.stopping or not self._stores.preferences.profiles_with(ALSO, "dm"):
            return 0
        return sum(self._also.plan(claim.channel, claim.key, now) for claim in arrived)

    def _foretold(self, due: DueDigest) -> DeliveryReport:
        told = self._planner.foretell(due)
        return DeliveryReport(
            key=due.key,
            profile=due.subscription.profile,
            state=DeliveryState.SKIPPED if told.reply is None else DeliveryState.PLANNED,
            late=due.late,
            papers=tuple(pick.paper.id for pick in told.made.digest.picks),
            reply=told.reply,
            language=told.language,
        )

    def _report(self, key: DeliveryKey, said: Reply | None) -> DeliveryReport:
        records = self._stores.ledger.of(key)
        first = next((record for record in records if record.state is not DeliveryState.SENT), records[0])
        digest = self._stores.digests.get(first.profile, key.local_date, key.edition)
        papers = tuple(pick.paper.id for pick in digest.picks) if digest else ()
        language = self._notes.language_in(first.channel)
        if said is None and digest is not None and papers:
            owner = owner_of_round(self._stores, first.profile, first.channel)
            with spoken(language):
                said = digest_reply(self._desk, owner, digest, late=first.late)
        return DeliveryReport(key, first.profile, first.state, first.late, papers, said, first.why, language)
