"""A taste or an interest → every paper's score and which papers may be shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import numpy as np

from bot.facts import NO_DAY
from bot.feedback_scoring import Learner, company_part
from bot.filters import admitted, holds, matched_at_all
from bot.learning import Taste, lesson_of, lesson_of_rows
from bot.matching import Query, read_query
from bot.model import Interest, Occur
from bot.postings import Floats, Mask
from bot.scoring import NO_ROWS, Cause, Part, Rows, in_units, keyword_parts, level_of, total_of
from bot.snapshot import Snapshot
from bot.weights import SERVED, Weights

# A further interest that a paper meets counts this share of the best one.
_OTHER_INTEREST = 0.2
# News and votes order equals; they never lift a stranger over a match.
_RECENT = 0.02
_TRENDING = 0.02
# A paper with none of the words themselves is shown when it is this much as good as the best ten all the same.
_RELATED_ENOUGH = 0.4
_RECENT_HALF_LIFE_DAYS = 7.0


@dataclass(frozen=True, slots=True)
class Ranking:
    """Every paper's score for one taste or interest.

    Attributes:
        total: The sum of the parts, shape (n,); 1 is as good as the best ten of the store.
        allowed: Papers that may be shown.
        known: False when nothing was asked and nothing learned: the order is by date and votes alone, without a bar.
    """

    total: Floats
    parts: tuple[Part, ...]
    allowed: Mask
    known: bool


def rank_interest(snapshot: Snapshot, interest: Interest, focus: Rows = NO_ROWS, weights: Weights = SERVED) -> Ranking:
    """Rank the store for one interest: what ``search`` shows.

    Where anything is asked for, papers that hold some of it are allowed, and of the others those that come close to the
    best by their related words and meaning. With exclusions alone everything else is allowed.
    """
    query = read_query(snapshot, interest)
    parts = _interest_parts(snapshot, query, focus, weights)
    total = total_of(snapshot, parts)
    allowed = admitted(snapshot, interest)
    if _asks(interest):
        held = np.zeros(len(snapshot), dtype=np.bool_)
        for clue in query.clues:
            held[clue.rows] = True
        for part in parts:
            if part.cause is Cause.EXAMPLE:
                held |= part.scores > 0
        if query.loose:
            held |= total >= _RELATED_ENOUGH
        allowed = allowed & held
    return Ranking(total, tuple(parts), allowed, bool(parts))


def rank_rows_like(snapshot: Snapshot, rows: Rows) -> Ranking:
    """Rank the store by likeness to some papers."""
    parts = in_units(snapshot, Learner(snapshot, lesson_of_rows(rows), cause=Cause.EXAMPLE).parts(), rows)
    return Ranking(total_of(snapshot, parts), tuple(parts), snapshot.alive, known=True)


def rank_taste(
    snapshot: Snapshot, taste: Taste, now: datetime, focus: Rows = NO_ROWS, weights: Weights = SERVED
) -> Ranking:
    """Rank the store for a taste: its interests, what its verdicts taught, and its channel's taste while it is new.

    Args:
        focus: Candidates: rows that are compared by their meaning whatever their words.
    """
    parts = _taste_parts(snapshot, taste, now, focus, weights)
    known = _knows_something(taste)
    allowed = snapshot.alive & _admitted_by_any(snapshot, taste.interests)
    for muted in taste.muted:
        allowed &= ~matched_at_all(snapshot, muted)
    parts += _news_parts(snapshot, now)
    return Ranking(total_of(snapshot, parts), tuple(parts), allowed, known)


def _knows_something(taste: Taste) -> bool:
    """Tell whether anything is wished for: then a paper must reach the bar, even on a day when none does.

    Interests that are exclusions alone wish for nothing: they leave everything else open.
    """
    return (
        bool(taste.judged)
        or any(map(_asks, taste.interests))
        or (taste.prior is not None and _knows_something(taste.prior))
    )


def _taste_parts(snapshot: Snapshot, taste: Taste, now: datetime, focus: Rows, weights: Weights) -> list[Part]:
    lesson = lesson_of(snapshot, taste.judged, now)
    queries = [read_query(snapshot, interest) for interest in taste.interests]
    parts = _interests_parts(snapshot, taste.interests, queries, focus, weights)
    if len(lesson):
        keywords = total_of(snapshot, parts) if parts else None
        asked = [query for query in queries if len(query.stems)]
        learned = Learner(snapshot, lesson, asked, keywords, focus, weights=weights.feedback).parts()
        if keywords is not None:
            level = level_of(keywords, lesson.rows)
            keep = weights.feedback.keywords.at(lesson.amount) / level if level > 0 else 0.0
            parts = [part.scaled(keep) for part in parts]
        parts = in_units(snapshot, [*parts, *learned], lesson.rows)
        company = company_part(snapshot, total_of(snapshot, parts), lesson, focus, weights.feedback)
        parts = in_units(snapshot, [*parts, *company], lesson.rows)
    if taste.prior is not None and (weight := taste.prior_weight) > 0:
        parts += [part.scaled(weight) for part in _taste_parts(snapshot, taste.prior, now, focus, weights)]
    return parts


def _interests_parts(
    snapshot: Snapshot, interests: Sequence[Interest], queries: Sequence[Query], focus: Rows, weights: Weights
) -> list[Part]:
    """Return the parts of several interests: for each paper its best interest counts whole, the others a share."""
    each = []
    for interest, query in zip(interests, queries, strict=True):
        key = ("interest", interest, focus.tobytes(), weights)
        # Verdicts do not change it, so the answer after one need not wait for it again.
        parts = snapshot.memory.recall(key, partial(_interest_parts, snapshot, query, focus, weights))
        if parts:
            mask = admitted(snapshot, interest).astype(np.float32)
            each.append([part.scaled(mask) for part in parts])
    if len(each) < 2:
        return [part for parts in each for part in parts]
    best = np.stack([total_of(snapshot, parts) for parts in each]).argmax(axis=0)
    return [
        part.scaled(np.where(best == i, np.float32(1), np.float32(_OTHER_INTEREST)))
        for i, parts in enumerate(each)
        for part in parts
    ]


def _interest_parts(snapshot: Snapshot, query: Query, focus: Rows, weights: Weights) -> list[Part]:
    parts = keyword_parts(snapshot, query, focus, weights.keywords) if query.clues else []
    rows = snapshot.rows_of(query.examples)
    if len(rows):
        learner = Learner(snapshot, lesson_of_rows(rows), focus=focus, cause=Cause.EXAMPLE, weights=weights.feedback)
        parts += in_units(snapshot, learner.parts(), rows)
    return parts


def _asks(interest: Interest) -> bool:
    """Tell whether something is wanted; an interest without a single word wants what no paper has."""
    return not interest.clauses or any(clause.occur is not Occur.NEVER for clause in interest.clauses)


def _admitted_by_any(snapshot: Snapshot, interests: Sequence[Interest]) -> Mask:
    """Return what some interest admits and none excludes: who says *never* once means it."""
    if not interests:
        return np.ones(len(snapshot), dtype=np.bool_)
    mask = np.zeros(len(snapshot), dtype=np.bool_)
    for interest in interests:
        mask |= admitted(snapshot, interest)
    for clause in (clause for interest in interests for clause in interest.clauses):
        if clause.occur is Occur.NEVER:
            mask &= ~holds(snapshot, clause.node)
    return mask


def _news_parts(snapshot: Snapshot, now: datetime) -> list[Part]:
    age = np.maximum(now.date().toordinal() - snapshot.days, 0).astype(np.float32)
    recent = np.where(snapshot.days == NO_DAY, 0, _RECENT * 0.5 ** (age / np.float32(_RECENT_HALF_LIFE_DAYS)))
    votes = np.concatenate([np.zeros(0, dtype=np.int32), *(batch.facts.upvotes for batch in snapshot.batches)])
    parts = [Part(Cause.RECENT, recent.astype(np.float32))]
    if len(votes) and votes.max() > 0:
        rising = np.log1p(np.maximum(votes, 0)) / np.log1p(float(votes.max()))
        parts.append(Part(Cause.TRENDING, (_TRENDING * rising).astype(np.float32)))
    return parts


def order(snapshot: Snapshot, scores: Floats, rows: Rows) -> Rows:
    """Return rows best first; ties by date, newest first, then id."""
    return rows[np.lexsort((snapshot.tie_rank[rows], -scores[rows]))]
