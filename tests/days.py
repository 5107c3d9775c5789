"""Days and linear profiles for tests of the batch."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from bot.batch.day import Day, Profiles
from bot.semantics import Vectors, unit

Pairs = Sequence[tuple[int, float]]

WORDS = 400


def day_from(papers: Sequence[Pairs], likeness: ArrayLike, prior: Sequence[float] | None = None) -> Day:
    """Return the day of some papers, each told by its words with their impacts."""
    pairs = sorted((word, paper, impact) for paper, held in enumerate(papers) for word, impact in held)
    words = max((word for word, _, _ in pairs), default=-1) + 1
    counts = np.bincount([word for word, _, _ in pairs], minlength=words) if pairs else np.zeros(words)
    return Day(
        np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        np.array([paper for _, paper, _ in pairs], dtype=np.uint16),
        np.array([impact for _, _, impact in pairs], dtype=np.float32),
        np.array(prior if prior is not None else np.zeros(len(papers)), dtype=np.float32),
        np.asarray(likeness, dtype=np.float32),
    )


def profiles_from(profiles: Sequence[tuple[Pairs, Sequence[int]]], slopes: Sequence[float] | None = None) -> Profiles:
    """Return profiles, each told by its words with their weights, and the papers it saw."""
    return Profiles(
        np.cumsum([0, *(len(words) for words, _ in profiles)]).astype(np.int64),
        np.array([word for words, _ in profiles for word, _ in words], dtype=np.int32),
        np.array([weight for words, _ in profiles for _, weight in words], dtype=np.float32),
        np.cumsum([0, *(len(seen) for _, seen in profiles)]).astype(np.int64),
        np.array([paper for _, seen in profiles for paper in seen], dtype=np.uint16),
        np.array(slopes if slopes is not None else np.ones(len(profiles)), dtype=np.float32),
        np.zeros(len(profiles), dtype=np.float32),
    )


def made_day(papers: int, seed: int = 1) -> Day:
    """Return papers of 20 subjects, the earlier words more frequent, papers of one subject being alike."""
    rng = np.random.default_rng(seed)
    held = [
        [(word, float(rng.uniform(0.5, 2.0))) for word in np.unique((WORDS * rng.random(40) ** 2).astype(int)).tolist()]
        for _ in range(papers)
    ]
    vectors = made_vectors(papers, seed)
    return day_from(held, np.clip(vectors @ vectors.T, 0, 1), rng.uniform(0, 0.02, papers).tolist())


def made_vectors(papers: int, seed: int = 1) -> Vectors:
    """Return the vectors of `made_day`'s papers."""
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(20, 6))[rng.integers(20, size=papers)] + rng.normal(scale=0.3, size=(papers, 6))
    return unit(vectors.astype(np.float32))


def made_profiles(day: Day, profiles: int, seed: int = 2) -> Profiles:
    """Return profiles of few and many words, some of them held against a paper; some have seen much of the day."""
    rng = np.random.default_rng(seed)
    told = []
    for _ in range(profiles):
        words = rng.choice(len(day.starts) - 1, size=rng.integers(0, 60), replace=False).tolist()
        weights = rng.uniform(-0.05, 0.3, size=len(words)).tolist()
        seen = rng.choice(len(day), size=rng.integers(0, len(day) // 2 + 1), replace=False).tolist()
        told.append((list(zip(words, weights, strict=True)), seen))
    return profiles_from(told, slopes=rng.uniform(1, 8, profiles).tolist())
