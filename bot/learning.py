"""What verdicts teach: which papers a profile is drawn to and which it is not, older verdicts counting less."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from bot.model import Because, Interest, PaperId, Verdict
from bot.postings import Floats
from bot.snapshot import Snapshot

# A verdict counts half after so long: interests drift over a year, not over a week.
HALF_LIFE = timedelta(days=180)

# A channel's taste counts for a new member like this many verdicts of their own, and less with each.
_PRIOR_WORTH = 0.5
_PRIOR_FADES_AFTER = 4.0

# A click tells of curiosity before reading, so it takes several to say what one like says.
_WORTH = {
    Verdict.LIKE: 1.0,
    Verdict.SAVE: 1.0,
    Verdict.CLICK: 0.25,
    Verdict.DISLIKE: -1.0,
    Verdict.NOT_FOR_ME: -1.0,
}
# Who says that it is the topic, or the method, says it more surely of that than one who says nothing says of either.
_TOLD_WHY = 2.0


@dataclass(frozen=True, slots=True)
class Judged:
    """One standing verdict."""

    paper: PaperId
    verdict: Verdict
    at: datetime
    because: Because | None = None


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
        own = sum(one.verdict is not Verdict.CLICK for one in self.judged)
        return _PRIOR_WORTH * _PRIOR_FADES_AFTER / (_PRIOR_FADES_AFTER + own)


@dataclass(frozen=True, slots=True)
class Lesson:
    """Papers with a verdict, as rows.

    Attributes:
        liked, disliked: Rows, the newest verdict first.
        liked_weights, disliked_weights: How much each counts, above 0; a fresh verdict counts 1, a click less, one for
            the topic more.
        off_topic: Those of the disliked that are so for their topic.
        by_method: Further ones disliked for their method: their own words count against others, their subject does not.
    """

    liked: NDArray[np.int64]
    liked_weights: Floats
    disliked: NDArray[np.int64]
    disliked_weights: Floats
    off_topic: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    by_method: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    by_method_weights: Floats = field(default_factory=lambda: np.zeros(0, dtype=np.float32))

    def __len__(self) -> int:
        return len(self.liked) + len(self.disliked) + len(self.by_method)

    @property
    def amount(self) -> float:
        """How many fresh verdicts these are worth."""
        weights = (self.liked_weights, self.disliked_weights, self.by_method_weights)
        return float(sum(np.minimum(one, 1).sum() for one in weights))

    @property
    def rows(self) -> NDArray[np.int64]:
        return np.concatenate([self.liked, self.disliked, self.by_method])


def lesson_of(snapshot: Snapshot, judged: Iterable[Judged], now: datetime, examples: Iterable[PaperId] = ()) -> Lesson:
    """Return the last verdict on each known paper, weighted by age.

    A click says nothing beside a verdict, and what was known already speaks neither for nor against.
    """
    standing: dict[int, tuple[float, Because | None]] = {
        snapshot.row_of[paper]: (1.0, None) for paper in examples if paper in snapshot.row_of
    }
    for one in judged:
        row = snapshot.row_of.get(one.paper)
        if row is None or one.verdict not in _WORTH or one.because is Because.READ:
            continue
        if one.verdict is Verdict.CLICK and row in standing:
            continue
        standing.pop(row, None)
        worth = _WORTH[one.verdict] * (1.0 if one.because is None else _TOLD_WHY)
        standing[row] = worth * 0.5 ** (max(now - one.at, timedelta()) / HALF_LIFE), one.because
    newest_first = [(row, weight, because) for row, (weight, because) in reversed(standing.items())]
    liked = [(row, weight) for row, weight, _ in newest_first if weight > 0]
    against = [(row, -weight, because) for row, weight, because in newest_first if weight < 0]
    disliked = [(row, weight) for row, weight, because in against if because is not Because.METHOD]
    by_method = [(row, weight) for row, weight, because in against if because is Because.METHOD]
    off_topic = [row for row, _, because in against if because is Because.TOPIC]
    return Lesson(*_columns(liked), *_columns(disliked), np.array(off_topic, dtype=np.int64), *_columns(by_method))


def _columns(weighted: list[tuple[int, float]]) -> tuple[NDArray[np.int64], Floats]:
    rows = np.array([row for row, _ in weighted], dtype=np.int64)
    return rows, np.array([weight for _, weight in weighted], dtype=np.float32)


def lesson_of_rows(rows: NDArray[np.int64]) -> Lesson:
    """Return the lesson of some papers liked just now: what ``similar`` and examples teach."""
    none = np.zeros(0, dtype=np.int64)
    return Lesson(rows, np.ones(len(rows), dtype=np.float32), none, np.zeros(0, dtype=np.float32))


def word_means(snapshot: Snapshot, lesson: Lesson) -> tuple[Floats, Floats]:
    """Return the mean unit row of the liked papers and that of the disliked ones; shape (n_stems,) each."""
    disliked = np.concatenate([lesson.disliked, lesson.by_method])
    weights = np.concatenate([lesson.disliked_weights, lesson.by_method_weights])
    return _word_mean(snapshot, lesson.liked, lesson.liked_weights), _word_mean(snapshot, disliked, weights)


def words_against(snapshot: Snapshot, lesson: Lesson, liked: Floats, disliked: Floats, typed: Floats) -> Floats:
    """Return how much each stem speaks against a paper, shape (n_stems,).

    It is what is special to the disliked papers. What they share with the liked ones counts only for those that are
    disliked for their topic, and what was typed never does: who follows it wants it.

    Args:
        liked, disliked: As `word_means` returns them.
        typed: The weights of the interests' own stems.
    """
    special = np.where((liked > 0) | (typed > 0), 0, disliked)
    if len(lesson.off_topic):
        topic = _word_mean(snapshot, lesson.off_topic, np.ones(len(lesson.off_topic), dtype=np.float32))
        special = np.where(typed > 0, 0, np.maximum(special, np.float32(_TOLD_WHY) * topic))
    return special.astype(np.float32)


def _word_mean(snapshot: Snapshot, rows: NDArray[np.int64], weights: Floats) -> Floats:
    mean = np.asarray(weights @ snapshot.unit_rows(rows)).ravel() / np.float32(max(float(weights.sum()), 1e-9))
    return np.asarray(mean, dtype=np.float32)
