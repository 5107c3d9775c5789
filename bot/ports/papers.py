"""Stores of papers, of where they come from, and of who brought them."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from bot.announcements import SourceState
from bot.model import (
    Member,
    Paper,
    PaperId,
)


class PapersToRead(Protocol):
    """What the engine asks of stored papers. Callers: the library. Can raise `StorageUnavailable`."""

    def get(self, ids: Collection[PaperId]) -> dict[PaperId, Paper]:
        """Return those of ``ids`` that are stored; an id that was merged into another finds that other."""

    def arrivals(self, since: datetime) -> tuple[list[PaperId], list[datetime]]:
        """Return the papers announced or first stored at ``since`` or later, newest first, and when each of them was.

        Two plain lists: a hundred thousand pairs would set off a search for garbage that makes every thread wait.
        """

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

    def since(self, instant: datetime) -> list[PaperId]:
        """Return ids of papers announced or first stored at ``instant`` or later, newest first."""

    def dates(self, papers: Collection[PaperId]) -> list[tuple[datetime | None, datetime]]:
        """Return when those of some papers that are stored were announced, where that is known, and first stored."""

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


@dataclass(frozen=True, slots=True)
class Voted:
    """As much of a paper as says whether it is rising; ``came``: when it was announced, or first stored."""

    paper: PaperId
    upvotes: int
    came: datetime


class PaperDays(Protocol):
    """Stored papers by when they came: when they were announced, or first stored where nobody says.

    Callers: pages, ``trending``.
    A span is from ``first`` on and before ``last``. Every method can raise `StorageUnavailable`.
    """

    def announced(self, first: datetime, last: datetime, limit: int, offset: int = 0) -> list[Paper]:
        """Return the papers of a span, newest first."""

    def count(self, first: datetime, last: datetime) -> int: ...

    def most_voted(self, first: datetime, last: datetime, limit: int) -> list[Voted]:
        """Return papers of a span that have votes at their source and are not withdrawn, most votes first."""

    def last_before(self, instant: datetime) -> datetime | None:
        """Return when the newest paper came before an instant; None when none did."""

    def first_from(self, instant: datetime, last: datetime) -> datetime | None:
        """Return when the first paper of a span came; None when none did."""

    def per_day(self, first: datetime, last: datetime) -> dict[tuple[date, str], int]:
        """Return how many papers came on each day of the UTC calendar from each source, for those with any."""

    def newest_change(self) -> int:
        """Return the number of the last change of any stored paper, 0 when there is none."""


class SearchIndex(Protocol):
    """Plain full-text lookup that is always in step with `Papers`. Callers: answers given while the engine warms up.

    Never raises for any text: what has no searchable word finds nothing.

    Attributes:
        quick: An answer takes a millisecond or two, however many papers are stored.
    """

    @property
    def quick(self) -> bool: ...

    def search(self, words: Sequence[str], limit: int) -> list[tuple[PaperId, float]]:
        """Return papers that hold any of the words, best first (BM25; higher is better)."""


class IndexCache(Protocol):
    """The engine's serialised index, so that a start need not read every paper. Callers: the composition root.

    It is only ever a shortcut: what is missing, damaged or of another database loads as None.
    """

    @property
    def renewed(self) -> bool:
        """Whether another process has saved something since this one last loaded or saved."""

    def load(self) -> memoryview | None:
        """Return what was saved last, where it lies: it stays as it is however often something else is saved."""

    def save(self, content: Iterable[bytes | memoryview]) -> None:
        """Keep it, piece after piece, in place of the last one, whole or not at all.

        Nothing happens where another process is about to keep its own. A full disk raises `StorageUnavailable`.
        """


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


class SourceStates(Protocol):
    """Where each source stands. Callers: the polling of sources. Can raise `StorageUnavailable`."""

    def get(self, source: str) -> SourceState:
        """Return the state kept for `Source.name`; a fresh one for a source never polled."""

    def set(self, source: str, state: SourceState) -> None:
        """Keep a state, durably when it returns, in place of the one before."""

    def all(self) -> dict[str, SourceState]:
        """Return every state kept, by the source's name: for reports."""
