"""A ranking → a few picks: variety among them, and one from the edge of the profile to learn from."""

import numpy as np
from numpy.typing import NDArray

from bot.calibration import Calibration
from bot.expansion import cut_of
from bot.postings import Floats
from bot.semantics import Vectors

Rows = NDArray[np.int64]

# The bar: a paper that is not at least this fraction as good as the best ten of the store is no pick.
BAR = 0.3
# A stretch is taken from this share of the bar upwards: below it nothing points to the profile any more.
NEAR = 0.6
# Without a calibration: how sharply a like becomes likelier around the bar.
_SHARPNESS = 4.0
# Relevance against variety when picks are chosen.
LAMBDA = 0.72
# Picks are chosen among so many times their number of the best.
POOL = 6
# With fewer picks a stretch would take the place of something surer.
STRETCH_FROM = 4


def chosen(scores: Floats, vectors: Vectors, count: int, lambda_: float = LAMBDA) -> list[int]:
    """Choose by maximal marginal relevance (Carbonell & Goldstein 1998): places in ``scores``, in order of choice.

    Args:
        scores: Best first, shape (n,).
        vectors: Unit vectors of the same papers, shape (n, k); likeness is their cosine, 0 where it is below.
        lambda_: 1 is relevance alone.
    """
    if not len(scores):
        return []
    relevance = scores / max(float(scores[0]), 1e-9)
    alike = np.clip(vectors @ vectors.T, 0.0, 1.0)
    nearest = np.zeros(len(scores), dtype=np.float32)
    open_ = np.ones(len(scores), dtype=np.bool_)
    taken: list[int] = []
    while len(taken) < count and open_.any():
        worth = np.where(open_, lambda_ * relevance - (1 - lambda_) * nearest, -np.inf)
        best = int(worth.argmax())
        taken.append(best)
        open_[best] = False
        nearest = np.maximum(nearest, alike[best])
    return taken


def stretch(scores: Floats, taken: set[int], bar: float, calibration: Calibration | None) -> int | None:
    """Return the place of the open candidate whose verdict is most uncertain; None when none is near the profile.

    Args:
        scores: Of all candidates, best first.
        taken: Places that are picks already.
    """
    curve = calibration or Calibration(_SHARPNESS, -_SHARPNESS * bar)
    open_ = scores >= bar * NEAR
    open_[list(taken)] = False
    places = np.flatnonzero(open_)
    if not len(places):
        return None
    p = curve.probabilities(scores[places])
    entropy = -p * np.log(p) - (1 - p) * np.log(1 - p)
    # Of nearly equal ones the better one, whatever the last digits are.
    return int(places[np.argmax(entropy >= entropy.max() - 1e-9)])


def near_the_top(scores: Floats, rows: Rows, bar: float, least: int) -> Rows:
    """Return the rows that can matter for picks, so that not all have to be sorted: ``least`` and all near the bar."""
    here = scores[rows]
    near = bar * NEAR if bar > 0 else np.inf
    return rows[here >= min(near, cut_of(here, least))]
