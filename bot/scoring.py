"""An interest → a score for every paper, as a sum of parts that can be told apart again.

Each part is divided by the mean of its own ten best scores before it is weighted: 1 is "as good as the best ten of the
store". Rank fusion would lose what the scores know.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from bot.expansion import EXPANSION, best_rows, cut_of, expanded, highest, meant_direction, trust
from bot.matching import Query
from bot.postings import Floats, Ints, Mask
from bot.semantics import Vectors, unit
from bot.snapshot import Snapshot

Rows = NDArray[np.int64]
NO_ROWS = np.zeros(0, dtype=np.int64)


class Cause(StrEnum):
    """What a part of a score comes from."""

    WORDS = "words"
    MEANING = "meaning"
    LIKED = "liked"
    EXAMPLE = "example"
    COMPANY = "company"
    RECENT = "recent"
    TRENDING = "trending"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of every paper's score; parts only add, and may be below 0.

    Attributes:
        scores: Already weighted, shape (n,), or (len(rows),) where ``rows`` is given.
        query: The interest's query that the part comes from, for naming its words.
        stems, stem_weights: For a part that is a sum over stems: each stem's share of it in proportion.
        liked: Rows of the liked papers (or examples) that the part comes from.
        rows: The only rows with a score, ascending; None when there is one for each. Meaning is compared for a few
            thousand papers, so most of a hundred thousand numbers would be zeros.
    """

    cause: Cause
    scores: Floats
    query: Query | None = None
    stems: Ints | None = None
    stem_weights: Floats | None = None
    liked: Rows = field(default_factory=lambda: NO_ROWS)
    rows: Rows | None = None

    def scaled(self, by: float | Floats) -> "Part":
        """Return the part with each score times a number, or times its row's of some for all rows."""
        if self.rows is not None and isinstance(by, np.ndarray):
            by = by[self.rows]
        return replace(self, scores=(self.scores * by).astype(np.float32, copy=False))

    def where(self, asked: Mask, rows: Rows) -> "Part":
        """Return the part of some rows, told as a mask and as numbers, ascending."""
        if self.rows is None:
            return replace(self, scores=self.scores[rows], rows=rows)
        here = asked[self.rows]
        return replace(self, scores=self.scores[here], rows=self.rows[here])

    def at(self, row: int) -> float:
        if self.rows is None:
            return float(self.scores[row])
        place = int(np.searchsorted(self.rows, row))
        return float(self.scores[place]) if place < len(self.rows) and self.rows[place] == row else 0.0

    def add_to(self, total: Floats) -> None:
        """Add the scores to those of all rows, in place."""
        if self.rows is None:
            total += self.scores
        else:
            total[self.rows] += self.scores

    def above_zero(self, n: int) -> Mask:
        """Return which of all rows score above 0, shape (n,)."""
        if self.rows is None:
            return self.scores > 0
        mask = np.zeros(n, dtype=np.bool_)
        mask[self.rows] = self.scores > 0
        return mask


@dataclass(frozen=True, slots=True)
class KeywordWeights:
    """What counts how much for an interest, chosen by cross-validation over sets of abstracts (see docs/quality.md).

    Attributes:
        plain: The typed words (BM25F with phrases).
        expanded: The typed words and those of their best answers (RM3).
        meant: Nearness to the best answers in the space of meaning.
        asked: Nearness to the typed words themselves.
        second: Nearness to the best answers of all these together.
        believed, believed_second: How many best answers the directions are made of.
    """

    plain: float = 0.6
    expanded: float = 1.0
    meant: float = 0.5
    asked: float = 0.4
    second: float = 0.8
    believed: int = 7
    believed_second: int = 3


KEYWORDS = KeywordWeights()

# The unit of a score: the mean of so many best ones.
_BEST = 10
# Meaning is compared for so many of the best by their words: further down nothing could lift a paper to the top, and
# comparing a hundred thousand vectors would take longer than everything else together.
_POOL = 3_000
# Up to here comparing all costs no more than picking some out.
_WHOLE = 6_000


@dataclass(frozen=True, slots=True)
class Pool:
    """The papers whose meaning is compared.

    Attributes:
        rows: Ascending, shape (m,).
        vectors: Shape (m, k).
        n: Number of all rows.
    """

    rows: Rows
    vectors: Vectors
    n: int

    def nearness(self, directions: Vectors) -> Vectors:
        """Return the product of each of some directions with each vector; shape (len(directions), m)."""
        return np.asarray(directions @ self.vectors.T, dtype=np.float32)

    def among(self, rows: Rows) -> Rows:
        """Return the places in the pool of those of some rows that are in it."""
        places = np.searchsorted(self.rows, rows)
        places[places == len(self.rows)] = 0
        return places[self.rows[places] == rows] if len(self.rows) else places[:0]

    def where(self) -> Rows | None:
        """Return the rows as `Part.rows` has them: None for all."""
        return None if len(self.rows) == self.n else self.rows

    def spread(self, values: Floats) -> Floats:
        """Return values of the pool as values of all rows, 0 elsewhere; shape (n,)."""
        if len(values) == self.n:
            return values
        scores = np.zeros(self.n, dtype=np.float32)
        scores[self.rows] = values
        return scores


