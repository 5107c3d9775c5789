"""An interest → the papers of one segment that it admits, and what its terms count in them.

Set algebra is over ascending rows. A word that is cut into several, as ``state-of-the-art`` is, is a phrase.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import reduce
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from bot.facts import category_patterns, columns, fact_of
from bot.model import Clause, Example, FieldTest, Group, Node, Occur, Paper, PaperId, Phrase, Prefix, Word
from bot.tokens import fold, folded_words
from storage.compiled.building import FULL
from storage.compiled.finding import in_both, phrases_counted, words_counted
from storage.compiled.segment import K1, Segment
from storage.compiled.terms import Terms, author_mark, source_mark

Rows = NDArray[np.int32]

T = TypeVar("T", bound=np.generic)

NO_ROWS: Rows = np.zeros(0, dtype=np.int32)


class StoredPapers(Protocol):
    """What an index needs of `bot.ports.Papers`."""

    def get(self, ids: Collection[PaperId]) -> dict[PaperId, Paper]: ...

    def changed_after(self, change: int, limit: int = 5000) -> tuple[list[Paper], int]: ...


@dataclass(frozen=True, slots=True)
class Posted:
    """Papers with something that is no single term, as if it were one: `Segment.codes` for each."""

    rows: Rows
    codes: NDArray[np.uint8]


class Matching:
    """What the nodes of an interest mean in one segment."""

    def __init__(self, segment: Segment, terms: Terms, papers: StoredPapers) -> None:
        self._segment = segment
        self._terms = terms
        self._papers = papers

    def admitted(self, clauses: Sequence[Clause]) -> Rows | None:
        """Return the rows with all that must be there; None when nothing must. A field without a sign narrows too."""
        sets = [self.rows(clause.node) for clause in clauses if clause.occur is Occur.MUST]
        fields: dict[str, list[Rows]] = {}
        for clause in clauses:
            if clause.occur is Occur.SHOULD and isinstance(clause.node, FieldTest):
                fields.setdefault(clause.node.field, []).append(self.rows(clause.node))
        sets += [_any_of(rows) for rows in fields.values()]
        return _all_of(sets) if sets else None

    def excluded(self, clauses: Sequence[Clause]) -> Rows:
        return _any_of([self.rows(clause.node) for clause in clauses if clause.occur is Occur.NEVER])

    def rows(self, node: Node) -> Rows:
        """Return the rows of which a node is true, ascending."""
        match node:
            case Word(text=text) | Phrase(text=text):
                return self._phrase(folded_words(text))
            case Prefix():
                return self.prefixed(node).rows
            case FieldTest():
                return self._field(node)
            case Example(paper=paper):
                return np.sort(self._segment.rows([paper]))
            case Group(alternatives=alternatives):
                return _any_of([self._alternative(clauses) for clauses in alternatives])

    def term_rows(self, term: int | None) -> Rows:
        first, last = (0, 0) if term is None else self._segment.span(term)
        return self._segment.papers[first:last]

    def phrase(self, words: Sequence[str], *, titles_only: bool = False) -> Posted:
        """Return the rows in which forms of the words stand next to each other in this order, and how often."""
        terms = [self._terms.term(word) for word in words]
        if not terms or None in terms:
            return _posted(NO_ROWS, NO_ROWS)
        rows = _all_of([self.term_rows(term) for term in terms])
        segment = self._segment
        ends = segment.title_ends if titles_only else segment.text_ends
        times = phrases_counted(
            unwritten(rows), segment.words, segment.starts, segment.title_ends, ends, self._terms.term_of,
            np.array(terms, dtype=np.int32),
        )  # fmt: skip
        return _posted(rows, times)

    def prefixed(self, prefix: Prefix) -> Posted:
        """Return the rows with any word that begins so, and with how many."""
        numbers = self._terms.beginning_with(fold(prefix.text.rstrip("*")))
        if not len(numbers):
            return _posted(NO_ROWS, NO_ROWS)
        rows = _any_of([self.term_rows(term) for term in np.unique(self._terms.term_of[numbers]).tolist()])
        wanted = np.zeros(len(self._terms.term_of), dtype=np.uint8)
        wanted[numbers] = 1
        segment = self._segment
        return _posted(rows, words_counted(unwritten(rows), segment.words, segment.starts, segment.text_ends, wanted))

    def _phrase(self, words: Sequence[str]) -> Rows:
        return self.term_rows(self._terms.term(words[0])) if len(words) == 1 else self.phrase(words).rows

    def _alternative(self, clauses: Sequence[Clause]) -> Rows:
        """Return the rows that hold all clauses of a row of clauses; with only exclusions, none."""
        held = [self.rows(clause.node) for clause in clauses if clause.occur is not Occur.NEVER]
        return np.setdiff1d(_all_of(held), self.excluded(clauses), assume_unique=True) if held else NO_ROWS

    def _field(self, test: FieldTest) -> Rows:
        match test.field:
            case "author":
                return self._by_author(test.value)
            case "cat":
                return self._in_category(test.value)
            case "source":
                return self.term_rows(self._terms.term(source_mark(test.value.strip())))
            case _:
                return self.phrase(folded_words(test.value), titles_only=True).rows

    def _by_author(self, name: str) -> Rows:
        asked = folded_words(name)
        full = [word for word in asked if len(word) > 1] or asked
        if not full:
            return NO_ROWS
        rows = _all_of([self.term_rows(self._terms.term(author_mark(word))) for word in full])
        if len(asked) == 1:
            return rows
        # Which of the words are one person's, and what an initial may stand for, only the names themselves tell.
        ids = {self._segment.ids[row]: row for row in rows.tolist()}
        papers: list[Paper] = list(self._papers.get(list(ids)).values())
        theirs = columns([fact_of(paper) for paper in papers]).written_by(name)
        found = (ids.get(papers[place].id) for place in theirs.tolist())
        return np.array(sorted(row for row in found if row is not None), dtype=np.int32)

    def _in_category(self, pattern: str) -> Rows:
        found, patterns = [], category_patterns(pattern)
        for mark in self._terms.category_marks():
            category = mark.rpartition("\x1f")[2]
            if any(fnmatchcase(category, each) for each in patterns):
                found.append(self.term_rows(self._terms.term(mark)))
        return _any_of(found)


def unwritten(rows: NDArray[T]) -> NDArray[T]:
    """Return rows as an array that cannot be written: kernels are compiled once, for arrays as those of a file are."""
    view = rows.view()
    view.flags.writeable = False
    return view


def _posted(rows: Rows, times: Rows) -> Posted:
    held = times > 0
    often = times[held].astype(np.float32)
    return Posted(rows[held], np.maximum(1, FULL * often / (often + K1)).astype(np.uint8))


def _all_of(sets: Sequence[Rows]) -> Rows:
    """Return what is in all of some ascending sets, the smallest first: each look into a longer one costs little."""
    ordered = sorted(sets, key=len)
    return reduce(
        lambda rows, other: in_both(unwritten(rows), unwritten(other), 0, len(other)), ordered[1:], ordered[0]
    )


def _any_of(sets: Sequence[Rows]) -> Rows:
    if len(sets) < 2:
        return sets[0] if sets else NO_ROWS
    return np.unique(np.concatenate(sets)).astype(np.int32)
