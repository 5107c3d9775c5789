"""What the core needs from outside. Each port names who calls it and what may go wrong.

Stores and `SearchIndex` are synchronous and called off the event loop; `Messenger` and `Source` are asynchronous: they
wait on a network. Every instant that goes in or comes out is aware; a naive one raises ValueError.
"""

from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from bot.announcements import RejectedItem, SourceState
from bot.deliveries import ChangedPick, Claim, DeliveryRecord, Layout, Note, Outcome, PlannedPart
from bot.model import (
    Channel,
    DeliveryKey,
    DeliveryState,
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


# How a reason begins that concerns a community as a whole: once the bot is let in again, its channels come back too.
SHUT_OUT = "not connected any more: "


class CommunityGone(ChannelGone):
    """The community shut the bot out: its token was revoked, it was uninstalled. The text says what to do."""

    def __init__(self, why: str) -> None:
        super().__init__(f"{SHUT_OUT}{why}")


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


class PapersToRead(Protocol):
    """What the engine asks of stored papers. Callers: the library. Can raise `StorageUnavailable`."""

    def get(self, ids: Collection[PaperId]) -> dict[PaperId, Paper]:
        """Return those of ``ids`` that are stored; an id that was merged into another finds that other."""

    def since(self, instant: datetime) -> list[PaperId]:
        """Return ids of papers announced or first stored at ``instant`` or later, newest first."""

    def changed_after(self, change: int, limit: int = 5000) -> tuple[list[Paper], int]:
        """Return papers of the change log after number ``change``, oldest change first, and the last number returned.

        Each paper stands once, in its newest state. With nothing new: ([], change). Numbering begins at 1.
        """


class Papers(PapersToRead, Protocol):
    """Stored papers. Callers: the facade's ingest and answers; the engine's build. Can raise `StorageUnavailable`."""

    def upsert(self, papers: Sequence[Paper], now: datetime) -> "Upserted":
        """Store a batch in one transaction; a paper known by id, DOI or title (see `same_work`) is updated in place.

        An update never replaces what is known by nothing: an empty abstract, no authors, no date leave the stored ones.
        """

    def count(self) -> int: ...

    def per_source(self, since: datetime) -> dict[str, int]:
        """Return how many papers each source announced at ``since`` or later."""

    def by_title(self, title: str) -> Paper | None:
        """Return the paper whose normalised title is that of ``title``, None when there is none."""

    def all(self) -> Iterator[Paper]:
        """Stream every stored paper, oldest first, holding few of them in memory."""

    def original_abstract(self, paper: PaperId) -> str | None:
        """Return the abstract as its source wrote it; None for a paper that is not stored."""

    def clean_anew(self, reading: Callable[[str], str]) -> int:
        """Make each abstract that was cleaned from its original once more; return how many came out otherwise."""

    def withdraw(self, papers: Sequence[PaperId]) -> int:
        """Mark papers that their registry deleted; return how many were not marked before.

        Only a paper whose own id it is: an article stays when its preprint goes.
        """

    def votes_on(self, papers: Collection[PaperId], day: date) -> dict[PaperId, int]:
        """Return the votes that papers had at the end of a day (UTC), for those whose votes were seen by then."""

    def merges(self, limit: int) -> list["MergedRecord"]:
        """Return the newest records that were merged into papers of another id, newest first."""

    def unmerge(self, record: PaperId, now: datetime) -> bool:
        """Make a record that was merged into another paper a paper of its own, for good; False when it is in none.

        What the other has from it goes back to what it was. What members said under its id is its own again.
        """


@dataclass(frozen=True, slots=True)
class Upserted:
    added: int
    updated: int
    duplicates: int
    """``duplicates`` brought nothing new: the stored paper already said all of it."""


@dataclass(frozen=True, slots=True)
class MergedRecord:
    """A record, by its id, that was taken for a stored paper."""

    record: PaperId
    paper: PaperId
    at: datetime


class PaperDays(Protocol):
    """Stored papers by when they came: when they were announced, or first stored where nobody says. Callers: pages.

    A span is from ``first`` on and before ``last``. Every method can raise `StorageUnavailable`.
    """

    def announced(self, first: datetime, last: datetime, limit: int, offset: int = 0) -> list[Paper]:
        """Return the papers of a span, newest first."""

    def count(self, first: datetime, last: datetime) -> int: ...

    def most_voted(self, first: datetime, last: datetime, limit: int) -> list[Paper]:
        """Return papers of a span that have votes at their source, most votes first."""

    def last_before(self, instant: datetime) -> datetime | None:
        """Return when the newest paper came before an instant; None when none did."""

    def first_from(self, instant: datetime, last: datetime) -> datetime | None:
        """Return when the first paper of a span came; None when none did."""

    def per_day(self, first: datetime, last: datetime) -> dict[tuple[date, str], int]:
        """Return how many papers came on each day of the UTC calendar from each source, for those with any."""


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


class Saves(Protocol):
    """Reading lists. Callers: the facade."""

    def add(self, member: Member, paper: PaperId, now: datetime) -> bool: ...

    def remove(self, member: Member, paper: PaperId) -> bool: ...

    def of(self, member: Member) -> list[PaperId]:
        """Return the member's saved papers, newest first."""


@dataclass(frozen=True, slots=True)
class Submission:
    """A paper that a member brought to the community, with a word on why; ``note`` may be empty.

    Attributes:
        pending: A manager has not looked at it yet; until then it is nobody's candidate.
    """

    member: Member
    paper: PaperId
    note: str
    at: datetime
    pending: bool = False


class Submissions(Protocol):
    """Papers that members brought; `since` and `of` leave out what is pending. Callers: the facade."""

    def add(self, submission: Submission) -> bool:
        """Keep it; False when somebody of the community brought that paper before."""

    def since(self, platform: str, community: str, instant: datetime) -> list[Submission]:
        """Return what a community's members brought from an instant on, newest first."""

    def of(self, platform: str, community: str, paper: PaperId) -> Submission | None:
        """Return who brought a paper to a community, None when nobody did."""

    def pending(self, platform: str, community: str) -> list[Submission]:
        """Return what waits for a manager of a community, oldest first."""

    def decide(self, platform: str, community: str, paper: PaperId, *, accept: bool) -> Submission | None:
        """Accept what is pending, or drop it as if it had never been brought; None when nothing of it is pending."""


@dataclass(frozen=True, slots=True)
class CommunitySource:
    """A source that a community has beside the host's.

    Attributes:
        number: What managers type to remove it.
        source: The words that set it, as `SourceWords.names` gave them.
        added_by: The member's name; empty when that member was forgotten.
    """

    number: int
    source: str
    added_by: str
    at: datetime


class CommunitySources(Protocol):
    """Which sources communities added. A list is its community's own; the papers are everybody's. Callers: the facade.

    Every method can raise `StorageUnavailable`.
    """

    def add(self, member: Member, sources: Sequence[str], cap: int, now: datetime) -> list[str] | None:
        """Keep sources for the member's community and return those it did not have.

        None when it would have more than ``cap`` then; nothing is kept.
        """

    def of(self, platform: str, community: str) -> list[CommunitySource]:
        """Return a community's sources in order of their numbers."""

    def remove(self, platform: str, community: str, number: int) -> CommunitySource | None:
        """Take a source out and return it; None when the community has none with that number."""

    def names(self) -> list[str]:
        """Return the sources of all communities, each once: for polling."""


class SourceWords(Protocol):
    """Knows what members may name as a source. Callers: the facade."""

    def names(self, text: str) -> list[str]:
        """Return the words of each source that the text names, in their one form.

        Raises:
            SourceRefused: The text names no source, or one that only the host may set.
        """

    def next_poll(self, source: str, state: SourceState, now: datetime) -> datetime:
        """Return when a source that `names` gave is asked next; the past and ``now`` mean at once."""


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


@dataclass(frozen=True, slots=True)
class ManagerAct:
    """One thing that a manager changed for everybody.

    Attributes:
        member: Their id, and ``name``; both empty once they had themselves forgotten.
        place: The channel's id; ``said`` is the command in words.
    """

    member: str
    name: str
    place: str
    said: str
    at: datetime


class ManagerActs(Protocol):
    """What managers changed: added to, never changed. Callers: the answers, ``status``, the host's ``audit``.

    Every method can raise `StorageUnavailable`.
    """

    def record(self, act: ManagerAct, platform: str, community: str, event: str) -> bool:
        """Keep an act; False when the platform's event was kept before."""

    def newest(self, platform: str, community: str, limit: int) -> list[ManagerAct]:
        """Return the acts in a community, the newest first."""


@dataclass(frozen=True, slots=True)
class Erased:
    """A community of which nothing is kept any more, and how many rows that were."""

    platform: str
    community: str
    rows: int


class Departures(Protocol):
    """Communities that the bot was removed from. Callers: the facade, and the daily work.

    Every method can raise `StorageUnavailable`.
    """

    def left(self, platform: str, community: str, now: datetime) -> None:
        """Note that the bot was removed; the first instant counts."""

    def back(self, platform: str, community: str) -> bool:
        """Note that it is there again; True when it had been removed."""

    def erase_gone(self, now: datetime) -> list[Erased]:
        """Erase everything of those that left 30 days ago and did not use the bot since."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What opens something of a profile to whoever holds it.

    Attributes:
        kind: ``archive``, ``feed`` or ``token``; a profile has at most one of each.
        nonce: What the holder's secret is made from, together with the signing key; empty when it was drawn by lot.
        digest: SHA-256 of the secret, by which it is found again; empty where a signature is checked instead.
    """

    profile: ProfileId
    kind: str
    nonce: str
    digest: str
    granted_at: datetime


class Access(Protocol):
    """Who was given what. Callers: `bot.addresses`. Every method can raise `StorageUnavailable`."""

    def signing_key(self) -> bytes:
        """Return the key of this installation; it is drawn once and kept."""

    def keep(self, grant: Grant) -> None:
        """Keep a grant in place of the one of the same profile and kind, which opens nothing any more."""

    def of(self, profile: ProfileId, kind: str) -> Grant | None: ...

    def by_digest(self, kind: str, digest: str) -> Grant | None: ...

    def remove(self, profile: ProfileId, kind: str) -> bool:
        """Take a grant back; False when there is none."""


@dataclass(frozen=True, slots=True)
class MailAddress:
    """An address that a member gave, for their own picks or for those of a channel.

    Attributes:
        id: Its opaque name (see `bot.mail`).
        name: Of the channel whose picks it gets; empty for the member's own.
        schedule: When mails come, as it is typed; until ``confirmed`` nobody gets any but the one that asks.
    """

    id: str
    member: Member
    profile: ProfileId
    name: str
    address: str
    schedule: str
    asked_at: datetime
    confirmed: bool = False


class MailAddresses(Protocol):
    """Where members want mails. Callers: the facade, and the messenger that sends them.

    Every method can raise `StorageUnavailable`.
    """

    def keep(self, row: MailAddress, destination: str) -> None:
        """Keep an address in place of the one with its name; ``destination`` is what the ledger calls it."""

    def get(self, name: str) -> MailAddress | None: ...

    def of(self, member: Member, profile: ProfileId) -> list[MailAddress]:
        """Return the addresses that a member gave for a profile's picks, the newest first."""

    def for_profile(self, profile: ProfileId) -> list[MailAddress]:
        """Return everybody's addresses for a profile's picks, oldest first."""

    def remove(self, name: str) -> bool:
        """Forget an address; False when there was none."""

    def tries(self, mark: str, since: datetime) -> int:
        """Return how often something was tried since an instant."""

    def tried(self, marks: Sequence[str], now: datetime, since: datetime) -> None:
        """Count one try for each mark, and let go of those before ``since``."""


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
    def paper_days(self) -> PaperDays: ...
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
    def follow_ups(self) -> FollowUps: ...
    @property
    def club_votes(self) -> ClubVotes: ...
    @property
    def saves(self) -> Saves: ...
    @property
    def submissions(self) -> Submissions: ...
    @property
    def community_sources(self) -> CommunitySources: ...
    @property
    def communities(self) -> Communities: ...
    @property
    def access(self) -> Access: ...
    @property
    def manager_acts(self) -> ManagerActs: ...
    @property
    def departures(self) -> Departures: ...
    @property
    def mail_addresses(self) -> MailAddresses: ...
    @property
    def gauges(self) -> Gauges: ...
    @property
    def source_states(self) -> "SourceStates": ...
    @property
    def turns(self) -> Turns: ...
    @property
    def index_cache(self) -> IndexCache: ...

    def rehearsal(self) -> AbstractContextManager[Papers]:
        """Lend papers that can be taken in as if for good; at the end all of it is undone. Other writers wait."""

    def close(self) -> None:
        """Finish what was asked, then let go of the files; calling any part afterwards raises `StorageUnavailable`."""


class Messenger(Protocol):
    """Says things on one platform.

    Callers: the digest sender; slash answers go back through the platform's own reply.
    `post` and `find` can raise `PlatformUnreachable` (nothing was sent) and `OutcomeUnknown` (it may have been sent).
    """

    platform: str

    def render(self, reply: Reply, layout: Layout = Layout.USUAL) -> tuple[tuple[str, PaperId | None], ...]:
        """Return the messages that say ``reply`` as frozen payloads, each with the one paper that it shows, if one.

        Args:
            layout: Frozen with them, for `post` to obey; where there is but one way to stand, it says nothing.
        """

    async def post(self, channel: Channel, payload: str, marker: str, thread: MessageId | None) -> MessageId:
        """Post a planned message. ``marker`` is carried in it, so that `find` can see it later.

        Raises:
            ChannelGone: The channel was deleted or the bot removed; trying again is useless.
        """

    async def find(
        self, channel: Channel, marker: str, since: datetime, thread: MessageId | None = None
    ) -> MessageId | None:
        """Return the message with this marker posted at ``since`` or later; None only when the whole window was read.

        Args:
            thread: What was given to `post` for it: the first message of its digest, under which it may stand.

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
