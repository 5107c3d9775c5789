"""Sending what is planned: claim a part, look it up when in doubt, post it, settle it."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import ParamSpec, TypeVar
from zoneinfo import ZoneInfo

import structlog

from bot.deliveries import Claim, Deferred, Held, Outcome, Rejected, Sent, Skipped, Unknown
from bot.gathering import Gathered
from bot.lanes import Lanes
from bot.model import Channel, DeliveryKey, destination_of
from bot.notes import Notes
from bot.ports import (
    ChannelGone,
    Clock,
    HistoryUnreadable,
    Messenger,
    OutcomeUnknown,
    PlatformUnreachable,
    StorageUnavailable,
    StorageUnusable,
    Stores,
)
from bot.schedule import GRACE
from bot.words import marked

log = structlog.get_logger()

P = ParamSpec("P")
R = TypeVar("R")

# Beyond these nobody tries on: the host decides.
UNANSWERED_CAP = 5
DOUBT_CAP = timedelta(hours=24)

# A platform that cannot be reached is asked again after this, doubled for each attempt.
FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=10)
LONGEST_WORD = timedelta(days=1)

# Where a date ends last on Earth: counts for a destination whose zone is not known any more.
LAST_ZONE = ZoneInfo("Etc/GMT+12")

# News is worth telling for a while; a week later nobody waits for it.
NOTE_LIFE = timedelta(days=3)

# Why a digest was not posted when nobody could be reached until its date was over.
NOT_IN_TIME = marked("it could not be posted before its date was over")

# History is read from a little before the first attempt: the platform's clock is not ours.
CLOCK_MARGIN = timedelta(seconds=60)

# A place that refused a message so shortly after another gets its next ones at that pace; a longer wait is no pace.
LONGEST_REST = timedelta(seconds=3)

# The ledger is asked on threads of its own, so that a round of thousands never stands before somebody's command. They
# wait for the disk most of the time, and whoever waits together is written down together.
LEDGER_THREADS = 16


class Sender:
    """Sends planned parts, several at once. Callers: the round.

    Attributes:
        asked_again: Digests that the host asked for by name: they are sent whatever their date.
    """

    def __init__(  # noqa: PLR0913  # what the round was given, handed on
        self,
        stores: Stores,
        notes: Notes,
        clock: Clock,
        messengers: Mapping[str, Messenger],
        *,
        settle: timedelta,
        post_timeout: timedelta,
        on_sent: Callable[[Claim], None],
    ) -> None:
        self.asked_again: set[DeliveryKey] = set()
        self.stopping = False
        self._stores = stores
        self._notes = notes
        self._clock = clock
        self._messengers = messengers
        self._settle = settle
        self._post_timeout = post_timeout
        self._on_sent = on_sent
        self._threads = ThreadPoolExecutor(LEDGER_THREADS, thread_name_prefix="ledger")
        # How long places rest between two messages, where they have told.
        self._rests: dict[str, timedelta] = {}
        self._claimed: Gathered[None, Claim | None] = Gathered(lambda free: self._aside(self._claim, len(free)))
        self._settled: Gathered[tuple[Claim, Outcome], bool] = Gathered(lambda ended: self._aside(self._note, ended))
        self._lanes = Lanes(lambda: asyncio.get_running_loop().time())
        # Posts of a part that got no answer, since this process began.
        self._unanswered: Counter[tuple[DeliveryKey, int]] = Counter()

    async def send_all(self, touched: dict[DeliveryKey, None]) -> None:
        """Send until nothing can be claimed; whose parts were, is added to ``touched``."""
        while claim := await self._claimed(None):
            touched[claim.key] = None
            outcome = await self._send(claim)
            if not await self._settled((claim, outcome)):
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
                about=claim.about,
            )
            if claim.part == 0 or not isinstance(outcome, Sent):
                await self._aside(self._after, claim, outcome)

    def pause(self, channel: Channel, why: str | None) -> None:
        """Stop the round of a channel with the reason, or with None let it come again from its next date on."""
        subscription = self._stores.subscriptions.get(destination_of(channel))
        if subscription is None or subscription.paused == why:
            return
        now = self._clock.now()
        if why is not None and subscription.paused is None:
            # Before it is paused: whoever dies in between meets the same refusal again, and the ledger knows the note.
            self._notes.tell_of_pause(subscription, why, now)
        since = now if why is None else subscription.since
        self._stores.subscriptions.set(replace(subscription, paused=why, since=since))

    async def _aside(self, deed: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        return await asyncio.get_running_loop().run_in_executor(self._threads, lambda: deed(*args, **kwargs))

    def _claim(self, free: int) -> list[Claim | None]:
        """Take a part for each of the senders that are free to post it, None for those who find none.

        None waits in this process for its turn: whoever dies leaves no more in doubt than what was being posted.
        """
        if self.stopping:
            return [None] * free
        # Who holds it may look once and post once, so a live sender keeps its claim; and when it is taken from a dead
        # one, the last that this one can have posted has had the time to show in the history. A lease counts from its
        # claim, not from the start of the round.
        lease = 2 * self._post_timeout + self._settle
        claims = self._stores.ledger.claim_many(self._clock.now(), lease, free)
        return [*claims, *([None] * (free - len(claims)))]

    def _note(self, ended: Sequence[tuple[Claim, Outcome]]) -> list[bool]:
        """Write down what became of parts; tell of each whether it was: it may not be this process's any more."""
        try:
            lost = self._stores.ledger.settle_many(ended, self._clock.now())
        except (StorageUnavailable, StorageUnusable):
            raise
        except Exception:  # a mistake of ours in one outcome must not leave the others in doubt
            if len(ended) > 1:
                return [noted for one in ended for noted in self._note([one])]
            # Its claim runs out; then it is looked up.
            log.exception("settling failed", action="settling_failed", destination=ended[0][0].key.destination)
            return [False]
        return [claim not in lost for claim, _ in ended]

    def _after(self, claim: Claim, outcome: Outcome) -> None:
        if isinstance(outcome, Sent) and claim.part == 0:
            self._on_sent(claim)
        if claim.about is not None:
            return
        if isinstance(outcome, Rejected):
            self.pause(claim.channel, outcome.why)
        if isinstance(outcome, Held) and (subscription := self._stores.subscriptions.get(claim.key.destination)):
            self._notes.tell_of_doubt(subscription, claim.key, outcome.why, self._clock.now())

    async def _send(self, claim: Claim) -> Outcome:
        messenger = self._messengers.get(claim.channel.platform)
        if messenger is None:
            return Deferred(
                f"{marked('its platform is not connected here')} ({claim.channel.platform})",
                self._clock.now() + LONGEST_WAIT,
            )
        if rest := self._rest_of(claim):
            return Deferred(marked("many messages wait for its platform"), self._clock.now() + rest)
        with self._lanes.under_way(claim.channel.platform):
            return await self._post(messenger, claim)

    def _rest_of(self, claim: Claim) -> timedelta | None:
        """Return how long a digest should wait before it is begun; one that is begun is finished first."""
        if claim.part > 0 or claim.doubtful or len(self._messengers) == 1:
            return None
        rest_s = self._lanes.rest_s(claim.channel.platform, waited=claim.attempt > 1)
        return None if rest_s is None else timedelta(seconds=rest_s)

    async def _post(self, messenger: Messenger, claim: Claim) -> Outcome:
        try:
            if claim.doubtful:
                found = await self._looked_up(messenger, claim)
                if found is not None:
                    return found
            if claim.part == 0 and await self._aside(self._is_over, claim):
                return Skipped(NOT_IN_TIME)
            async with asyncio.timeout(self._post_timeout.total_seconds()):
                message = await messenger.post(claim.channel, claim.payload, claim.marker, claim.thread)
            rest = self._rests.get(claim.key.destination)
            return Sent(message, None if rest is None else self._clock.now() + rest)
        except ChannelGone as gone:
            return Rejected(str(gone) or marked("the channel is gone"))
        except PlatformUnreachable as unreachable:
            self._learn_pace(claim, unreachable.retry_after_s)
            return Deferred(str(unreachable), self._clock.now() + wait_before(claim.attempt, unreachable.retry_after_s))
        except (OutcomeUnknown, TimeoutError) as unknown:
            self._unanswered[claim.key, claim.part] += 1
            return Unknown(str(unknown) or marked("no answer came back in time"), self._clock.now() + self._settle)
        except Exception as mistake:  # our own mistake in one messenger must not stop the round of the others
            # It may have happened before or after the platform had the message, so it counts like no answer at all.
            self._unanswered[claim.key, claim.part] += 1
            log.exception("posting failed", action="post_failed", destination=claim.key.destination)
            return Unknown(f"{marked('unexpected')}: {type(mistake).__name__}", self._clock.now() + self._settle)

    def _learn_pace(self, claim: Claim, retry_after_s: float | None) -> None:
        if claim.part > 0 and retry_after_s is not None and 0 < retry_after_s <= LONGEST_REST.total_seconds():
            self._rests[claim.key.destination] = timedelta(seconds=retry_after_s)

    async def _looked_up(self, messenger: Messenger, claim: Claim) -> Outcome | None:
        """Return what history says of an earlier attempt; None when it was proven absent and may be posted again."""
        now = self._clock.now()
        since = claim.doubtful_since or now
        # After a restore the doubt is as old as the backup, and nobody has looked yet.
        if claim.attempt > 1 and now - max(since, claim.planned_at) > DOUBT_CAP:
            return Held(marked("nobody could tell for a day whether it was posted"))
        try:
            async with asyncio.timeout(self._post_timeout.total_seconds()):
                found = await messenger.find(claim.channel, claim.marker, since - CLOCK_MARGIN, claim.thread)
        except HistoryUnreadable as unreadable:
            return Held(str(unreadable) or marked("the channel's history may not be read"))
        except (PlatformUnreachable, OutcomeUnknown, TimeoutError) as error:
            # Only the look-up is repeated; nothing is posted on a guess.
            return Unknown(f"{marked('history could not be read')}: {error}", self._clock.now() + self._settle)
        if found is not None:
            return Sent(found)
        unanswered = self._unanswered[claim.key, claim.part]
        return Held(marked("it got no answer too often")) if unanswered >= UNANSWERED_CAP else None

    def _is_over(self, claim: Claim) -> bool:
        """Tell whether a digest that was not begun has lost its date: yesterday's never comes beside today's."""
        if claim.key in self.asked_again:
            return False
        subscription = self._stores.subscriptions.get(claim.key.destination)
        zone = subscription.zone if subscription is not None else LAST_ZONE
        midnight = datetime.combine(claim.key.local_date + timedelta(days=1), time(0), tzinfo=zone)
        life = GRACE if claim.about is None else NOTE_LIFE
        return self._clock.now() >= midnight.astimezone(UTC) + life


def wait_before(attempt: int, retry_after_s: float | None) -> timedelta:
    """Return how long to wait before the next attempt: the platform's own word, else 5 s doubled up to 10 minutes.

    A word that is no wait (0, below, no number) counts as none, and one for longer than `LONGEST_WORD` as that.
    """
    if retry_after_s is not None and retry_after_s > 0:
        return timedelta(seconds=min(retry_after_s, LONGEST_WORD.total_seconds()))
    doubled: timedelta = FIRST_WAIT * (1 << min(max(attempt - 1, 0), 10))
    return min(doubled, LONGEST_WAIT)
