"""Planning: which digests are due, what each says, and its words written into the ledger before anything is sent."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import structlog

from bot.answers.posted import digest_reply, left_over_in_words, missed_in_words
from bot.answers.today import DigestPlace, Made, make_digest, nothing_today, scheduled_digest
from bot.deliveries import DeliveryRecord, Layout, PlannedPart
from bot.desk import Desk
from bot.interruptions import FAILED_DATES, NOTHING_ARRIVED
from bot.markers import Markers
from bot.model import Channel, DeliveryKey, DeliveryState, Subscription
from bot.notes import Notes, owner_of_round
from bot.ports import Clock, Messenger, StorageUnavailable, StorageUnusable
from bot.preferences import chosen
from bot.replies import Reply
from bot.schedule import DueDigest, dates_before, due_digests, evenly
from bot.words import spoken

log = structlog.get_logger()

# More parts than so many digests have, extra ones between them included.
FAILED_PARTS = 200
UNDELIVERED = {DeliveryState.HELD, DeliveryState.REJECTED, DeliveryState.SKIPPED}


@dataclass(frozen=True, slots=True)
class Foretold:
    """What a digest would say.

    Attributes:
        reply: None when it would say nothing.
        language: In which it says that.
    """

    made: Made
    reply: Reply | None
    language: str


class Planner:
    """Reads and ranks for seconds on end, so it is called on a thread. Callers: the round."""

    def __init__(  # what the round was given, handed on
        self,
        desk: Desk,
        notes: Notes,
        markers: Markers,
        clock: Clock,
        messengers: Mapping[str, Messenger],
        pause: Callable[[Channel, str], None],
    ) -> None:
        """Plan for the platforms of ``messengers``; digests for others are left to the process that has theirs."""
        self._desk = desk
        self._stores = desk.stores
        self._notes = notes
        self._markers = markers
        self._clock = clock
        self._messengers = messengers
        self._pause = pause

    def due(self) -> list[DueDigest]:
        """Return the digests that are due now and not planned yet, the communities taking turns."""
        now = self._clock.now()
        subscriptions = [
            found for found in self._stores.subscriptions.all() if found.channel.platform in self._messengers
        ]
        if not subscriptions:
            return []
        planned = self._stores.ledger.planned_since(now.date() - timedelta(days=2))
        return evenly(due_digests(subscriptions, now, planned))

    def plan(self, due: Sequence[DueDigest], passed: list[DueDigest]) -> dict[DeliveryKey, Reply | None]:
        """Plan digests; return what each says, None for those that say nothing.

        Args:
            passed: Takes those that another process is planning: it may die of it.
        """
        said: dict[DeliveryKey, Reply | None] = {}
        for digest in due:
            # Several processes begin with the same digests; each passes over what another plans, or has planned.
            turn = f"plan {digest.key.destination} {digest.key.local_date}"
            if not self._stores.turns.take(turn):
                passed.append(digest)
                continue
            try:
                if not self._stores.ledger.of(digest.key):
                    self._plan_or_pause(digest, said)
            except (StorageUnavailable, StorageUnusable):
                raise
            except Exception:  # a mistake of ours about one place must not keep the others from theirs
                # It stays due, and the next round tries again.
                log.exception("planning failed", action="planning_failed", destination=digest.key.destination)
            finally:
                self._stores.turns.give_back(turn)
        return said

    def _plan_or_pause(self, digest: DueDigest, said: dict[DeliveryKey, Reply | None]) -> None:
        if failing := self._failing(digest):
            log.warning("paused", action="round_paused", destination=digest.key.destination, why=failing)
            self._pause(digest.subscription.channel, failing)
        else:
            said[digest.key] = self._planned(digest)

    def write_down(
        self, key: DeliveryKey, subscription: Subscription, made: Made, *, late: bool, now: datetime
    ) -> Reply | None:
        """Put a digest into the ledger; return what it says, None when it says nothing."""
        channel = subscription.channel
        if not made.digest.picks and subscription.quiet:
            self._stores.ledger.skip(key, subscription.profile, channel, "no pick above the bar", now)
            return None
        layout = Layout(chosen(self._stores.preferences.of(subscription.profile), "layout"))
        with spoken(self._notes.language_in(channel)):
            reply = self._reply(subscription, made, key, late=late, now=now)
            rendered = self._messengers[channel.platform].render(reply, layout)
        parts = tuple(
            PlannedPart(number, payload, self._markers.of_digest(key, number), paper)
            for number, (payload, paper) in enumerate(rendered)
        )
        self._stores.ledger.plan(key, subscription.profile, channel, parts, late=late, digest=made.digest, now=now)
        return reply

    def foretell(self, due: DueDigest) -> Foretold:
        """Return what a digest would say if it were planned now; nothing is written."""
        subscription = due.subscription
        now = self._clock.now()
        place = DigestPlace(due.key.local_date, among_many=True)
        owner = owner_of_round(self._stores, subscription.profile, subscription.channel)
        made = make_digest(self._desk, owner, None, place, subscription.count, now)
        quiet = not made.digest.picks and subscription.quiet
        language = self._notes.language_in(subscription.channel)
        with spoken(language):
            reply = None if quiet else self._reply(subscription, made, due.key, late=due.late, now=now)
        return Foretold(made, reply, language)

    def _planned(self, due: DueDigest) -> Reply | None:
        subscription = due.subscription
        now = self._clock.now()
        owner = owner_of_round(self._stores, subscription.profile, subscription.channel)
        made = scheduled_digest(self._desk, owner, due.key.local_date, subscription.count, now)
        return self.write_down(due.key, subscription, made, late=due.late, now=now)

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
        return f"{NOTHING_ARRIVED}{newest[0][0].why}"

    def _reply(self, subscription: Subscription, made: Made, key: DeliveryKey, *, late: bool, now: datetime) -> Reply:
        owner = owner_of_round(self._stores, subscription.profile, subscription.channel)
        if not made.digest.picks:
            return nothing_today(self._desk, owner, made, now)
        reply = digest_reply(self._desk, owner, made.digest, late=late)
        if key.edition > 0:
            return reply
        told = (
            *missed_in_words(subscription, self._missed(subscription, key)),
            *left_over_in_words(self._desk, made.digest),
        )
        return replace(reply, notes=(*reply.notes, *told))

    def _missed(self, subscription: Subscription, key: DeliveryKey) -> list[date]:
        """Return the dates just before this one whose digests did not come, oldest first."""
        missed: list[date] = []
        for day in dates_before(subscription, key.local_date):
            records = self._stores.ledger.of(replace(key, local_date=day))
            if not all(record.payload and record.state in UNDELIVERED | {DeliveryState.PLANNED} for record in records):
                break
            missed.insert(0, day)
        return missed
