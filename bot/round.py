"""The round: plans the digests that are due and sends what is planned, at most one for each destination and date."""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import structlog

from bot.answers.asked import owners_in_words, paper_buttons
from bot.answers.today import DigestPlace, Made, footer_for, make_digest, notes_for, nothing_today, scheduled_digest
from bot.answers.verdicts import tally
from bot.deliveries import Claim, Deferred, DeliveryRecord, Held, Outcome, PlannedPart, Rejected, Sent, Skipped, Unknown
from bot.desk import Desk
from bot.model import (
    Channel,
    DeliveryKey,
    DeliveryState,
    Digest,
    Member,
    MessageId,
    PaperId,
    ProfileId,
    Subscription,
    destination_of,
)
from bot.ports import ChannelGone, ClaimLost, Clock, HistoryUnreadable, Messenger, OutcomeUnknown, PlatformUnreachable
from bot.replies import OfferedPick, PicksReply, Reply
from bot.schedule import GRACE, DueDigest, due_digests

log = structlog.get_logger()

# One slow channel must not hold up the others (FAULTS D12); more would only wait for the platform's rate limits.
SENDERS = 16

# Beyond these nobody tries on: the host decides.
UNANSWERED_CAP = 5
DOUBT_CAP = timedelta(hours=24)

# A platform that cannot be reached is asked again after this, doubled for each attempt.
FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=10)

# A destination that got nothing on so many dates in a row is paused, until somebody sets its round again.
FAILED_DATES = 3
# More parts than so many digests have, extra ones between them included.
FAILED_PARTS = 200
UNDELIVERED = {DeliveryState.HELD, DeliveryState.REJECTED, DeliveryState.SKIPPED}

# Where a date ends last on Earth: counts for a destination whose zone is not known any more.
LAST_ZONE = ZoneInfo("Etc/GMT+12")

# A clock this far behind the ledger was set back, by hand or by a dead battery; what it calls today is not today.
CLOCK_BEHIND = timedelta(hours=1)

# History is read from a little before the first attempt: the platform's clock is not ours.
CLOCK_MARGIN = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """One digest as it stands after a round.

    Attributes:
        state: Of its first part that is not sent; ``planned`` for one that only would be sent.
        reply: What it says; None when its picks are no longer kept.
    """

    key: DeliveryKey
    profile: ProfileId
    state: DeliveryState
    late: bool
    papers: tuple[PaperId, ...]
    reply: Reply | None
    why: str | None = None


