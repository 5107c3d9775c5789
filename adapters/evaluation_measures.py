"""How good a ranking is, and how sure that is."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 2000
SEED = 11

Gains = NDArray[np.float64]


def ndcg(grades: Mapping[str, int], ranking: Sequence[str], cut: int = 10) -> float:
    """Return the normalised discounted cumulative gain at a cut-off, gain = grade (Järvelin & Kekäläinen 2002)."""

    def dcg(gains: Sequence[int]) -> float:
        return math.fsum(max(gain, 0) / math.log2(place + 1) for place, gain in enumerate(gains[:cut], start=1))

    ideal = dcg(sorted(grades.values(), reverse=True))
    return dcg([grades.get(paper, 0) for paper in ranking[:cut]]) / ideal if ideal else 0.0


def average_precision(grades: Mapping[str, int], ranking: Sequence[str]) -> float:
    """Return the mean, over the relevant papers, of the precision where each stands; 0 for one that is not ranked."""
    relevant = sum(grade > 0 for grade in grades.values())
    seen = 0
    total = 0.0
    for place, paper in enumerate(ranking, start=1):
        if grades.get(paper, 0) > 0:
            seen += 1
            total += seen / place
    return total / relevant


def recall(grades: Mapping[str, int], ranking: Sequence[str], cut: int = 100) -> float:
    """Return the share of the relevant papers that stand above a cut-off."""
    relevant = {paper for paper, grade in grades.items() if grade > 0}
    return len(relevant & set(ranking[:cut])) / len(relevant)


def interval_of_mean(samples: Sequence[Gains]) -> tuple[float, float]:
    """Return the bootstrap 95 % interval of the mean of some sets' means, queries being drawn anew within each set.

    Args:
        samples: One value a query for each set; for a comparison the differences, which pairs them by query.
    """
    rng = np.random.default_rng(SEED)
    drawn = [sample[rng.integers(0, len(sample), (RESAMPLES, len(sample)))].mean(axis=1) for sample in samples]
    low, high = np.quantile(np.mean(drawn, axis=0), [0.025, 0.975])
    return float(low), float(high)


def mean_of(samples: Sequence[Gains]) -> float:
    """Return the mean of the sets' means: each set counts alike, however many queries it has."""
    return float(np.mean([sample.mean() for sample in samples]))