def pool_of(snapshot: Snapshot, scores: Floats, focus: Rows = NO_ROWS) -> Pool:
    """Return the pool of the best by a first score, and of the papers in ``focus`` whatever their score."""
    n = len(snapshot)
    if n <= _WHOLE and len(snapshot.batches) == 1:
        return Pool(np.arange(n, dtype=np.int64), np.asarray(snapshot.batches[0].vectors, dtype=np.float32), n)
    chosen = (scores >= cut_of(scores, _POOL)) & (scores > 0)
    chosen[focus] = True
    rows = np.flatnonzero(chosen)
    return Pool(rows, snapshot.vectors(rows), n)


def in_units_of_the_best(scores: Floats, apart_from: Rows = NO_ROWS) -> Floats:
    """Return scores divided by the mean of the ten best above 0, some rows not being counted among them."""
    level = level_of(scores, apart_from)
    return (scores / np.float32(level)).astype(np.float32) if level > 0 else np.zeros_like(scores)


def level_of(scores: Floats, apart_from: Rows = NO_ROWS) -> float:
    """Return the mean of the ten best scores above 0; 0 when none is."""
    counted = scores
    if len(apart_from):
        counted = scores.copy()
        counted[apart_from] = -np.inf
    best = np.sort(highest(counted, _BEST))
    best = best[best > 0]
    return float(best[-_BEST:].mean()) if len(best) else 0.0


def total_of(snapshot: Snapshot, parts: Sequence[Part]) -> Floats:
    total = np.zeros(len(snapshot), dtype=np.float32)
    for part in parts:
        part.add_to(total)
    return total


def keyword_parts(
    snapshot: Snapshot, query: Query, focus: Rows = NO_ROWS, weights: KeywordWeights = KEYWORDS
) -> list[Part]:
    """Return the parts of one interest: typed words, related words, meaning; together in units of the best.

    Args:
        focus: Rows that are of interest whatever their words: the candidates of a digest.
    """
    plain = query.scores(len(snapshot))
    level = level_of(plain)
    if level <= 0:
        return []
    parts = [Part(Cause.WORDS, plain * np.float32(weights.plain / level), query)]
    if not query.loose:
        return in_units(snapshot, parts)
    best = best_rows(plain, max(EXPANSION.papers, weights.believed), snapshot.tie_rank)
    head = best[: EXPANSION.papers]
    stems, stem_weights = expanded(snapshot, query, head, trust(snapshot, head, plain))
    related = in_units_of_the_best(snapshot.weighted(stems, stem_weights))
    parts.append(Part(Cause.WORDS, related * np.float32(weights.expanded), query, stems, stem_weights))
    if not snapshot.space.dimensions:
        return in_units(snapshot, parts)
    pool = pool_of(snapshot, total_of(snapshot, parts), focus)
    head = best[: weights.believed]
    meant = meant_direction(snapshot, head, trust(snapshot, head, plain))
    near = pool.nearness(np.stack([meant, asked_direction(snapshot, query)]))
    meaning = in_units_of_the_best(near[0]) * np.float32(weights.meant)
    meaning += in_units_of_the_best(near[1]) * np.float32(weights.asked)
    parts = in_units(snapshot, [*parts, Part(Cause.MEANING, meaning, query, rows=pool.where())])
    total = total_of(snapshot, parts)
    best = best_rows(total, weights.believed_second, snapshot.tie_rank)
    direction = meant_direction(snapshot, best, trust(snapshot, best, total))
    near = in_units_of_the_best(pool.nearness(direction[None, :])[0])
    second = Part(Cause.MEANING, near * np.float32(weights.second), query, rows=pool.where())
    return in_units(snapshot, [*parts, second])


def in_units(snapshot: Snapshot, parts: Sequence[Part], apart_from: Rows = NO_ROWS) -> list[Part]:
    """Return parts scaled so that their sum is 1 for the ten best together."""
    level = level_of(total_of(snapshot, parts), apart_from)
    return [part.scaled(1 / level) for part in parts] if level > 0 else list(parts)


def asked_direction(snapshot: Snapshot, query: Query) -> Vectors:
    """Return the direction of the typed words themselves, at unit length (zeros when none is known); shape (k,)."""
    return snapshot.space.project(query.row(snapshot.n_stems))[0] if len(query.stems) else _nowhere(snapshot)


def _nowhere(snapshot: Snapshot) -> Vectors:
    return np.zeros(snapshot.space.dimensions, dtype=np.float32)


def asked_weights(snapshot: Snapshot, queries: Sequence[Query]) -> Floats:
    """Return the mean of the queries' weights over stems, each at unit length; shape (n_stems,)."""
    weights = np.zeros(snapshot.n_stems, dtype=np.float32)
    for query in queries:
        weights[query.stems] += unit(query.weights) / np.float32(len(queries))
    return weights
