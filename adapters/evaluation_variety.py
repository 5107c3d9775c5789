"""What choosing for variety does to five picks: how far apart they are, and what relevance it costs."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.vq import kmeans2

from adapters.evaluation import JUDGED_AT
from adapters.evaluation_contenders import taste_of_task
from adapters.evaluation_measures import Gains, ndcg
from adapters.evaluation_sets import JudgedSet
from bot.choosing import LAMBDA, POOL, chosen
from bot.library import Library
from bot.model import PaperId

PICKS = 5
# Subjects of a set, for the entropy: clusters of its papers in the space of meaning.
SUBJECTS = 30
SEED = 11


@dataclass(frozen=True, slots=True)
class Variety:
    """Five picks of each task, one value a task.

    Attributes:
        ndcg: nDCG@5.
        meaning: Mean distance (1 - cosine) of two picks in the space of meaning, which the choosing looks at.
        words: The same of their words, which it does not look at.
        entropy: Of the picks' subjects, in bits: 0 when all have one, 2.3 when each has its own.
    """

    ndcg: Gains
    meaning: Gains
    words: Gains
    entropy: Gains


def varieties(known: JudgedSet, library: Library) -> dict[int, tuple[Variety, Variety]]:
    """Return for each stage the five best as they are ranked, and five chosen for variety too."""
    snapshot = library.snapshot
    rows_of_all = np.arange(len(snapshot))
    subjects = _subjects(snapshot.vectors(rows_of_all))
    found: dict[int, tuple[list[list[float]], list[list[float]]]] = {stage: ([], []) for stage in known.stages}
    for task in known.tasks:
        ranked = library.rank(
            taste_of_task(task),
            JUDGED_AT,
            candidates=None if task.within is None else [PaperId(paper) for paper in task.within],
            excluded=[PaperId(paper) for paper in task.excluded],
            limit=PICKS * POOL,
        )
        rows = np.array([snapshot.row_of[paper] for paper, _ in ranked], dtype=np.int64)
        scores = np.array([score for _, score in ranked], dtype=np.float32)
        vectors = snapshot.vectors(rows)
        words = snapshot.unit_rows(rows)
        words = (words @ words.T).toarray()
        for ways, lambda_ in zip(found[task.stage], (1.0, LAMBDA), strict=True):
            places = sorted(chosen(scores, vectors, PICKS, lambda_))
            ways.append(
                [
                    ndcg(known.judged[task.id], [str(ranked[place][0]) for place in places], PICKS),
                    _apart(np.clip(vectors[places] @ vectors[places].T, 0, 1)),
                    _apart(words[np.ix_(places, places)]),
                    _entropy(subjects[rows[places]]),
                ]
            )
    return {
        stage: (Variety(*np.array(plain).T), Variety(*np.array(varied).T)) for stage, (plain, varied) in found.items()
    }


def _subjects(vectors: NDArray[np.float32]) -> NDArray[np.int64]:
    count = min(SUBJECTS, len(vectors))
    _, labels = kmeans2(vectors.astype(np.float64), count, minit="++", seed=SEED)
    return np.asarray(labels, dtype=np.int64)


def _apart(alike: NDArray[np.floating]) -> float:
    pairs = np.triu_indices(len(alike), 1)
    return 1 - float(alike[pairs].mean()) if len(pairs[0]) else 0.0


def _entropy(subjects: NDArray[np.int64]) -> float:
    shares = np.unique(subjects, return_counts=True)[1] / max(len(subjects), 1)
    return float(-(shares * np.log2(shares)).sum()) if len(subjects) else 0.0
