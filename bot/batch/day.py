"""One day's papers and many profiles, as arrays that one pass can go over: a sparse product with picks at its end."""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from bot.choosing import BAR, LAMBDA, POOL
from bot.postings import Floats, Offsets
from bot.snapshot import Snapshot

Rows = NDArray[np.int64]
Places = NDArray[np.uint16]

# All likenesses of so many papers take 64 MB; no source announces that many on a day.
MOST_PAPERS = 4_096


@dataclass(frozen=True, slots=True)
class Day:
    """The papers of one day; of two with equal scores the earlier one stands first.

    Attributes:
        starts: Where the postings of each word begin, and the end; shape (n_words + 1,).
        papers: Places of papers, ascending for each word.
        impacts: What each posting counts, apart from the profile's weight for the word.
        prior: What a paper has for everybody, for its date and votes; shape (n,).
        likeness: Cosine of each two papers, 0 where it is below; shape (n, n).
    """

    starts: Offsets
    papers: Places
    impacts: Floats
    prior: Floats
    likeness: Floats

    def __post_init__(self) -> None:
        if len(self) > MOST_PAPERS:
            raise ValueError(f"at most {MOST_PAPERS} papers make a day, not {len(self)}")
        if self.likeness.shape != (len(self), len(self)):
            raise ValueError(f"{len(self)} papers have likenesses of shape {self.likeness.shape}")
        if len(self.papers) and int(self.papers.max()) >= len(self):
            raise ValueError(f"a posting of paper {int(self.papers.max())} among {len(self)}")
        _check_reach("word", self.starts, self.papers, self.impacts)

    def __len__(self) -> int:
        return len(self.prior)


@dataclass(frozen=True, slots=True)
class Profiles:
    """Linear profiles: a weight for each wanted word. The arrays may be mapped files.

    Attributes:
        starts: Where the words of each profile begin, and the end; shape (n + 1,).
        words: Numbers of words of the day.
        weights: In units of the bar: a score of 1 is as good as the best.
        seen_starts: Likewise, for ``seen``.
        seen: Places of the day's papers that a profile was shown or that were judged for it.
        slopes, intercepts: Each profile's own calibration (see `bot.calibration`), shape (n,).
    """

    starts: Offsets
    words: NDArray[np.int32]
    weights: Floats
    seen_starts: Offsets
    seen: Places
    slopes: Floats
    intercepts: Floats

    def __post_init__(self) -> None:
        lengths = {len(self.starts) - 1, len(self.seen_starts) - 1, len(self.slopes), len(self.intercepts)}
        if len(lengths) > 1:
            raise ValueError(f"profiles are told in lengths of {sorted(lengths)}")
        _check_reach("profile", self.starts, self.words, self.weights)
        _check_reach("profile", self.seen_starts, self.seen)

    def __len__(self) -> int:
        return len(self.slopes)

    def check(self, day: Day) -> None:
        """Raise ValueError for a word or a paper that the day does not have: a kernel would read past its arrays."""
        for name, numbers, most in (("word", self.words, len(day.starts) - 1), ("paper", self.seen, len(day))):
            if len(numbers) and not 0 <= int(numbers.min()) <= int(numbers.max()) < most:
                raise ValueError(f"a profile tells of a {name} that is not among the day's {most}")


@dataclass(frozen=True, slots=True)
class Rules:
    """How picks are chosen.

    Attributes:
        count: At most so many picks.
        bar: The least score of a pick, above 0.
        pool: Picks are chosen among so many of the best.
        lambda_: 1 is relevance alone, see `bot.choosing.chosen`.
    """

    count: int = 5
    bar: float = BAR
    pool: int = 5 * POOL
    lambda_: float = LAMBDA

    def __post_init__(self) -> None:
        if not (self.bar > 0 and 0 < self.count <= self.pool and 0 <= self.lambda_ <= 1):
            raise ValueError(f"no picks are chosen by {self}")


@dataclass(frozen=True, slots=True)
class Picked:
    """The picks of each profile in the order of choice; shape (n, count) each.

    Attributes:
        papers: Places in the day; -1 where no more reached the bar.
        scores, chances: Of a like; 0 there.
    """

    papers: NDArray[np.int32]
    scores: Floats
    chances: Floats

    @classmethod
    def none(cls, profiles: int, count: int) -> "Picked":
        shape = profiles, count
        return cls(np.full(shape, -1, np.int32), np.zeros(shape, np.float32), np.zeros(shape, np.float32))


def _check_reach(name: str, starts: Offsets, *held: NDArray[Any]) -> None:
    """Raise ValueError where a kernel would read past arrays, of which ``starts`` tells the parts."""
    if starts[0] < 0 or np.any(np.diff(starts) < 0) or starts[-1] > min(map(len, held)):
        raise ValueError(f"a {name} has a part of what is not there")


class BatchPicker(Protocol):
    """Chooses the picks of a day for every profile; all implementations choose the same."""

    def __call__(self, day: Day, profiles: Profiles, rules: Rules) -> Picked: ...


def day_of(snapshot: Snapshot, rows: Rows, prior: Floats) -> Day:
    """Return some papers of a snapshot as a day; the words are its stems, the impacts saturated frequencies.

    Args:
        rows: In the order of `Snapshot.tie_rank`.
        prior: Shape (len(rows),).
    """
    place = np.full(len(snapshot), -1, dtype=np.int64)
    place[rows] = np.arange(len(rows))
    counts = np.zeros(snapshot.n_stems, dtype=np.int64)
    papers, impacts = [np.zeros(0, dtype=np.uint16)], [np.zeros(0, dtype=np.float32)]
    for stem in range(snapshot.n_stems):
        holding, frequencies = snapshot.holding(stem)
        places = place[holding]
        here = np.flatnonzero(places >= 0)
        order = here[np.argsort(places[here], kind="stable")]
        counts[stem] = len(order)
        papers.append(places[order].astype(np.uint16))
        impacts.append(np.asarray(frequencies[order], dtype=np.float32))
    vectors = snapshot.vectors(rows)
    return Day(
        starts=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        papers=np.concatenate(papers),
        impacts=np.concatenate(impacts),
        prior=prior.astype(np.float32),
        likeness=np.clip(vectors @ vectors.T, 0.0, 1.0).astype(np.float32),
    )
