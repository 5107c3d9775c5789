"""Stores of the daily round: digests, schedules, the ledger and what follows a digest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from bot.deliveries import ChangedPick, Claim, DeliveryRecord, Note, Outcome, PlannedPart
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
)


@dataclass(frozen=True, slots=True)
class ScoredPick:
    """As much of a pick as says how well scores foretell a like."""

    profile: ProfileId
    paper: PaperId
    score: float


class Digests(Protocol):
    """Which picks were made for a profile on a local date. Callers: the facade."""

    def get(self, profile: ProfileId, local_date: date, edition: int) -> Digest | None: ...

    def keep(self, digest: Digest) -> None:
        """Store it, in place of the one with the same profile, date and edition."""

    def shown_to(self, profile: ProfileId) -> dict[PaperId, date]:
        """Return every paper ever picked for a profile, with the first local date."""

    def ever_shown(self, profile: ProfileId) -> frozenset[PaperId]:
        """Return the same papers without their dates: years of them are asked for with each digest."""

    def recent(self, profile: ProfileId, limit: int) -> list[Digest]:
        """Return the newest digests of a profile, newest first."""

    def of_day(self, profile: ProfileId, local_date: date) -> list[Digest]:
        """Return all digests of a profile for a local date, by their editions."""

    def scores(self, profile: ProfileId, limit: int) -> list[ScoredPick]:
        """Return the picks of the newest digests of a profile, oldest digest first, without all else they hold."""

    def scores_since(self, first: date) -> list[ScoredPick]:
        """Return the picks of all digests for local dates from ``first`` on, oldest first."""

    def since(self, first: date) -> list[Digest]:
        """Return all digests for local dates from ``first`` on, oldest first: for quality figures."""


class Subscriptions(Protocol):
    """Who asked for which digest. Callers: the facade. At most one for each destination."""

    def set(self, subscription: Subscription) -> None: ...

    def get(self, destination: str) -> Subscription | None: ...

    def remove(self, destination: str) -> bool: ...

    def all(self) -> list[Subscription]: ...

    def any_of(self, member: Member) -> bool:
        """Return whether a round brings a member's own picks, or a member set one for others or for a channel."""