class Round:
    """Callers: the facade alone."""

    def __init__(
        self, desk: Desk, clock: Clock, messengers: Mapping[str, Messenger], settle: timedelta, post_timeout: timedelta
    ) -> None:
        self._desk = desk
        self._stores = desk.stores
        self._clock = clock
        self._messengers = messengers
        self._settle = settle
        self._post_timeout = post_timeout
        self._stopping = False
        # Posts of a part that got no answer, since this process began.
        self._unanswered: Counter[tuple[DeliveryKey, int]] = Counter()
        self._asked_again: set[DeliveryKey] = set()

    async def deliver_due(self) -> list[DeliveryReport]:
        """Plan what is due and send what can be sent; return every digest that was touched."""
        due = await asyncio.to_thread(self._due)
        said: dict[DeliveryKey, Reply | None] = {}
        for digest in due:
            if failing := await asyncio.to_thread(self._failing, digest):
                log.warning("paused", action="round_paused", destination=digest.key.destination, why=failing)
                await asyncio.to_thread(self.pause, digest.subscription.channel, failing)
            else:
                said[digest.key] = await asyncio.to_thread(self._plan, digest)
        return await self._send_and_report(said)

    async def redo(self, key: DeliveryKey) -> list[DeliveryReport] | None:
        """Send what a digest still lacks, once more and whatever its date; None when it lacks nothing that was written.

        It may then stand there twice: this is for hosts who looked and know better.
        """
        if not await asyncio.to_thread(self._stores.ledger.redo, key, self._clock.now()):
            return None
        self._asked_again.add(key)
        return await self._send_and_report({key: None})

    def clock_behind(self) -> timedelta | None:
        """Return how far the clock is behind the newest digest in the ledger; None when that is no cause for worry."""
        newest = self._stores.ledger.recent(None, 1)
        behind = newest[0].planned_at - self._clock.now() if newest else timedelta(0)
        return behind if behind > CLOCK_BEHIND else None

    async def _send_and_report(self, said: dict[DeliveryKey, Reply | None]) -> list[DeliveryReport]:
        sent = await asyncio.gather(*(self._send_all() for _ in range(SENDERS)))
        touched = dict.fromkeys([*said, *(key for keys in sent for key in keys)])
        return [await asyncio.to_thread(self._report, key, said.get(key)) for key in touched]

    async def what_is_due(self) -> list[DeliveryReport]:
        """Return what `deliver_due` would plan now; nothing is written and nothing is sent."""
        due = await asyncio.to_thread(self._due)
        return [await asyncio.to_thread(self._foretold, digest) for digest in due]

    def plan_extra(self, subscription: Subscription, digest: Digest, now: datetime) -> None:
        """Plan a digest that somebody asked for beside the daily one."""
        key = DeliveryKey(destination_of(subscription.channel), digest.local_date, digest.edition)
        self._write_down(key, subscription, Made(digest, None), late=False, now=now)

    def shown_again(self, channel: Channel, message: MessageId) -> PicksReply | None:
        """Return what a posted message should now say: its one paper with the community's counts as they are."""
        record = self._stores.ledger.by_message(channel, message)
        if record is None or record.paper is None:
            return None
        digest = self._stores.digests.get(record.profile, record.key.local_date, record.key.edition)
        if digest is None:
            return None
        owner = _profile_owner(record.channel)
        reply = digest_reply(self._desk, owner, digest, late=record.late)
        mine = [offered for offered in reply.offered if offered.pick.paper.id == record.paper]
        counted = tuple(replace(offered, tally=tally(self._desk, channel, record.paper)) for offered in mine)
        return replace(reply, offered=counted) if counted else None

    def _due(self) -> list[DueDigest]:
        now = self._clock.now()
        subscriptions = [
            found for found in self._stores.subscriptions.all() if found.channel.platform in self._messengers
        ]
        if not subscriptions:
            return []
        planned = self._stores.ledger.planned_since(now.date() - timedelta(days=2))
        return due_digests(subscriptions, now, planned)

    def _failing(self, due: DueDigest) -> str | None:
        """Return why a destination is to be paused: its last digests since it was set got nothing across."""
        subscription = due.subscription
        digests: dict[DeliveryKey, list[DeliveryRecord]] = {}
        for record in self._stores.ledger.recent(due.key.destination, FAILED_PARTS):
            if record.key.edition == 0 and record.planned_at >= subscription.since:
                digests.setdefault(record.key, []).append(record)
        newest = list(digests.values())[:FAILED_DATES]
        written = all(record.payload and record.state in UNDELIVERED for parts in newest for record in parts)
        if len(newest) < FAILED_DATES or not written:
            return None
        return f"nothing arrived on {FAILED_DATES} dates in a row, the last time because: {newest[0][0].why}"

    def _plan(self, due: DueDigest) -> Reply | None:
        subscription = due.subscription
        now = self._clock.now()
        made = scheduled_digest(self._desk, owner_of(subscription), due.key.local_date, subscription.count, now)
        return self._write_down(due.key, subscription, made, late=due.late, now=now)

    def _write_down(
        self, key: DeliveryKey, subscription: Subscription, made: Made, *, late: bool, now: datetime
    ) -> Reply | None:
        """Put a digest into the ledger; return what it says, None when it says nothing."""
        channel = subscription.channel
        if not made.digest.picks and subscription.quiet:
            self._stores.ledger.skip(key, subscription.profile, channel, "no pick above the bar", now)
            return None
        reply = self._reply(subscription, made, late=late, now=now)
        parts = tuple(
            PlannedPart(number, payload, marker_of(key, number), paper)
            for number, (payload, paper) in enumerate(self._messengers[channel.platform].render(reply))
        )
        self._stores.ledger.plan(key, subscription.profile, channel, parts, late=late, digest=made.digest, now=now)
        return reply

    def _reply(self, subscription: Subscription, made: Made, *, late: bool, now: datetime) -> Reply:
        owner = owner_of(subscription)
        if not made.digest.picks:
            return nothing_today(self._desk, owner, made, now)
        return digest_reply(self._desk, owner, made.digest, late=late)

    def _foretold(self, due: DueDigest) -> DeliveryReport:
        subscription = due.subscription
        now = self._clock.now()
        place = DigestPlace(due.key.local_date)
        made = make_digest(self._desk, owner_of(subscription), None, place, subscription.count, now)
        quiet = not made.digest.picks and subscription.quiet
        return DeliveryReport(
            key=due.key,
            profile=subscription.profile,
            state=DeliveryState.SKIPPED if quiet else DeliveryState.PLANNED,
            late=due.late,
            papers=tuple(pick.paper.id for pick in made.digest.picks),
            reply=None if quiet else self._reply(subscription, made, late=due.late, now=now),
        )

    def _report(self, key: DeliveryKey, said: Reply | None) -> DeliveryReport:
        records = self._stores.ledger.of(key)
        first = next((record for record in records if record.state is not DeliveryState.SENT), records[0])
        digest = self._stores.digests.get(first.profile, key.local_date, key.edition)
        papers = tuple(pick.paper.id for pick in digest.picks) if digest else ()
        if said is None and digest is not None and papers:
            said = digest_reply(self._desk, _profile_owner(first.channel), digest, late=first.late)
        return DeliveryReport(key, first.profile, first.state, first.late, papers, said, first.why)

    async def _send_all(self) -> list[DeliveryKey]:
        keys = []
        # A lease counts from its claim, not from the start of the round.
        while claim := await asyncio.to_thread(self._claim):
            keys.append(claim.key)
            outcome = await self._send(claim)
            try:
                await asyncio.to_thread(self._stores.ledger.settle, claim, outcome, self._clock.now())
            except ClaimLost:
                log.warning("claim lost while posting", action="claim_lost", destination=claim.key.destination)
                continue
            log.info(
                "part settled",
                action="part_settled",
                destination=claim.key.destination,
                local_date=str(claim.key.local_date),
                part=claim.part,
                attempt=claim.attempt,
                outcome=type(outcome).__name__.lower(),
            )
            await asyncio.to_thread(self._after, claim, outcome)
        return keys

    def stop(self) -> None:
        """Claim nothing more; what is being posted is still finished and settled."""
        self._stopping = True

    def _claim(self) -> Claim | None:
        if self._stopping:
            return None
        # Who holds it may look once and post once, so a live sender keeps its claim; and when it is taken from a dead
        # one, the last that this one can have posted has had the time to show in the history.
        lease = 2 * self._post_timeout + self._settle
        return self._stores.ledger.claim(self._clock.now(), lease)

    def _after(self, claim: Claim, outcome: Outcome) -> None:
        if isinstance(outcome, Rejected):
            self.pause(claim.channel, outcome.why)
        if isinstance(outcome, Sent) and claim.part == 0:
            papers = [record.paper for record in self._stores.ledger.of(claim.key) if record.paper is not None]
            self._stores.communities.shown(None, claim.channel, papers, self._clock.now())

    def pause(self, channel: Channel, why: str | None) -> None:
        """Stop the round of a channel with the reason, or with None let it come again from its next date on."""
        subscription = self._stores.subscriptions.get(destination_of(channel))
        if subscription is not None and subscription.paused != why:
            since = self._clock.now() if why is None else subscription.since
            self._stores.subscriptions.set(replace(subscription, paused=why, since=since))

    async def _send(self, claim: Claim) -> Outcome:
        messenger = self._messengers.get(claim.channel.platform)
        if messenger is None:
            return Deferred(f"{claim.channel.platform} is not connected here", self._clock.now() + LONGEST_WAIT)
        try:
            if claim.doubtful:
                found = await self._looked_up(messenger, claim)
                if found is not None:
                    return found
            if await asyncio.to_thread(self._is_over, claim):
                return Skipped("it could not be posted before its date was over")
            async with asyncio.timeout(self._post_timeout.total_seconds()):
                return Sent(await messenger.post(claim.channel, claim.payload, claim.marker, claim.thread))
        except ChannelGone as gone:
            return Rejected(str(gone) or "the channel is gone")
        except PlatformUnreachable as unreachable:
            return Deferred(str(unreachable), self._clock.now() + wait_before(claim.attempt, unreachable.retry_after_s))
        except (OutcomeUnknown, TimeoutError) as unknown:
            self._unanswered[claim.key, claim.part] += 1
            return Unknown(str(unknown) or "no answer came back in time", self._clock.now() + self._settle)
        except Exception as mistake:  # our own mistake in one messenger must not stop the round of the others
            log.exception("posting failed", action="post_failed", destination=claim.key.destination)
            return Unknown(f"unexpected: {type(mistake).__name__}", self._clock.now() + self._settle)

    async def _looked_up(self, messenger: Messenger, claim: Claim) -> Outcome | None:
        """Return what history says of an earlier attempt; None when it was proven absent and may be posted again."""
        since = claim.doubtful_since or self._clock.now()
        if self._clock.now() - since > DOUBT_CAP:
            return Held("nobody could tell for a day whether it was posted")
        try:
            async with asyncio.timeout(self._post_timeout.total_seconds()):
                found = await messenger.find(claim.channel, claim.marker, since - CLOCK_MARGIN)
        except HistoryUnreadable as unreadable:
            return Held(str(unreadable) or "the channel's history may not be read")
        except (PlatformUnreachable, OutcomeUnknown, TimeoutError) as error:
            # Only the look-up is repeated; nothing is posted on a guess.
            return Unknown(f"history could not be read: {error}", self._clock.now() + self._settle)
        if found is not None:
            return Sent(found)
        unanswered = self._unanswered[claim.key, claim.part]
        return Held("it got no answer too often") if unanswered >= UNANSWERED_CAP else None

    def _is_over(self, claim: Claim) -> bool:
        """Tell whether a digest that was not begun has lost its date: yesterday's never comes beside today's."""
        if claim.part > 0 or claim.key in self._asked_again:
            return False
        subscription = self._stores.subscriptions.get(claim.key.destination)
        zone = subscription.zone if subscription is not None else LAST_ZONE
        midnight = datetime.combine(claim.key.local_date + timedelta(days=1), time(0), tzinfo=zone)
        return self._clock.now() >= midnight.astimezone(UTC) + GRACE


