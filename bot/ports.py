"""What the core needs from outside. Each port names who calls it and what may go wrong.

Stores and `SearchIndex` are synchronous and called off the event loop; `Messenger` and `Source` are asynchronous: they
wait on a network. Every instant that goes in or comes out is aware; a naive one raises ValueError.
"""

from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from bot.announcements import RejectedItem, SourceState
from bot.deliveries import Claim, DeliveryRecord, Outcome, PlannedPart
from bot.model import (
    Channel,
    DeliveryKey,
    Digest,
    Feedback,
    FollowedInterest,
    Member,
    MessageId,
    Paper,
    PaperId,
    Profile,
    ProfileId,
    Subscription,
)
from bot.replies import Reply


class StorageUnavailable(Exception):
    """The store did not answer or is full; nothing was changed. The caller may try the same call again."""


class StorageUnusable(Exception):
    """The data folder or database cannot be used as it is; the text says why and what to do."""


class DataFolderInUse(Exception):
    """Another process holds the data folder; the text names its number and its machine."""


class ClaimLost(Exception):
    """The lease ran out and another process holds this delivery now. The caller drops it and does nothing more."""


class ChannelGone(Exception):
    """The channel was deleted, archived or the bot removed; trying again is useless."""


class PlatformUnreachable(Exception):
    """Nothing was sent. Trying again later is safe; ``retry_after_s`` is the platform's own word on when, or None."""

    def __init__(self, why: str, retry_after_s: float | None = None) -> None:
        super().__init__(why)
        self.retry_after_s = retry_after_s


class OutcomeUnknown(Exception):
    """It may have been sent. Only looking in the channel can tell."""


class HistoryUnreadable(Exception):
    """The bot may not read this channel's history, or the platform keeps none."""


class Clock(Protocol):
    """Tells the time. Callers: the facade, once for each ask, press or round."""

    def now(self) -> datetime:
        """Return the present instant, aware."""


class Papers(Protocol):
    """Stored papers. Callers: the facade's ingest and answers; the engine's build. Can raise `StorageUnavailable`."""

    def upsert(self, papers: Sequence[Paper], now: datetime) -> "Upserted":
        """Store a batch in one transaction; a paper known by id, DOI or title (see `same_work`) is updated in place.

        An update never replaces what is known by nothing: an empty abstract, no authors, no date leave the stored ones.
        """

    def get(self, ids: Collection[PaperId]) -> dict[PaperId, Paper]:
        """Return those of ``ids`` that are stored; an id that was merged into another finds that other."""

    def count(self) -> int: ...

    def since(self, instant: datetime) -> list[PaperId]:
        """Return ids of papers announced or first stored at ``instant`` or later, newest first."""

    def changed_after(self, change: int, limit: int = 5000) -> tuple[list[Paper], int]:
        """Return papers of the change log after number ``change``, oldest change first, and the last number returned.

        Each paper stands once, in its newest state. With nothing new: ([], change). Numbering begins at 1.
        """

    def per_source(self, since: datetime) -> dict[str, int]:
        """Return how many papers each source announced at ``since`` or later."""

    def by_title(self, title: str) -> Paper | None:
        """Return the paper whose normalised title is that of ``title``, None when there is none."""

    def all(self) -> Iterator[Paper]:
        """Stream every stored paper, oldest first, holding few of them in memory."""


@dataclass(frozen=True, slots=True)
class Upserted:
    added: int
    updated: int
    duplicates: int
    """``duplicates`` brought nothing new: the stored paper already said all of it."""


class SearchIndex(Protocol):
    """Plain full-text lookup that is always in step with `Papers`. Callers: answers given while the engine warms up.

    Never raises for any text: what has no searchable word finds nothing.
    """

    def search(self, words: Sequence[str], limit: int) -> list[tuple[PaperId, float]]:
        """Return papers that hold any of the words, best first (BM25; higher is better)."""


class Profiles(Protocol):
    """Interests of members and channels. Callers: the facade. Can raise `StorageUnavailable`."""

    def get(self, profile: ProfileId) -> Profile: ...

    def follow(self, profile: ProfileId, text: str, *, muted: bool, now: datetime) -> FollowedInterest | None:
        """Add an interest (already parsed and printed back); None when the profile has exactly this one already."""

    def unfollow(self, profile: ProfileId, number: int) -> FollowedInterest | None:
        """Remove and return it; None when there is none with that number."""


