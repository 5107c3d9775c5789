"""All segments as they are at one moment, and the one question to them. Immutable."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log1p
from queue import Empty, SimpleQueue
from typing import NamedTuple

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


class Wanted(NamedTuple):
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
        terms, nodes = _asked(self.terms, interest.clauses)
        readings = [Matching(segment, self.terms, papers) for segment in self.segments]
        posted = [[_posted(reading, node) for node in nodes] for reading in readings]
        for number, wanted in enumerate(self._wanted(terms, posted)):
            rows, scores = self._of_segment(number, readings[number], interest.clauses, wanted, limit)
            order = np.lexsort((rows, -scores))[:limit]
            found += [(-float(scores[i]), number, int(rows[i])) for i in order.tolist()]
        return [(self.segments[number].ids[row], -score) for score, number, row in sorted(found)[:limit]]

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

    def _wanted(self, terms: Sequence[int], posted: Sequence[Sequence[Posted]]) -> Iterator[list[Wanted]]:
        """Yield for each segment what adds to its scores: single terms, and what was made for the question."""
        total = sum(map(len, self.segments))
        spans = [[segment.span(term) for term in terms] for segment in self.segments]
        held = [sum(last - first for first, last in of_term) for of_term in zip(*spans, strict=True)]
        weights = [_rarity(total, holders) / FULL for holders in held]
        made = [_rarity(total, sum(len(each.rows) for each in of_node)) / FULL for of_node in zip(*posted, strict=True)]
        for segment, mine, others in zip(self.segments, spans, posted, strict=True):
            wanted = [
                Wanted(segment.papers, segment.codes, first, last, weight, weight * segment.most.item(term))
                for term, (first, last), weight in zip(terms, mine, weights, strict=True)
                if first < last
            ]
            wanted += [
                Wanted(each.rows, each.codes, 0, len(each.rows), weight, weight * float(each.codes.max()))
                for each, weight in zip(others, made, strict=True)
                if len(each.rows)
            ]
            yield wanted


def _rarity(total: int, holders: int) -> float:
    """Return the inverse document frequency of BM25 that is never negative, as Lucene has it."""
    return log1p((total - holders + 0.5) / (holders + 0.5))


def _asked(terms: Terms, clauses: Sequence[Clause]) -> tuple[list[int], list[Node]]:
    """Return the single terms that add to a score, each once, and the nodes whose postings have to be made."""
    single: dict[int, None] = {}
    nodes: list[Node] = []
    for clause in clauses:
        if clause.occur is Occur.NEVER:
            continue
        match clause.node:
            case Word(text=text):
                words = folded_words(text)
                if len(words) > 1:
                    nodes.append(clause.node)
                elif words and (term := terms.term(words[0])) is not None:
                    single[term] = None
            case Phrase() | Prefix() | Group() | FieldTest(field="title"):
                nodes.append(clause.node)
            case _:
                pass
    return list(single), nodes


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
