"""The honest number: from a pick's score to the probability that its reader presses *like*."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from bot.words import marked

# Below so many verdicts on shown picks, over all profiles, a percentage would be a guess.
FEWEST = 30
# A profile's own rate is believed as if this many verdicts of all profiles stood against it.
_SHRINKAGE = 1.0
# Each of a profile's verdicts counts this much of the next newer one: what it likes of what is left changes.
_AGEING = 0.88
# Keeps slope and intercept finite when scores separate likes from dislikes without error.
_RIDGE = 1.0
_ROUNDS = 50

STRONG, GOOD = 0.75, 0.5

# Nobody is surer than that of what somebody else will like.
LEAST, MOST = 0.01, 0.99


@dataclass(frozen=True, slots=True)
class Calibration:
    """Platt scaling (Platt 1999) pooled over all profiles, shifted by what one profile's own verdicts say."""

    slope: float
    intercept: float

    def probability(self, score: float) -> float:
        """Return the chance of a like, 0..1, never quite either: nobody is that sure."""
        return float(self.probabilities(np.array([score]))[0])

    def probabilities(self, scores: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return `probability` of many scores; shape (n,)."""
        x = np.clip(self.slope * scores.astype(np.float64) + self.intercept, -30.0, 30.0)
        p: NDArray[np.float64] = np.clip(1 / (1 + np.exp(-x)), LEAST, MOST)
        return p

    def for_profile(self, scores: Sequence[float], liked: Sequence[bool]) -> "Calibration":
        """Return the curve moved to one profile's own rate of likes, held back by what all profiles together say.

        Args:
            scores: Of the profile's judged picks, oldest first; ``liked`` likewise.
        """
        if not scores:
            return self
        weights = _AGEING ** np.arange(len(scores), dtype=np.float64)[::-1]
        expected = float(weights @ self.probabilities(np.array(scores, dtype=np.float64)) / weights.sum())
        seen = float(weights @ np.array(liked, dtype=np.float64))
        rate = (seen + _SHRINKAGE * expected) / (float(weights.sum()) + _SHRINKAGE)
        return Calibration(self.slope, self.intercept + _logit(rate) - _logit(expected))


def fit_calibration(scores: Sequence[float], liked: Sequence[bool]) -> Calibration | None:
    """Fit on the scores of shown picks and whether each was liked, over all profiles.

    None when there are too few, or only likes or only dislikes.
    """
    likes = sum(liked)
    if len(scores) < FEWEST or likes in (0, len(scores)):
        return None
    x = np.array(scores, dtype=np.float64)
    # Platt's targets: as if one like and one dislike more had been seen.
    targets = np.where(liked, (likes + 1) / (likes + 2), 1 / (len(scores) - likes + 2))
    centre, spread = float(x.mean()), float(x.std()) or 1.0
    slope, intercept = _fitted((x - centre) / spread, targets)
    return Calibration(slope / spread, intercept - slope * centre / spread)


def _fitted(x: NDArray[np.float64], targets: NDArray[np.float64]) -> tuple[float, float]:
    """Return slope ≥ 0 and intercept of the logistic curve with least log loss (Newton's method, a small ridge)."""
    slope, intercept = 0.0, log(targets.mean() / (1 - targets.mean()))
    for _ in range(_ROUNDS):
        p = 1 / (1 + np.exp(-np.clip(slope * x + intercept, -30, 30)))
        weight = np.maximum(p * (1 - p), 1e-9)
        error = p - targets
        gradient = np.array([float(error @ x) + _RIDGE * slope, float(error.sum())])
        curve = np.array([[float(weight @ x**2) + _RIDGE, float(weight @ x)], [float(weight @ x), float(weight.sum())]])
        step = np.linalg.solve(curve, gradient)
        slope, intercept = slope - float(step[0]), intercept - float(step[1])
        if abs(step).max() < 1e-9:
            break
    return max(slope, 0.0), intercept


def strength(score: float) -> str:
    """Return the word for a score, where no percentage is honest yet. 1 is as good as the best ten of the store."""
    if score >= STRONG:
        return marked("strong match")
    return marked("good match") if score >= GOOD else marked("loose match")


def _logit(rate: float) -> float:
    inner = min(max(rate, 1e-3), 1 - 1e-3)
    return log(inner / (1 - inner))
