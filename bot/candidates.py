"""Which papers may be picked: those of the last days, some more, and not those that were shown or judged before."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from bot.model import PaperId
from bot.postings import Mask
from bot.scoring import NO_ROWS
from bot.snapshot import Snapshot

# A day's announcements; of more candidates the best by their words are compared by meaning.
MOST_IN_FOCUS = 3000


@dataclass(frozen=True, slots=True)
class Fresh:
    """The papers since an instant, with their rows in the snapshot that was asked: shared by all who ask that day.

    Attributes:
        rows: Ascending.
    """

    ids: frozenset[PaperId]
    snapshot: Snapshot
    rows: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Candidates(Collection[PaperId]):
    """Some fresh papers, told by what they are not: no copy of a hundred thousand names for each answer."""

    fresh: Fresh
    also: frozenset[PaperId] = field(default_factory=frozenset)
    without: frozenset[PaperId] = field(default_factory=frozenset)

    def __contains__(self, paper: object) -> bool:
        return (paper in self.fresh.ids or paper in self.also) and paper not in self.without

    def __iter__(self) -> Iterator[PaperId]:
        return iter((self.fresh.ids | self.also) - self.without)

    def __len__(self) -> int:
        more = self.also - self.fresh.ids
        return len(self.fresh.ids) + len(more) - sum(paper in self.fresh.ids or paper in more for paper in self.without)


def rows_in(snapshot: Snapshot, papers: Collection[PaperId]) -> NDArray[np.int64]:
    """Return the rows of those of some papers that a snapshot knows, ascending."""
    if not isinstance(papers, Candidates) or papers.fresh.snapshot is not snapshot:
        return snapshot.rows_of(papers)
    open_ = np.zeros(len(snapshot), dtype=np.bool_)
    open_[papers.fresh.rows] = True
    open_[snapshot.rows_of(papers.also)] = True
    open_[snapshot.rows_of(papers.without)] = False
    return np.flatnonzero(open_)


def in_focus(snapshot: Snapshot, candidates: Collection[PaperId] | None) -> NDArray[np.int64]:
    """Return the rows of candidates where they are few enough for each to be compared by its meaning."""
    if candidates is None or len(candidates) > MOST_IN_FOCUS:
        return NO_ROWS
    if isinstance(candidates, Candidates):
        # What was shown or judged meanwhile does not change it, so what was worked out for an interest still holds.
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
