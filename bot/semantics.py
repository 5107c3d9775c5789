"""A space of meaning, fitted on the store's own abstracts: what is used alike lies near, whatever the words.

Two views side by side: papers by their words (truncated SVD of the term weights; Deerwester et al. 1990) and words by
their company (SVD of positive pointwise mutual information; Bullinaria & Levy 2007), a paper being the sum of its
words. Where short records make one view noisy, the other mostly holds.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, sparse

Vectors = NDArray[np.float32]
Halves = NDArray[np.float16]
Ints = NDArray[np.int32]

# More directions tell neighbouring subjects apart, fewer bring different words for one thing together.
PAPER_DIMENSIONS = 200
WORD_DIMENSIONS = 100
# Enough papers to learn from; a larger store is sampled evenly, so that fitting takes seconds whatever its size.
MOST_FITTED = 12_000
# Company is counted between the most frequent words only; the table grows with the square of their number.
MOST_COMPANIONS = 4_000
# A word of a single paper has no company to learn from, and two words met once met by chance.
_LEAST_PAPERS = 2
_LEAST_PAPERS_COMPANION = 3
_LEAST_MEETINGS = 2

# Only the proportions of a view count. Its largest entry is made this large: half precision then holds small ones too.
_LARGEST = 1024.0

_ALL_HALVES: Vectors = np.arange(2**16, dtype=np.uint16).view(np.float16).astype(np.float32)
_ROWS_AT_ONCE = 128

_POWER_ITERATIONS = 3
_OVERSAMPLING = 24
# The covariance is lifted by this share of its mean variance, so that directions seen in few papers are not blown up.
_LIFT = 2.0


@dataclass(frozen=True, slots=True)
class Space:
    """Turns term weights into a vector. Immutable; papers that came after the fit are folded in by projection.

    Attributes:
        stems: Known stems, ascending, shape (m,).
        papers: Directions of the first view up to a factor, shape (m, k1).
        words: Directions of the second, likewise, shape (m, k2).
        mean: Of the fitted papers' vectors, shape (k1 + k2,).
        whitening: Inverse of their lifted covariance, shape (k1 + k2, k1 + k2).
        fitted_on: How many papers the store had.
    """

    stems: Ints
    papers: Halves
    words: Halves
    mean: Vectors
    whitening: Vectors
    fitted_on: int = 0

    @property
    def dimensions(self) -> int:
        return int(self.papers.shape[1] + self.words.shape[1])

    @property
    def paper_view(self) -> slice:
        """The part of a vector that the first view makes."""
        return slice(0, self.papers.shape[1])

    def project(self, rows: sparse.csr_matrix) -> Vectors:
        """Return a vector for each row of term weights, at unit length; a row without known words is all zeros.

        Values have half precision, so that they can be kept in half the room and still be the same afterwards.
        """
        known = _columns(rows, self.stems)
        # Of the directions only what is needed is turned into numbers that can be reckoned with.
        needed, places = np.unique(known.indices, return_inverse=True)
        rows = sparse.csr_matrix((known.data, places, known.indptr), shape=(known.shape[0], len(needed)))
        views = [unit(np.asarray(rows @ view[needed].astype(np.float32))) for view in (self.papers, self.words)]
        together = unit(np.hstack(views))
        return together.astype(np.float16).astype(np.float32)

    def project_weights(self, weights: Vectors) -> Vectors:
        """Return the vector of dense weights over stems, shape (k,), at unit length."""
        stems = np.flatnonzero(weights)
        row = sparse.csr_matrix((weights[stems], stems, [0, len(stems)]), shape=(1, len(weights)))
        return np.asarray(self.project(row)[0], dtype=np.float32)


def nowhere() -> Space:
    """Return the space of an empty store."""
    none, nothing = np.zeros((0, 0), dtype=np.float16), np.zeros((0, 0), dtype=np.float32)
    return Space(np.zeros(0, dtype=np.int32), none, none, nothing[0:0].ravel(), nothing)


def sampled(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return those of a store's papers, evenly spread, that a space is fitted on."""
    n = len(rows)
    return rows[np.linspace(0, n - 1, MOST_FITTED).astype(np.int64)] if n > MOST_FITTED else rows


def fit(rows: sparse.csr_matrix, fitted_on: int) -> Space:
    """Fit a space on unit rows of term weights, shape (n, n_stems). The same rows give the same space.

    Args:
        fitted_on: How many papers the store has, of which these are a sample.
    """
    n = rows.shape[0]
    df = np.bincount(rows.indices, minlength=rows.shape[1])
    stems = np.flatnonzero(df >= min(_LEAST_PAPERS, max(n - 1, 1))).astype(np.int32)
    if n < 2 or not len(stems):
        return nowhere()
    known = _columns(rows, stems)
    papers, words = _in_halves(_paper_directions(known)), _in_halves(_word_directions(known))
    unfinished = replace(nowhere(), stems=stems, papers=papers, words=words)
    mean, whitening = _spread(unfinished.project(rows))
    return Space(stems, papers, words, mean, whitening, fitted_on)


def _in_halves(view: Vectors) -> Halves:
    largest = float(np.abs(view).max(initial=0.0))
    return (view * np.float32(_LARGEST / largest if largest > 0 else 1.0)).astype(np.float16)