class Preferences(Protocol):
    """What members and channels chose out of `bot.preferences`. Callers: the facade, and adapters that post."""

    def of(self, profile: ProfileId) -> dict[str, str]:
        """Return the choices that differ from what is usual, by name."""

    def set(self, profile: ProfileId, name: str, choice: str | None) -> None:
        """Keep a choice in place of the one before; None takes it back to what is usual."""

    def profiles_with(self, name: str, choice: str) -> list[ProfileId]:
        """Return who chose this, in order of their ids."""


class FeedbackLog(Protocol):
    """Acts of members, append-only. Callers: the facade."""

    def record(self, feedback: Feedback) -> bool:
        """Keep one act, durably when it returns; False when the same event was recorded before."""

    def record_all(self, acts: Sequence[Feedback]) -> int:
        """Keep many acts, all or none, durably when it returns; return how many were not recorded before."""

    def of_member(self, member: Member) -> list[Feedback]:
        """Return all acts of a member, oldest first, undos included."""

    def in_channel(self, channel: Channel) -> list[Feedback]:
        """Return all acts in a channel, oldest first, undos included."""

    def of_paper(self, paper: PaperId, community: str, platform: str) -> list[Feedback]:
        """Return the acts on one paper within a community, and the undos of those, oldest first."""

    def since(self, instant: datetime) -> list[Feedback]:
        """Return all acts from an instant on, oldest first: for what is trending and for quality figures."""


class Digests(Protocol):
    """Which picks were made for a profile on a local date. Callers: the facade."""

    def get(self, profile: ProfileId, local_date: date, edition: int) -> Digest | None: ...

    def keep(self, digest: Digest) -> None:
        """Store it, in place of the one with the same profile, date and edition."""

    def shown_to(self, profile: ProfileId) -> dict[PaperId, date]:
        """Return every paper ever picked for a profile, with the first local date."""

    def recent(self, profile: ProfileId, limit: int) -> list[Digest]:
        """Return the newest digests of a profile, newest first."""

    def since(self, first: date) -> list[Digest]:
        """Return all digests for local dates from ``first`` on, oldest first: for quality figures."""


class Subscriptions(Protocol):
    """Who asked for which digest. Callers: the facade. At most one for each destination."""

    def set(self, subscription: Subscription) -> None: ...

    def get(self, destination: str) -> Subscription | None: ...

    def remove(self, destination: str) -> bool: ...

    def all(self) -> list[Subscription]: ...


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

    def planned_since(self, first: date) -> frozenset[DeliveryKey]:
        """Return the keys planned for local dates from ``first`` on. It saves work only: `plan` is what decides."""

    def claim(self, now: datetime, lease: timedelta) -> Claim | None:
        """Take the longest-waiting part that nobody holds and whose earlier parts are settled; None when none is.

        Durable when it returns: whoever crashes after this leaves a doubtful part behind, never a lost one.
        """

    def settle(self, claim: Claim, outcome: Outcome, now: datetime) -> None:
        """Record what became of a claim. Rejected, Held and Skipped settle the later parts of the same digest likewise.

        Raises:
            ClaimLost: Somebody else claimed it meanwhile, or it is settled.
        """

    def redo(self, key: DeliveryKey, now: datetime) -> int:
        """Plan the parts anew that were held, rejected or skipped after they had been written; return how many.

        The payloads stand. Whatever doubt there was is the host's now, who asked for this by name.
        """

    def next_due(self, now: datetime) -> datetime | None:
        """Return when the next open part can be claimed, None when nothing is open."""

    def of(self, key: DeliveryKey) -> list[DeliveryRecord]:
        """Return the parts of one digest in order."""

    def recent(self, destination: str | None, limit: int) -> list[DeliveryRecord]:
        """Return the newest parts, of one destination or of all, newest first."""

    def by_message(self, channel: Channel, message: MessageId) -> DeliveryRecord | None:
        """Return the part that was posted as this message, None when it is none of ours."""


class Saves(Protocol):
    """Reading lists. Callers: the facade."""

    def add(self, member: Member, paper: PaperId, now: datetime) -> bool: ...

    def remove(self, member: Member, paper: PaperId) -> bool: ...

    def of(self, member: Member) -> list[PaperId]:
        """Return the member's saved papers, newest first."""


@dataclass(frozen=True, slots=True)
class Submission:
    """A paper that a member brought to the community, with a word on why; ``note`` may be empty."""

    member: Member
    paper: PaperId
    note: str
    at: datetime


