"""Verdicts → a score for every paper: what the liked papers have in common, and what sets the disliked ones apart."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from bot.expansion import best_rows, meant_direction, trust
from bot.learning import Lesson, word_means, words_against
from bot.matching import Query
from bot.postings import Floats
from bot.scoring import NO_ROWS, Cause, Part, Pool, Rows, asked_weights, in_units_of_the_best, pool_of
from bot.semantics import Vectors, unit
from bot.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Growing:
    """A weight that grows with the amount of feedback: ``most × n / (n + half)``."""

    most: float
    half: float

    def at(self, n: float) -> float:
        return self.most * n / (n + self.half) if n > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Fading:
    """A weight that fades with the amount of feedback: ``least + most × half / (n + half)``."""

    most: float
    half: float
    least: float = 0.0

    def at(self, n: float) -> float:
        return self.least + self.most * self.half / (n + self.half)


@dataclass(frozen=True, slots=True)
class FeedbackWeights:
    """The one table of what counts how much once there are verdicts, chosen by cross-validation over sets of abstracts.

    Attributes:
        keywords: The interests' own score (see `KeywordWeights`).
        words: The liked papers' words with the typed ones (Rocchio 1971), on BM25 as Robertson's relevance feedback is.
        direction: Nearness to the mean of the liked and the typed words, less the disliked.
        papers_view: The same in the first view of the space alone, the typed words counting less.
        discriminant: Linear discriminant of the liked against all other papers (Fisher 1936), the disliked
            counting as what to stay away from: the classifier, which only pays once there are several verdicts.
        pseudo: Nearness to the best answers of all these together.
        nearest: Nearness to the nearest liked paper.
        disliked: Nearness to the nearest disliked paper, against it.
        all_liked: Squared nearness to all liked papers.
        company: How far a paper's score is drawn to that of its nearest neighbours, 0..1 (see `company_part`).
    """

    keywords: Fading = Fading(3.6, 1.5, 0.38)
    words: float = 1.3
    direction: float = 0.9
    papers_view: Growing = Growing(0.88, 5.0)
    discriminant: Growing = Growing(1.9, 12.0)
    pseudo: Fading = Fading(2.3, 1.5)
    nearest: float = 0.38
    disliked: float = 0.5
    all_liked: Growing = Growing(0.37, 5.0)
    company: Growing = Growing(0.4, 5.0)


FEEDBACK = FeedbackWeights()

# How many words the liked papers lend, and what the typed ones weigh against them.
_WORDS = 60
_TYPED = 0.8
# What is special to disliked papers counts so much against a paper; what they share with liked ones or with the
# interest counts nothing.
_SPECIAL = 0.2
_AWAY = 0.15
_AWAY_DISCRIMINANT = 0.3
_TYPED_DIRECTION = 0.4
_TYPED_PAPERS_VIEW = 0.15
_TYPED_DISCRIMINANT = 0.2
# The mean of so many best answers is believed; the newest so many liked papers are compared one by one.
_BELIEVED = 5
_MOST_NEAREST = 40
# The best so many papers have company, and so many neighbours are one's company.
_IN_COMPANY = 100
_NEIGHBOURS = 5
# What the second look sees: how the parts count in the ranking that it believes.
_FIRST_LOOK_DIRECTION = 0.6


@dataclass(frozen=True, slots=True)
class Learner:
    """Scores the store for one lesson.

    Attributes:
        queries: What the interests ask, for the words that a member typed.
        keywords: The interests' score in units of its best, shape (n,); None without interests.
        focus: Rows that are of interest whatever their words.
    """

    snapshot: Snapshot
    lesson: Lesson
    queries: Sequence[Query] = ()
    keywords: Floats | None = None
    focus: Rows = field(default_factory=lambda: NO_ROWS)
    cause: Cause = Cause.LIKED
    weights: FeedbackWeights = FEEDBACK

    def parts(self) -> list[Part]:
        """Return the parts that the verdicts teach; none without verdicts."""
        if not len(self.lesson):
            return []
        snapshot, weights, n = self.snapshot, self.weights, self.lesson.amount
        typed = asked_weights(snapshot, self.queries)
        words = self._words(typed)
        parts = [words.scaled(weights.words)]
        if not snapshot.space.dimensions:
            return parts
        first_look = words.scores if self.keywords is None else words.scores + self.keywords
        pool = pool_of(snapshot, first_look, np.concatenate([self.focus, self.lesson.rows]))
        judged = pool.among(self.lesson.rows)
        near = np.maximum(pool.nearness(_directions(snapshot, self.lesson, typed)), 0)
        direction, papers_view, discriminant = (in_units_of_the_best(one, judged) for one in near)
        meaning = direction * np.float32(weights.direction)
        meaning += papers_view * np.float32(weights.papers_view.at(n))
        meaning += discriminant * np.float32(weights.discriminant.at(n))
        meaning += self._one_by_one(pool, judged)
        parts.append(Part(self.cause, meaning, liked=self.lesson.liked, rows=pool.where()))
        first_look = first_look + pool.spread(direction * np.float32(_FIRST_LOOK_DIRECTION))
        return [*parts, *self._second_look(pool, judged, first_look)]

    def _second_look(self, pool: Pool, judged: Rows, first_look: Floats) -> list[Part]:
        """Return the part of what is like the best answers of all that was learned and asked so far."""
        first_look[self.lesson.rows] = 0
        best = best_rows(first_look, _BELIEVED, self.snapshot.tie_rank)
        if not len(best):
            return []
        believed = meant_direction(self.snapshot, best, trust(self.snapshot, best, first_look))
        near = in_units_of_the_best(pool.nearness(believed[None, :])[0], judged)
        scores = near * np.float32(self.weights.pseudo.at(self.lesson.amount))
        cause = Cause.MEANING if self.keywords is not None else self.cause
        return [Part(cause, scores, liked=self.lesson.liked, rows=pool.where())]

    def _words(self, typed: Floats) -> Part:
        weights = learned_words_of(self.snapshot, self.lesson, typed)
        size = np.abs(weights)
        held = size[size > 0]
        if len(held) > _WORDS:
            weights = np.where(size >= np.partition(held, -_WORDS)[-_WORDS], weights, 0)
        stems = np.flatnonzero(weights).astype(np.int32)
        heaviest = weights[stems].astype(np.float32)
        scores = in_units_of_the_best(self.snapshot.weighted(stems, heaviest), self.lesson.rows)
        query = self.queries[0] if len(self.queries) == 1 else None
        return Part(self.cause, scores, query, stems, heaviest, self.lesson.liked)

    def _one_by_one(self, pool: Pool, judged: Rows) -> Floats:
        """Return what single liked and disliked papers add, for the pool."""
        lesson, weights = self.lesson, self.weights
        total = np.zeros(len(pool.rows), dtype=np.float32)
        if len(lesson.liked):
            near = pool.nearness(_weighted_vectors(self.snapshot, lesson.liked, lesson.liked_weights))
            total += in_units_of_the_best(near.max(axis=0), judged) * np.float32(weights.nearest)
            squares = (np.maximum(near, 0) ** 2).sum(axis=0)
            total += in_units_of_the_best(squares, judged) * np.float32(weights.all_liked.at(lesson.amount))
        if len(lesson.disliked):
            near = pool.nearness(_weighted_vectors(self.snapshot, lesson.disliked, lesson.disliked_weights))
            total -= np.maximum(near.max(axis=0), 0) * np.float32(weights.disliked)
        return total


def company_part(
    snapshot: Snapshot, total: Floats, lesson: Lesson, focus: Rows = NO_ROWS, weights: FeedbackWeights = FEEDBACK
) -> list[Part]:
    """Return the part that draws each of the best papers to the score of its nearest neighbours among them.

    What is like a paper mostly has its worth too, and an error in one score evens out (score regularisation; Diaz
    2005). Below 0 for a paper that scores more than its neighbours. Papers with a verdict are nobody's company: their
    scores say what was taught, not what follows from it.

    Args:
        total: What all other parts sum to, shape (n,).
    """
    weight = weights.company.at(lesson.amount)
    if not weight or not snapshot.space.dimensions:
        return []
    open_ = np.where(snapshot.alive, total, 0)
    open_[lesson.rows] = 0
    best = best_rows(open_, _IN_COMPANY, snapshot.tie_rank)
    if len(focus):
        among = np.zeros_like(open_)
        among[focus] = open_[focus]
        best = np.union1d(best, best_rows(among, _IN_COMPANY, snapshot.tie_rank))
    if len(best) <= _NEIGHBOURS:
        return []
    vectors = snapshot.vectors(best)
    alike = np.maximum(vectors @ vectors.T, 0)
    np.fill_diagonal(alike, 0)
    nearest = np.argsort(-alike, axis=1, kind="stable")[:, :_NEIGHBOURS]
    likeness = np.take_along_axis(alike, nearest, axis=1)
    known = likeness.sum(axis=1)
    theirs = (likeness * total[best][nearest]).sum(axis=1) / np.where(known > 0, known, 1)
    drawn = np.where(known > 0, np.float32(weight) * (theirs - total[best]), 0).astype(np.float32)
    ascending = np.argsort(best)
    return [Part(Cause.COMPANY, drawn[ascending], rows=best[ascending])]


def learned_words_of(snapshot: Snapshot, lesson: Lesson, typed: Floats) -> Floats:
    """Return the weights over stems that verdicts and typed words make, shape (n_stems,); below 0 is against."""
    liked, disliked = word_means(snapshot, lesson)
    special = words_against(snapshot, lesson, liked, disliked, typed)
    learned: Floats = unit(liked) + np.float32(_TYPED) * unit(typed) - np.float32(_SPECIAL) * special
    return learned


def _directions(snapshot: Snapshot, lesson: Lesson, typed: Floats) -> Vectors:
    """Return the three directions to look in: mean, mean of the first view, discriminant; shape (3, k)."""
    space = snapshot.space
    liked = _mean(snapshot, lesson.liked, lesson.liked_weights)
    disliked = _mean(snapshot, lesson.disliked, lesson.disliked_weights)
    asked = space.project_weights(typed)
    mean = unit(liked - np.float32(_AWAY) * disliked + np.float32(_TYPED_DIRECTION) * asked)
    first = np.zeros_like(mean)
    here = space.paper_view
    first[here] = unit((liked - np.float32(_AWAY) * disliked + np.float32(_TYPED_PAPERS_VIEW) * asked)[here])
    towards = liked + np.float32(_TYPED_DISCRIMINANT) * asked
    strength = float(len(lesson.liked) > 0) + _TYPED_DISCRIMINANT * float(asked.any())
    away = disliked - space.mean if len(lesson.disliked) else np.zeros_like(mean)
    discriminant = space.whitening @ (towards - strength * space.mean - np.float32(_AWAY_DISCRIMINANT) * away)
    return np.stack([mean, first, unit(discriminant)])


def _mean(snapshot: Snapshot, rows: Rows, weights: Floats) -> Vectors:
    if not len(rows):
        return np.zeros(snapshot.space.dimensions, dtype=np.float32)
    return np.asarray(weights @ snapshot.vectors(rows) / weights.sum(), dtype=np.float32)


def _weighted_vectors(snapshot: Snapshot, rows: Rows, weights: Floats) -> Vectors:
    """Return the vectors of the newest of some judged papers, those of old verdicts shorter, of surer ones longer."""
    worth = weights[:_MOST_NEAREST] / min(float(weights.max()), 1.0)
    return np.asarray(snapshot.vectors(rows[:_MOST_NEAREST]) * worth[:, None], dtype=np.float32)