def _columns(rows: sparse.csr_matrix, stems: Ints) -> sparse.csr_matrix:
    """Return the columns of some stems (ascending), without the detour by columns that slicing takes."""
    if rows.nnz < len(stems):
        where = np.searchsorted(stems, rows.indices)
        where[where == len(stems)] = 0
        keep = stems[where] == rows.indices
    else:
        place = np.full(max(rows.shape[1], int(stems[-1]) + 1 if len(stems) else 0), -1, dtype=np.int32)
        place[stems] = np.arange(len(stems), dtype=np.int32)
        where = place[rows.indices]
        keep = where >= 0
    before = np.concatenate([[0], np.cumsum(keep)])
    return sparse.csr_matrix(
        (rows.data[keep], where[keep], before[rows.indptr]), shape=(rows.shape[0], len(stems)), dtype=np.float32
    )


def _paper_directions(rows: sparse.csr_matrix) -> Vectors:
    """Return the leading right singular vectors, shape (m, k).

    Randomised range finder with power iterations (Halko, Martinsson & Tropp 2011, algorithm 4.4); a fixed seed.
    """
    k = min(PAPER_DIMENSIONS, min(rows.shape) - 1)
    if k < 1:
        return np.zeros((rows.shape[1], 0), dtype=np.float32)
    rng = np.random.default_rng(0)
    across = rows.T.tocsr()
    guess = rows @ rng.standard_normal((rows.shape[1], min(k + _OVERSAMPLING, *rows.shape))).astype(np.float32)
    for _ in range(_POWER_ITERATIONS):
        guess, _ = linalg.qr(rows @ (across @ guess), mode="economic")
    right, values = _right_vectors(np.asarray(across @ guess))
    real = min(k, int(np.count_nonzero(values > 1e-3 * max(float(values[0]), 1e-12))))
    return np.ascontiguousarray(right[:, :real], dtype=np.float32)


def _word_directions(rows: sparse.csr_matrix) -> Vectors:
    """Return word vectors from the company that words keep, shape (m, k); zeros for rare words."""
    n = rows.shape[0]
    df = np.bincount(rows.indices, minlength=rows.shape[1])
    enough = np.flatnonzero(df >= _LEAST_PAPERS_COMPANION)
    often = np.sort(enough[np.argsort(-df[enough], kind="stable")[:MOST_COMPANIONS]]).astype(np.int32)
    k = min(WORD_DIMENSIONS, len(often) - 1)
    if k < 1:
        return np.zeros((rows.shape[1], 0), dtype=np.float32)
    there = _columns(rows, often)
    there.data[:] = 1
    met = (there.T @ there).toarray()
    counts = df[often].astype(np.float32)
    surprise = np.log(np.maximum(met * np.float32(n) / counts / counts[:, None], 1))
    surprise[met < _LEAST_MEETINGS] = 0
    np.fill_diagonal(surprise, 0)
    rng = np.random.default_rng(0)
    guess = surprise @ rng.standard_normal((len(often), min(k + _OVERSAMPLING, len(often)))).astype(np.float32)
    for _ in range(2):
        guess, _ = linalg.qr(surprise @ guess, mode="economic")
    right, values = _right_vectors(surprise @ guess)
    vectors = np.zeros((rows.shape[1], k), dtype=np.float32)
    vectors[often] = right[:, :k] * np.sqrt(values[:k])
    return vectors


def _right_vectors(image: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the left singular vectors and values of a tall matrix by way of its small Gram matrix."""
    tall = image.astype(np.float64)
    squares, turn = linalg.eigh(tall.T @ tall)
    squares, turn = np.maximum(squares[::-1], 0), turn[:, ::-1]
    values = np.sqrt(squares)
    return tall @ (turn / np.maximum(values, 1e-9 * max(float(values[0]), 1e-12))), values


def _spread(vectors: Vectors) -> tuple[Vectors, Vectors]:
    mean = vectors.mean(axis=0, dtype=np.float64)
    apart = vectors - mean
    covariance = apart.T @ apart / len(vectors)
    lift = _LIFT * float(np.trace(covariance)) / max(len(covariance), 1) + 1e-9
    whitening = linalg.inv(covariance + lift * np.eye(len(covariance)))
    # Scaled so that an ordinary direction keeps its length: only the balance between directions is of use.
    return mean.astype(np.float32), (whitening * lift).astype(np.float32)


def in_full(vectors: Vectors | Halves) -> Vectors:
    """Return the same numbers in single precision.

    They are looked up: half precision has no more than 65,536, and turning each back takes three times as long.
    """
    if vectors.dtype == np.float32:
        return np.asarray(vectors, dtype=np.float32)
    places = np.ascontiguousarray(vectors).view(np.uint16)
    result = np.empty(vectors.shape, dtype=np.float32)
    # Places are turned into longer numbers on the way: of a few rows at a time they stay in the processor's own memory.
    for first in range(0, len(places), _ROWS_AT_ONCE):
        some = slice(first, first + _ROWS_AT_ONCE)
        _ALL_HALVES.take(places[some], out=result[some], mode="wrap")
    return result


def unit(vectors: Vectors) -> Vectors:
    """Return rows (or one vector) at unit length; zeros stay zeros."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1), dtype=np.float32)