class Submissions(Protocol):
    """Papers that members brought. Callers: the facade."""

    def add(self, submission: Submission) -> bool:
        """Keep it; False when somebody of the community brought that paper before."""

    def since(self, platform: str, community: str, instant: datetime) -> list[Submission]:
        """Return what a community's members brought from an instant on, newest first."""

    def of(self, platform: str, community: str, paper: PaperId) -> Submission | None:
        """Return who brought a paper to a community, None when nobody did."""


class Lookup(Protocol):
    """Knows single papers by their identifier. Callers: the facade, for links that members bring."""

    async def paper(self, paper: PaperId, now: datetime) -> Paper | None:
        """Return a paper as its own service tells it; None when no service knows it.

        Raises:
            SourceFailed: The service gave no good answer.
        """


class Communities(Protocol):
    """Communities, what members were shown last, and erasure. Callers: the facade."""

    def shown(self, member: Member | None, channel: Channel, papers: Sequence[PaperId], now: datetime) -> None:
        """Remember the newest list shown in a place: ``like 2`` means its second.

        To one member, or, with None, to everybody there, as a digest is.
        """

    def last_shown(self, member: Member, channel: Channel) -> list[PaperId]:
        """Return the newest list that the member saw there: their own, or everybody's if that came later."""

    def data_of(self, member: Member) -> dict[str, object]:
        """Return everything stored about a member, ready for JSON, a key for each kind of record."""

    def forget(self, member: Member) -> int:
        """Erase everything stored about a member in one transaction; return the number of rows."""


class IndexCache(Protocol):
    """The engine's serialised index, so that a start need not read every paper. Callers: the composition root.

    It is only ever a shortcut: what is missing, damaged or of another database loads as None.
    """

    def load(self) -> bytes | None: ...

    def save(self, content: bytes) -> None:
        """Keep it in place of the last one, whole or not at all; a full disk raises `StorageUnavailable`."""


class Stores(Protocol):
    """All that is kept, together. Callers: the facade alone, which hands each part to whom it concerns."""

    @property
    def papers(self) -> Papers: ...
    @property
    def index(self) -> SearchIndex: ...
    @property
    def profiles(self) -> Profiles: ...
    @property
    def preferences(self) -> Preferences: ...
    @property
    def feedback(self) -> FeedbackLog: ...
    @property
    def digests(self) -> Digests: ...
    @property
    def subscriptions(self) -> Subscriptions: ...
    @property
    def ledger(self) -> Ledger: ...
    @property
    def saves(self) -> Saves: ...
    @property
    def submissions(self) -> Submissions: ...
    @property
    def communities(self) -> Communities: ...
    @property
    def source_states(self) -> "SourceStates": ...
    @property
    def index_cache(self) -> IndexCache: ...

    def close(self) -> None:
        """Finish what was asked, then let go of the files; calling any part afterwards raises `StorageUnavailable`."""


class Messenger(Protocol):
    """Says things on one platform.

    Callers: the digest sender; slash answers go back through the platform's own reply.
    `post` and `find` can raise `PlatformUnreachable` (nothing was sent) and `OutcomeUnknown` (it may have been sent).
    """

    platform: str

    def render(self, reply: Reply) -> tuple[tuple[str, PaperId | None], ...]:
        """Return the messages that say ``reply`` as frozen payloads, each with the one paper that it shows, if one."""

    async def post(self, channel: Channel, payload: str, marker: str, thread: MessageId | None) -> MessageId:
        """Post a planned message. ``marker`` is carried in it, so that `find` can see it later.

        Raises:
            ChannelGone: The channel was deleted or the bot removed; trying again is useless.
        """

    async def find(self, channel: Channel, marker: str, since: datetime) -> MessageId | None:
        """Return the message with this marker posted at ``since`` or later; None only when the whole window was read.

        Raises:
            HistoryUnreadable: The history may not be read here.
        """


class Source(Protocol):
    """Where papers are announced. Callers: the facade's ingest."""

    name: str

    def papers(self, now: datetime) -> AsyncIterator[Paper | RejectedItem]:
        """Yield what the source has announced up to ``now``; a bad item is a value, not the end."""


class SourceStates(Protocol):
    """Where each source stands. Callers: the polling of sources. Can raise `StorageUnavailable`."""

    def get(self, source: str) -> SourceState:
        """Return the state kept for `Source.name`; a fresh one for a source never polled."""

    def set(self, source: str, state: SourceState) -> None:
        """Keep a state, durably when it returns, in place of the one before."""

    def all(self) -> dict[str, SourceState]:
        """Return every state kept, by the source's name: for reports."""
