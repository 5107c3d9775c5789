"""What verdicts teach: which papers a profile is drawn to and which it is not, older verdicts counting less."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from bot.model import Interest, PaperId, Verdict
from bot.postings import Floats
from bot.snapshot import Snapshot

# A verdict counts half after so long: interests drift over a year, not over a week.
HALF_LIFE = timedelta(days=180)

# A channel's taste counts for a new member like this many verdicts of their own, and less with each.
_PRIOR_WORTH = 0.5
_PRIOR_FADES_AFTER = 4.0

_WORTH = {Verdict.LIKE: 1.0, Verdict.SAVE: 1.0, Verdict.DISLIKE: -1.0, Verdict.NOT_FOR_ME: -1.0}


@dataclass(frozen=True, slots=True)
class Judged:
    """One standing verdict."""

    paper: PaperId
    verdict: Verdict
    at: datetime


@dataclass(frozen=True, slots=True)
class Taste:
    """All that a ranking knows of a member or a channel.

    Attributes:
        interests: Followed.
        judged: Oldest first; verdicts that were taken back are not in it, so taking back is exact.
        prior: The channel's taste, for a new member; it counts less with each own verdict.
    """

    interests: tuple[Interest, ...] = ()
    muted: tuple[Interest, ...] = ()
    judged: tuple[Judged, ...] = ()
    prior: "Taste | None" = None

    @property
    def prior_weight(self) -> float:
        """How much the channel's taste counts beside the own one, 0..1."""
        if self.prior is None:
            return 0.0
        if not self.interests and not self.judged:
            return 1.0
        return _PRIOR_WORTH * _PRIOR_FADES_AFTER / (_PRIOR_FADES_AFTER + len(self.judged))


@dataclass(frozen=True, slots=True)
class Lesson:
    """Papers with a verdict, as rows.

    Attributes:
        liked, disliked: Rows, the newest verdict first.
        liked_weights, disliked_weights: How much each counts, above 0; a fresh verdict counts 1.
    """

    liked: NDArray[np.int64]
    liked_weights: Floats
    disliked: NDArray[np.int64]
    disliked_weights: Floats

    def __len__(self) -> int:
        return len(self.liked) + len(self.disliked)

    @property
    def amount(self) -> float:
        """How many fresh verdicts these are worth."""
        return float(self.liked_weights.sum() + self.disliked_weights.sum())

    @property
    def rows(self) -> NDArray[np.int64]:
        return np.concatenate([self.liked, self.disliked])


def lesson_of(snapshot: Snapshot, judged: Iterable[Judged], now: datetime, examples: Iterable[PaperId] = ()) -> Lesson:
    """Return the last verdict on each known paper, weighted by age."""
    standing = {snapshot.row_of[paper]: 1.0 for paper in examples if paper in snapshot.row_of}
    for one in judged:
        row = snapshot.row_of.get(one.paper)
        if row is not None and one.verdict in _WORTH:
            standing.pop(row, None)
            standing[row] = _WORTH[one.verdict] * 0.5 ** (max(now - one.at, timedelta()) / HALF_LIFE)
    newest_first = list(standing.items())[::-1]
    liked = [(row, weight) for row, weight in newest_first if weight > 0]
    disliked = [(row, -weight) for row, weight in newest_first if weight < 0]
    return Lesson(
        np.array([row for row, _ in liked], dtype=np.int64),
        np.array([weight for _, weight in liked], dtype=np.float32),
        np.array([row for row, _ in disliked], dtype=np.int64),
        np.array([weight for _, weight in disliked], dtype=np.float32),
    )


def lesson_of_rows(rows: NDArray[np.int64]) -> Lesson:
    """Return the lesson of some papers liked just now: what ``similar`` and examples teach."""
    none = np.zeros(0, dtype=np.int64)
    return Lesson(rows, np.ones(len(rows), dtype=np.float32), none, np.zeros(0, dtype=np.float32))


def word_means(snapshot: Snapshot, lesson: Lesson) -> tuple[Floats, Floats]:
    """Return the mean unit row of the liked papers and that of the disliked ones; shape (n_stems,) each."""
    liked, disliked = (
        np.asarray(weights @ snapshot.unit_rows(rows)).ravel() / np.float32(max(float(weights.sum()), 1e-9))
        for rows, weights in ((lesson.liked, lesson.liked_weights), (lesson.disliked, lesson.disliked_weights))
    )
    return liked.astype(np.float32), disliked.astype(np.float32)