def digest_reply(desk: Desk, owner: Member | Channel, digest: Digest, *, late: bool) -> PicksReply:
    """Return what a digest says: the same facts on every platform."""
    day = digest.local_date
    heading = f"{owners_in_words(owner).capitalize()} paper round of {day:%A}, {day.day} {day:%B %Y}"
    offered = tuple(
        OfferedPick(number, pick, paper_buttons(pick.paper.id)) for number, pick in enumerate(digest.picks, start=1)
    )
    return PicksReply(heading, offered, notes_for(desk, owner), footer_for(owner), late=late)


def owner_of(subscription: Subscription) -> Member | Channel:
    """Return whose profile a subscription delivers: the member's in a direct conversation."""
    return _profile_owner(subscription.channel)


def marker_of(key: DeliveryKey, part: int) -> str:
    """Return the text by which history finds a part: the same at every attempt, and telling nothing of its place."""
    told = f"{key.destination}|{key.local_date.isoformat()}|{key.edition}|{part}"
    return f"pr-{hashlib.sha256(told.encode()).hexdigest()[:20]}"


def wait_before(attempt: int, retry_after_s: float | None) -> timedelta:
    """Return how long to wait before the next attempt: the platform's own word, else 5 s doubled up to 10 minutes."""
    if retry_after_s is not None:
        return timedelta(seconds=max(retry_after_s, 0.0))
    doubled: timedelta = FIRST_WAIT * (1 << min(max(attempt - 1, 0), 10))
    return min(doubled, LONGEST_WAIT)


def _profile_owner(channel: Channel) -> Member | Channel:
    if not channel.direct:
        return channel
    return Member(channel.platform, channel.community, channel.id.removeprefix("@"), name=channel.name)