class Ledger(Protocol):
    """Deliveries and what became of them: at most one digest for each key, over crashes and beside other processes.

    Callers: ``Paperround.deliver_due`` plans, claims and settles; nobody else writes.
    Every method can raise `StorageUnavailable`.
    """

    def plan(  # noqa: PLR0913
        self,
        key: DeliveryKey,
        profile: ProfileId,
        channel: Channel,
        parts: Sequence[PlannedPart],
        *,
        late: bool,
        digest: Digest | None,
        now: datetime,
    ) -> bool:
        """Write a digest down, with its picks, in one transaction before anything is sent.

        No parts: the date is settled with nothing to say (state ``skipped``).

        Returns:
            False when the key was planned before; the first payload and picks stand.
        """

    def skip(self, key: DeliveryKey, profile: ProfileId, channel: Channel, why: str, now: datetime) -> bool:
        """Settle a date without a message, with the reason; False when the key was planned before."""

    def plan_note(self, note: Note, now: datetime) -> DeliveryKey | None:
        """Write down a message beside the digests; return its key, None when its destination had one about the same.

        No parts: it is settled with nothing to say (state ``skipped``).
        """

    def newest(self) -> datetime | None:
        """Return when the newest delivery was planned, None when there is none since the clock was last confirmed."""

    def confirm_clock(self) -> None:
        """Leave what is written so far out of `newest`: the host says that the clock ran ahead then, and is right."""

    def planned_since(self, first: date) -> frozenset[DeliveryKey]:
        """Return the keys planned for local dates from ``first`` on. It saves work only: `plan` is what decides."""

    def claim(self, now: datetime, lease: timedelta) -> Claim | None:
        """Take the longest-waiting part that nobody holds and whose earlier parts are settled; None when none is.

        A destination gets one message at a time: a delivery waits until those that were planned for it before are done.
        Durable when it returns: whoever crashes after this leaves a doubtful part behind, never a lost one.
        """

    def claim_many(self, now: datetime, lease: timedelta, limit: int) -> list[Claim]:
        """Take up to ``limit`` parts at once, as `claim` does one after the other; the lease of all begins now."""

    def settle(self, claim: Claim, outcome: Outcome, now: datetime) -> None:
        """Record what became of a claim. Rejected, Held and Skipped settle the later parts of the same digest likewise.

        Raises:
            ClaimLost: Somebody else claimed it meanwhile, or it is settled.
        """

    def settle_many(self, settled: Sequence[tuple[Claim, Outcome]], now: datetime) -> list[Claim]:
        """Record what became of several claims at once, as `settle` does; return those that were lost instead."""

    def redo(self, key: DeliveryKey, now: datetime) -> int:
        """Plan the parts anew that were held, rejected or skipped after they had been written; return how many.

        The payloads stand. Whatever doubt there was is the host's now, who asked for this by name.
        """

    def drop_words(self, before: date) -> int:
        """Let go of what settled messages said for local dates before this one; return how many said something.

        That they were sent stays known, and which paper each showed; nothing of them can be sent again.
        """

    def next_due(self, now: datetime) -> datetime | None:
        """Return when the next open part can be claimed, None when nothing is open."""

    def of(self, key: DeliveryKey) -> list[DeliveryRecord]:
        """Return the parts of one digest in order."""

    def recent(self, destination: str | None, limit: int) -> list[DeliveryRecord]:
        """Return the newest parts, of one destination or of all, newest first."""

    def by_message(self, channel: Channel, message: MessageId) -> DeliveryRecord | None:
        """Return the part that was posted as this message, None when it is none of ours."""


class FollowUps(Protocol):
    """Posted picks with news of their papers. Callers: the round. Can raise `StorageUnavailable`."""

    def changed(self, first: date) -> tuple[list[ChangedPick], int]:
        """Return the posted picks of digests from ``first`` on that changed since `read_up_to`, and up to which change.

        Oldest digest first, its messages in order. Only what is more than is known counts: a higher version, a
        withdrawal, code where there was none, more votes.
        """

    def plan(self, note: Note, told: Sequence[ChangedPick], now: datetime) -> DeliveryKey | None:
        """Write a note down, and in the same transaction ``known`` of each pick as what its readers know from now on.

        None when there was a note about the same; then, too, that is what they know.
        """

    def read_up_to(self, change: int) -> None:
        """Leave out of `changed` from now on what is no newer than this change."""


class ClubVotes(Protocol):
    """What members want their journal club to read. Callers: the facade and the round."""

    def vote(self, member: Member, channel: Channel, week: date, paper: PaperId, now: datetime) -> bool:
        """Keep the one vote of a member, in place of an earlier one; False when it was this already."""

    def counts(self, channel: Channel, week: date) -> Mapping[PaperId, int]:
        """Return how many members voted for each paper that has a vote."""


class Turns(Protocol):
    """Work that one process does at a time, however many there are. Callers: the polling of sources, the round.

    A process that dies gives back what it took by dying. Every method can raise `StorageUnavailable`.
    """

    def take(self, name: str) -> bool:
        """Take a turn by its name and return True; False while somebody else, also in this process, has it."""

    def give_back(self, name: str) -> None:
        """Let others take it; what is not held is given back without a word."""


class Gauges(Protocol):
    """Counts of what is kept, for whoever watches the process. Can raise `StorageUnavailable`."""

    def deliveries(self) -> dict[DeliveryState, int]:
        """Return how many parts of digests are in each state, of every state."""

    def waiting(self, now: datetime) -> tuple[int, timedelta]:
        """Return how many parts could be claimed by now, and how long the first has waited; of a digest its next."""
