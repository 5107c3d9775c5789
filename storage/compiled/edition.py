"""All segments as they are at one moment, and the one question to them. Immutable."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log1p
from queue import Empty, SimpleQueue

import numpy as np
from numpy.typing import NDArray

from bot.model import Clause, FieldTest, Group, Interest, Node, Occur, PaperId, Phrase, Prefix, Word
from bot.tokens import folded_words
from storage.compiled.building import FULL, Codes, Floats, Ints
from storage.compiled.finding import added, best_of_any
from storage.compiled.matching import NO_ROWS, Matching, Posted, Rows, StoredPapers, unwritten
from storage.compiled.segment import Segment
from storage.compiled.terms import Terms

NO_MASK: Codes = np.zeros(0, dtype=np.uint8)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One thing that adds to a score: a part of a segment's own postings, or of others made for the question."""

    papers: Ints
    codes: Codes
    first: int
    last: int
    weight: float
    most: float


@dataclass(frozen=True, slots=True)
class Edition:
    """Segments that share their terms and the length by which they tame.

    Attributes:
        change: Number of the last change that is folded in.
        closed: For each segment 1 for rows that must not be found; empty when there are none.
    """

    change: int
    terms: Terms
    segments: tuple[Segment, ...]
    closed: tuple[Codes, ...]
    mean: float

    def __len__(self) -> int:
        return sum(map(len, self.segments)) - sum(int(mask.sum()) for mask in self.closed)

    def best(self, interest: Interest, limit: int, papers: StoredPapers) -> list[tuple[PaperId, float]]:
        """Return papers that an interest admits and that hold something of it, best first; of equals the older record.

        Args:
            papers: Asked for names of authors of more than one word.
        """
        if limit <= 0:
            return []
        found: list[tuple[float, int, int]] = []
        readings = [Matching(segment, self.terms, papers) for segment in self.segments]
        posted = [_made(reading, interest.clauses) for reading in readings]
        for number, segment in enumerate(self.segments):
            wanted = [*self._terms_wanted(segment, interest.clauses), *self._made_wanted(posted, number)]
            rows, scores = self._of_segment(number, readings[number], interest.clauses, wanted, limit)
            order = np.lexsort((rows, -scores))[:limit]
            found += [(-float(scores[i]), number, int(rows[i])) for i in order.tolist()]
        return [(self.segments[number].id(row), -score) for score, number, row in sorted(found)[:limit]]

    def _of_segment(
        self, number: int, reading: Matching, clauses: Sequence[Clause], wanted: list[Wanted], limit: int
    ) -> tuple[Rows, Floats]:
        segment, closed = self.segments[number], self.closed[number]
        admitted, excluded = reading.admitted(clauses), reading.excluded(clauses)
        if admitted is None:
            if not wanted and all(clause.occur is Occur.NEVER for clause in clauses):
                admitted = np.arange(len(segment), dtype=np.int32)
            else:
                return _best_of(segment, wanted, _open(len(segment), closed, excluded), limit)
        rows = np.setdiff1d(admitted, excluded, assume_unique=True) if len(excluded) else admitted
        rows = rows[closed[rows] == 0] if len(closed) else rows
        scores = np.zeros(len(rows), dtype=np.float32)
        for each in wanted:
            added(
                unwritten(rows),
                unwritten(each.papers),
                unwritten(each.codes),
                each.first,
                each.last,
                each.weight,
                scores,
            )
        if wanted and not any(clause.occur is Occur.MUST for clause in clauses):
            rows, scores = rows[scores > 0], scores[scores > 0]
        if len(rows) > limit:
            enough = np.partition(scores, len(scores) - limit)[len(scores) - limit]
            rows, scores = rows[scores >= enough], scores[scores >= enough]
        return rows, scores

    def _terms_wanted(self, segment: Segment, clauses: Sequence[Clause]) -> Iterator[Wanted]:
        for term in dict.fromkeys(_single_terms(self.terms, clauses)):
            first, last = segment.span(term)
            if first == last:
                continue
            holders = sum(each.span(term)[1] - each.span(term)[0] for each in self.segments)
            weight = self._rarity(holders) / FULL
            yield Wanted(segment.papers, segment.codes, first, last, weight, weight * float(segment.most[term]))

    def _made_wanted(self, posted: Sequence[Sequence[Posted]], number: int) -> Iterator[Wanted]:
        for place, mine in enumerate(posted[number]):
            if len(mine.rows):
                weight = self._rarity(sum(len(each[place].rows) for each in posted)) / FULL
                yield Wanted(mine.rows, mine.codes, 0, len(mine.rows), weight, weight * float(mine.codes.max()))

    def _rarity(self, holders: int) -> float:
        """Return the inverse document frequency of BM25 that is never negative, as Lucene has it."""
        total = sum(map(len, self.segments))
        return log1p((total - holders + 0.5) / (holders + 0.5))


