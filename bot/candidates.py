"""Which papers may be picked: those of the last days, some more, and not those that were shown or judged before."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bot.model import PaperId
from bot.ports import PapersToRead
from bot.postings import Mask
from bot.scoring import NO_ROWS
from bot.snapshot import Snapshot

# A day's announcements; of more candidates the best by their words are compared by meaning.
MOST_IN_FOCUS = 3000


@dataclass(frozen=True, slots=True)
class Arrivals:
    """When the papers of a snapshot came: what is read once, and cut anew at each full hour.

    Attributes:
        since: What came before is not known.
        came: Seconds since 1970, shape (n,); -inf for what came before ``since``, or is stored no more.
    """

    snapshot: Snapshot
    since: datetime
    came: NDArray[np.float64]

    def fresh(self, since: datetime) -> "Fresh":
        return Fresh(self.snapshot, np.flatnonzero(self.came >= since.timestamp()))


def arrivals_in(snapshot: Snapshot, papers: PapersToRead, since: datetime) -> Arrivals:
    """Return when those of the stored papers that a snapshot knows came: announced or first stored."""
    ids, instants = papers.arrivals(since)
    came = np.full(len(snapshot), -np.inf)
    rows = snapshot.row_of.all(ids)
    seconds = np.array([instant.timestamp() for instant in instants], dtype=np.float64)
    came[rows[rows >= 0]] = seconds[rows >= 0]
    return Arrivals(snapshot, since, came)


@dataclass(frozen=True, slots=True)
class Fresh:
    """The papers since an instant, as their rows in the snapshot that was asked, ascending."""

    snapshot: Snapshot
    rows: NDArray[np.int64]


@dataclass(frozen=True)
class Candidates(Collection[PaperId]):
    """Some fresh papers, told by what they are not: no copy of a hundred thousand names for each answer."""

    fresh: Fresh
    also: frozenset[PaperId] = field(default_factory=frozenset)
    without: frozenset[PaperId] = field(default_factory=frozenset)

    @cached_property
    def rows(self) -> NDArray[np.int64]:
        """Their rows in the snapshot of ``fresh``, ascending; an answer asks for them again and again."""
        snapshot = self.fresh.snapshot
        open_ = np.zeros(len(snapshot), dtype=np.bool_)
        open_[self.fresh.rows] = True
        open_[snapshot.rows_of(self.also)] = True
        open_[snapshot.rows_of(self.without)] = False
        return np.flatnonzero(open_)

    def __contains__(self, paper: object) -> bool:
        if paper in self.without or not isinstance(paper, str):
            return False
        row = self.fresh.snapshot.row_of.get(PaperId(paper))
        if row is None or paper in self.also:
            return row is not None
        place = int(np.searchsorted(self.fresh.rows, row))
        return place < len(self.fresh.rows) and int(self.fresh.rows[place]) == row

    def __iter__(self) -> Iterator[PaperId]:
        ids = self.fresh.snapshot.ids
        return (ids[row] for row in self.rows.tolist())

    def __len__(self) -> int:
        return len(self.rows)


def rows_in(snapshot: Snapshot, papers: Collection[PaperId]) -> NDArray[np.int64]:
    """Return the rows of those of some papers that a snapshot knows, ascending."""
    if isinstance(papers, Candidates) and papers.fresh.snapshot is snapshot:
        return papers.rows
    return snapshot.rows_of(papers)


def in_focus(snapshot: Snapshot, candidates: Collection[PaperId] | None) -> NDArray[np.int64]:
    """Return the rows of candidates where they are few enough for each to be compared by its meaning."""
    if candidates is None or len(candidates) > MOST_IN_FOCUS:
        return NO_ROWS
    return rows_whatever_was_shown(snapshot, candidates)


def rows_whatever_was_shown(snapshot: Snapshot, candidates: Collection[PaperId]) -> NDArray[np.int64]:
    """Return the rows of candidates and of what was shown or judged meanwhile: the same for all who ask that day.

    So what was worked out for an interest and these rows still holds.
    """
    if isinstance(candidates, Candidates):
        candidates = replace(candidates, without=frozenset())
    return rows_in(snapshot, candidates)


def open_rows(
    snapshot: Snapshot, allowed: Mask, candidates: Collection[PaperId] | None, excluded: Collection[PaperId]
) -> NDArray[np.int64]:
    """Return the rows that may be chosen: allowed, among the candidates (None: all), and none of the excluded."""
    mask = allowed
    if candidates is not None:
        mask = np.zeros(len(snapshot), dtype=np.bool_)
        mask[rows_in(snapshot, candidates)] = True
        mask &= allowed
    else:
        mask = allowed.copy()
    mask[snapshot.rows_of(excluded)] = False
    return np.flatnonzero(mask)
