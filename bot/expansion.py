"""Words and directions that the best answers have in common: pseudo-relevance feedback for short interests."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from bot.matching import Query
from bot.postings import Floats, Ints
from bot.semantics import Vectors, unit
from bot.snapshot import Snapshot

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ExpansionSettings:
    """RM3 (Lavrenko & Croft 2001; Abdul-Jaleel et al. 2004), gated: an answer is believed by its score and its length.

    Attributes:
        papers: How many best answers are believed.
        words: How many of their words are added.
        own_share: What the typed words keep of the weight.
        trust: Power of the scores: the higher, the more the first answers outweigh the later ones, so that an exact
            hit far above the rest is hardly blurred by them.
        few_words: A record of so few different stems is believed half as much: a title alone proves little.
        rarity: How much a rare word of an answer counts above a common one: power of its idf.
    """

    papers: int = 10
    words: int = 50
    own_share: float = 0.4
    trust: float = 2.0
    few_words: float = 30.0
    rarity: float = 0.3


EXPANSION = ExpansionSettings()

_BLOCK = 64


def best_rows(scores: Floats, count: int, tie_rank: NDArray[np.int64]) -> Rows:
    """Return the rows with the highest scores above 0, best first; ties by date, then id."""
    rows = np.flatnonzero((scores >= cut_of(scores, count)) & (scores > 0))
    return rows[np.lexsort((tie_rank[rows], -scores[rows]))][:count]


def cut_of(scores: Floats, count: int) -> float:
    """Return the ``count``-th highest score, -inf when there are no more than that many."""
    return -np.inf if count >= len(scores) else float(highest(scores, count).min())


def highest(scores: Floats, count: int) -> Floats:
    """Return the ``count`` highest scores in no order, all when there are no more than that many.

    The best of each block come first: as many blocks as are asked for have one at least as good as the ``count``-th
    block, so everything below that is out after one glance. A partition of all would take thirty times as long.
    """
    if count >= len(scores):
        return scores
    blocks = len(scores) // _BLOCK
    if blocks > 4 * count:
        # A block is every so-many-th score: side by side they are compared ten times as fast as each along its length.
        best = scores[: blocks * _BLOCK].reshape(_BLOCK, blocks).max(axis=0)
        scores = scores[scores >= np.partition(best, blocks - count)[blocks - count]]
    return np.partition(scores, len(scores) - count)[len(scores) - count :]


def trust(snapshot: Snapshot, best: Rows, scores: Floats) -> Floats:
    """Return how much each of the best answers is believed; sums to 1."""
    if not len(best):
        return np.zeros(0, dtype=np.float32)
    stems = snapshot.lengths[best]
    believed = (scores[best] / scores[best].max()) ** EXPANSION.trust * stems / (stems + EXPANSION.few_words)
    total = float(believed.sum())
    return (believed / total if total > 0 else np.full(len(best), 1 / len(best))).astype(np.float32)


def expanded(snapshot: Snapshot, query: Query, best: Rows, believed: Floats) -> tuple[Ints, Floats]:
    """Return the query's own stems and those of its best papers, ascending, with weights (idf in them)."""
    rows = snapshot.unit_rows(best)
    # Most stems stand in none of these papers: only the others are reckoned with.
    stems = np.union1d(rows.indices, query.stems)
    rows = sparse.csr_matrix(
        (rows.data, np.searchsorted(stems, rows.indices), rows.indptr), shape=(len(best), len(stems))
    )
    # As large as the snapshot's own idf, and used by all: it takes no room from what is remembered of interests.
    idf = snapshot.memory.recall("rarity", lambda: _rarity(snapshot))[stems]
    model = _heaviest(np.asarray(believed @ rows).ravel() / idf, EXPANSION.words)
    # Added up in its place among all stems: in another order the last digit would be another.
    whole = np.zeros(snapshot.n_stems, dtype=np.float32)
    whole[stems] = model
    weights = model * np.float32((1 - EXPANSION.own_share) / max(float(whole.sum()), 1e-9))
    typed = np.searchsorted(stems, query.stems)
    own = query.weights / idf[typed]
    weights[typed] += own * np.float32(EXPANSION.own_share / max(float(own.sum()), 1e-9))
    held = weights != 0
    return stems[held].astype(np.int32), (weights * idf)[held]


def _rarity(snapshot: Snapshot) -> Floats:
    return np.maximum(snapshot.idf, np.float32(1e-6)) ** np.float32(EXPANSION.rarity)


def _heaviest(weights: NDArray[np.floating], count: int) -> Floats:
    held = weights[weights > 0]
    if count < len(held):
        weights = np.where(weights >= np.partition(held, -count)[-count], weights, 0)
    return weights.astype(np.float32)


def meant_direction(snapshot: Snapshot, best: Rows, believed: Floats) -> Vectors:
    """Return the direction of the best papers' mean, each counting as it is believed; shape (k,)."""
    return unit(np.asarray(believed @ snapshot.vectors(best), dtype=np.float32))