def _single_terms(terms: Terms, clauses: Sequence[Clause]) -> Iterator[int]:
    for clause in clauses:
        if clause.occur is not Occur.NEVER and isinstance(clause.node, Word):
            words = folded_words(clause.node.text)
            term = terms.term(words[0]) if len(words) == 1 else None
            if term is not None:
                yield term


def _made(reading: Matching, clauses: Sequence[Clause]) -> list[Posted]:
    """Return postings of what is no single term, in the order of the clauses."""
    return [
        _posted(reading, clause.node) for clause in clauses if clause.occur is not Occur.NEVER and _is_made(clause.node)
    ]


def _is_made(node: Node) -> bool:
    match node:
        case Word(text=text):
            return len(folded_words(text)) > 1
        case Phrase() | Prefix() | Group() | FieldTest(field="title"):
            return True
        case _:
            return False


def _posted(reading: Matching, node: Node) -> Posted:
    match node:
        case Word(text=text) | Phrase(text=text):
            return reading.phrase(folded_words(text))
        case Prefix():
            return reading.prefixed(node)
        case _:
            rows = reading.rows(node)
            return Posted(rows, np.full(len(rows), FULL // 2, dtype=np.uint8))


def _open(n: int, closed: Codes, excluded: Rows) -> Codes:
    if not len(closed) and not len(excluded):
        return NO_MASK
    mask = np.ones(n, dtype=np.uint8) if not len(closed) else 1 - closed
    mask[excluded] = 0
    return mask


@dataclass(frozen=True, slots=True)
class _Scratch:
    sums: Floats
    found: Ints
    scores: Floats


# A question needs a few numbers for every paper; they are clean again afterwards, for the next one.
_scratches: SimpleQueue[_Scratch] = SimpleQueue()


def _scratch(n: int) -> _Scratch:
    try:
        known = _scratches.get_nowait()
    except Empty:
        known = None
    if known is not None and len(known.sums) >= n:
        return known
    return _Scratch(np.zeros(n, dtype=np.float32), np.empty(n, dtype=np.int32), np.empty(n, dtype=np.float32))


def _best_of(segment: Segment, wanted: list[Wanted], open_: NDArray[np.uint8], limit: int) -> tuple[Rows, Floats]:
    if not wanted:
        return NO_ROWS, np.zeros(0, dtype=np.float32)
    wanted.sort(key=lambda each: -each.most)
    papers, codes = segment.papers, segment.codes
    firsts = np.array([each.first for each in wanted], dtype=np.int64)
    lasts = np.array([each.last for each in wanted], dtype=np.int64)
    if any(each.papers is not papers for each in wanted):
        # The kernel reads one array: what it reads of several is put together for it.
        papers = np.concatenate([each.papers[each.first : each.last] for each in wanted])
        codes = np.concatenate([each.codes[each.first : each.last] for each in wanted])
        papers.flags.writeable = codes.flags.writeable = False
        lasts = np.cumsum(lasts - firsts)
        firsts = np.concatenate([[0], lasts[:-1]]).astype(np.int64)
    weights = np.array([each.weight for each in wanted], dtype=np.float32)
    most = np.array([each.most for each in wanted], dtype=np.float32)
    scratch = _scratch(len(segment))
    n_found = best_of_any(
        papers, codes, firsts, lasts, weights, most, open_, scratch.sums, scratch.found, scratch.scores, limit
    )
    rows, scores = scratch.found[:n_found].copy(), scratch.scores[:n_found].copy()
    _scratches.put(scratch)
    return rows, scores
