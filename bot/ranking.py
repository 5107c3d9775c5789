"""A taste or an interest → every paper's score and which papers may be shown."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from hashlib import blake2b

import numpy as np

from bot.expansion import cut_of
from bot.facts import NO_DAY
from bot.feedback_scoring import Learner, company_part
from bot.filters import admitted, holds, matched_at_all
from bot.learning import Taste, lesson_of, lesson_of_rows
from bot.matching import Query, read_query
from bot.model import Interest, Occur
from bot.postings import Floats, Ints, Mask
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


@dataclass(frozen=True, slots=True)
class Read:
    """What one interest comes to in a snapshot, whoever follows it.

    Attributes:
        parts: Of the papers that it admits; the others score 0.
        admitted: Shape (n,), or (len(rows),) where ``rows`` is given.
        rows: The only rows that it tells of, ascending; None for all.
    """

    query: Query
    parts: tuple[Part, ...]
    admitted: Mask
    rows: Rows | None = None

    @property
    def size(self) -> int:
        """Bytes."""
        # The rows that it tells of are not its own.
        own = [part.rows for part in self.parts if part.rows is not None and part.rows is not self.rows]
        parts = sum(part.scores.nbytes for part in self.parts) + sum(rows.nbytes for rows in own)
        return parts + self.admitted.nbytes + sum(clue.rows.nbytes + clue.values.nbytes for clue in self.query.clues)

    def among(self, rows: Rows) -> "Read":
        """Return the same of a few rows, ascending: small enough to be remembered for thousands of interests."""
        asked = np.zeros(len(self.admitted), dtype=np.bool_)
        asked[rows] = True
        query = replace(self.query, clues=tuple(clue.where(asked) for clue in self.query.clues))
        parts = [part.where(asked, rows) for part in self.parts]
        said = tuple(replace(part, query=query) if part.query is self.query else part for part in parts)
        return Read(query, said, self.admitted[rows], rows)

    def admit(self, mask: Mask) -> None:
        """Add what is admitted to a mask over all rows, in place."""
        if self.rows is None:
            mask |= self.admitted
        else:
            mask[self.rows] |= self.admitted


@dataclass(frozen=True, slots=True)
class Scope:
    """What an interest is read for.

    Attributes:
        focus: Rows that are compared by their meaning whatever their words.
        among: The only rows that are asked about; None for all.
    """

    focus: Rows
    weights: Weights
    among: Rows | None = None

    @property
    def key(self) -> tuple[object, ...]:
        """Tells scopes apart in few bytes, since it is remembered with each interest."""
        among = None if self.among is None else _digest(self.among)
        return _digest(self.focus), self.weights, among


def _digest(rows: Rows) -> bytes:
    return blake2b(rows.tobytes(), digest_size=16).digest()


def rank_interest(snapshot: Snapshot, interest: Interest, focus: Rows = NO_ROWS, weights: Weights = SERVED) -> Ranking:
    """Rank the store for one interest: what ``search`` shows.

    Where anything is asked for, papers that hold some of it are allowed, and of the others those that come close to the
    best by their related words and meaning. With exclusions alone everything else is allowed.
    """
    return _ranking_of(snapshot, interest, _read(snapshot, interest, focus, weights))


def rank_followed(snapshot: Snapshot, interest: Interest, focus: Rows = NO_ROWS) -> Ranking:
    """Return the same as `rank_interest`, remembered for the next who ask: of what is or may soon be followed."""
    return _ranking_of(snapshot, interest, _remembered(snapshot, interest, Scope(focus, SERVED)))


def _ranking_of(snapshot: Snapshot, interest: Interest, read: Read) -> Ranking:
    total = total_of(snapshot, read.parts)
    allowed = read.admitted
    if _asks(interest):
        held = np.zeros(len(snapshot), dtype=np.bool_)
        for clue in read.query.clues:
            held[clue.rows] = True
        for part in read.parts:
            if part.cause is Cause.EXAMPLE:
                held |= part.above_zero(len(snapshot))
        if read.query.loose:
            held |= total >= _RELATED_ENOUGH
        allowed = allowed & held
    return Ranking(total, read.parts, allowed, bool(read.parts))


def rank_rows_like(snapshot: Snapshot, rows: Rows) -> Ranking:
    """Rank the store by likeness to some papers."""
    parts = in_units(snapshot, Learner(snapshot, lesson_of_rows(rows), cause=Cause.EXAMPLE).parts(), rows)
    return Ranking(total_of(snapshot, parts), tuple(parts), snapshot.alive, known=True)


def rank_taste(
    snapshot: Snapshot,
    taste: Taste,
    now: datetime,
    focus: Rows = NO_ROWS,
    weights: Weights = SERVED,
    among: Rows | None = None,
) -> Ranking:
    """Rank the store for a taste: its interests, what its verdicts taught, and its channel's taste while it is new.

    Args:
        focus: Candidates: rows that are compared by their meaning whatever their words.
        among: The only rows that are asked about: scores of others may be left out. Verdicts teach from the whole
            store, so this saves work where there are none.
    """
    scope = Scope(focus, weights, among if among is not None and not _was_taught(taste) else None)
    read = _followed(snapshot, taste, scope)
    parts = _taste_parts(snapshot, taste, read, now, scope)
    known = _knows_something(taste)
    allowed = snapshot.alive & _admitted_by_any(snapshot, taste.interests, read)
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


def _was_taught(taste: Taste) -> bool:
    return bool(taste.judged) or (taste.prior is not None and _was_taught(taste.prior))


def _followed(snapshot: Snapshot, taste: Taste, scope: Scope) -> list[Read]:
    """Return what each interest comes to: verdicts do not change it, so the answer after one need not wait for it."""
    return [_remembered(snapshot, interest, scope) for interest in taste.interests]


def _taste_parts(snapshot: Snapshot, taste: Taste, read: Sequence[Read], now: datetime, scope: Scope) -> list[Part]:
    focus, weights = scope.focus, scope.weights
    lesson = lesson_of(snapshot, taste.judged, now)
    parts = _interests_parts(snapshot, read)
    if len(lesson):
        keywords = total_of(snapshot, parts) if parts else None
        asked = [each.query for each in read if len(each.query.stems)]
        learned = Learner(snapshot, lesson, asked, keywords, focus, weights=weights.feedback).parts()
        if keywords is not None:
            level = level_of(keywords, lesson.rows)
            keep = weights.feedback.keywords.at(lesson.amount) / level if level > 0 else 0.0
            parts = [part.scaled(keep) for part in parts]
        parts = in_units(snapshot, [*parts, *learned], lesson.rows)
        company = company_part(snapshot, total_of(snapshot, parts), lesson, focus, weights.feedback)
        parts = in_units(snapshot, [*parts, *company], lesson.rows)
    if taste.prior is not None and (weight := taste.prior_weight) > 0:
        followed = _followed(snapshot, taste.prior, scope)
        parts += [part.scaled(weight) for part in _taste_parts(snapshot, taste.prior, followed, now, scope)]
    return parts


def _interests_parts(snapshot: Snapshot, read: Sequence[Read]) -> list[Part]:
    """Return the parts of several interests: for each paper its best interest counts whole, the others a share."""
    each = [one.parts for one in read if one.parts]
    if len(each) < 2:
        return [part for parts in each for part in parts]
    best = _place_of_best([total_of(snapshot, parts) for parts in each])
    counts = [np.where(best == i, np.float32(1), np.float32(_OTHER_INTEREST)) for i in range(len(each))]
    return [part.scaled(count) for parts, count in zip(each, counts, strict=True) for part in parts]


def _place_of_best(totals: Sequence[Floats]) -> Ints:
    """Return which of some scores is the highest for each row, the first of equals; shape (n,).

    One after the other: the maximum over a column of a matrix takes ten times as long.
    """
    place = np.zeros(len(totals[0]), dtype=np.int32)
    highest = totals[0]
    for number, total in enumerate(totals[1:], start=1):
        place[total > highest] = number
        highest = np.maximum(highest, total)
    return place


def _remembered(snapshot: Snapshot, interest: Interest, scope: Scope) -> Read:
    key = ("interest", interest, scope.key)
    return snapshot.memory.recall(key, partial(_read_in, snapshot, interest, scope), lambda read: read.size)


def _read_in(snapshot: Snapshot, interest: Interest, scope: Scope) -> Read:
    read = _read(snapshot, interest, scope.focus, scope.weights)
    if scope.among is None:
        return read
    # The rows are those of all who ask that day: they are kept once.
    among = scope.among
    return read.among(snapshot.memory.recall(("rows", _digest(among)), lambda: among, lambda rows: rows.nbytes))


def _read(snapshot: Snapshot, interest: Interest, focus: Rows, weights: Weights) -> Read:
    query = read_query(snapshot, interest)
    mask = admitted(snapshot, interest)
    parts = _interest_parts(snapshot, query, focus, weights)
    if not mask.all():
        parts = [part.scaled(mask.astype(np.float32)) for part in parts]
    return Read(query, tuple(parts), mask)


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


def _admitted_by_any(snapshot: Snapshot, interests: Sequence[Interest], read: Sequence[Read]) -> Mask:
    """Return what some interest admits and none excludes: who says *never* once means it."""
    if not interests:
        return np.ones(len(snapshot), dtype=np.bool_)
    mask = np.zeros(len(snapshot), dtype=np.bool_)
    for one in read:
        one.admit(mask)
    for clause in (clause for interest in interests for clause in interest.clauses):
        if clause.occur is Occur.NEVER:
            mask &= ~holds(snapshot, clause.node)
    return mask


def _news_parts(snapshot: Snapshot, now: datetime) -> tuple[Part, ...]:
    """Return what papers have for their date and votes, the same for everybody on a day."""
    today = now.date()
    parts = snapshot.memory.recall(("news", today), partial(_news_of, snapshot, today), _bytes_of)
    return tuple(parts)


def _bytes_of(parts: Sequence[Part]) -> int:
    return sum(part.scores.nbytes for part in parts)


def _news_of(snapshot: Snapshot, today: date) -> list[Part]:
    age = np.maximum(today.toordinal() - snapshot.days, 0).astype(np.float32)
    recent = np.where(snapshot.days == NO_DAY, 0, _RECENT * 0.5 ** (age / np.float32(_RECENT_HALF_LIFE_DAYS)))
    votes = np.concatenate([np.zeros(0, dtype=np.int32), *(batch.facts.upvotes for batch in snapshot.batches)])
    parts = [Part(Cause.RECENT, recent.astype(np.float32))]
    if len(votes) and votes.max() > 0:
        rising = np.log1p(np.maximum(votes, 0)) / np.log1p(float(votes.max()))
        parts.append(Part(Cause.TRENDING, (_TRENDING * rising).astype(np.float32)))
    return parts


def order(snapshot: Snapshot, scores: Floats, rows: Rows, count: int | None = None) -> Rows:
    """Return rows best first, the first ``count`` alone where that is given; ties by date, newest first, then id."""
    if count is not None and len(rows) > count > 0:
        best = scores[rows]
        rows = rows[best >= cut_of(best, count)]
        return order(snapshot, scores, rows)[:count]
    return rows[np.lexsort((snapshot.tie_rank[rows], -scores[rows]))]
