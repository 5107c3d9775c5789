"""Words and marks by number, each with the number of its term: what is looked for. It only grows."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.model import Paper
from bot.tokens import fold, folded_words, stem, stems_of

Ints = NDArray[np.int32]

# No word has it, so a mark is never taken for one.
_MARK = "\x1f"


def author_mark(word: str) -> str:
    return f"{_MARK}author{_MARK}{word}"


def category_mark(category: str) -> str:
    return f"{_MARK}cat{_MARK}{fold(category)}"


def source_mark(source: str) -> str:
    return f"{_MARK}source{_MARK}{fold(source)}"


def marks_of(paper: Paper) -> list[str]:
    """Return what is known of a paper besides its words, as words that nobody can write."""
    words = dict.fromkeys(word for author in paper.authors for word in folded_words(author))
    marks = [author_mark(word) for word in words]
    marks += [category_mark(category) for category in paper.categories]
    # What is kept has a word a line.
    return [mark for mark in [*marks, source_mark(paper.source)] if "\n" not in mark]


class _Numbering(dict[str, int]):
    def __missing__(self, key: str) -> int:
        self[key] = number = len(self)
        return number


@dataclass(frozen=True, slots=True)
class Numbered:
    """`Terms` at one moment: it stays as it is while they grow."""

    words: Sequence[str]
    term_of: Ints
    n_terms: int


class Terms:
    """One writer at a time may `read`; readers of older numbers are never disturbed."""

    def __init__(self, words: Iterable[str] = ()) -> None:
        self._ids = _Numbering()
        self._terms = _Numbering()
        self._in_order: list[str] = []
        self.words: list[str] = []
        self.term_of = np.zeros(0, dtype=np.int32)
        for word in words:
            self._ids[word]
        self.settle()

    def __len__(self) -> int:
        return len(self._terms)

    def read(self, words: Sequence[str]) -> list[int]:
        """Return the numbers of words; new ones are numbered. `settle` afterwards."""
        return list(map(self._ids.__getitem__, words))

    def settle(self) -> None:
        """Stem the words that are new since the last time; a mark is its own stem."""
        fresh = list(self._ids)[len(self.words) :]
        stems = [word if word[0] == _MARK else found for word, found in zip(fresh, stems_of(fresh), strict=True)]
        numbers = [self._terms[each] for each in stems]
        self.term_of = np.concatenate([self.term_of, np.array(numbers, dtype=np.int32)])
        self.words = [*self.words, *fresh]

    def frozen(self) -> Numbered:
        return Numbered(self.words, self.term_of, len(self))

    def term(self, word: str) -> int | None:
        """Return the term of a folded word or of a mark; None when no paper has any form of it."""
        return self._terms.get(word if word[:1] == _MARK else stem(word))

    def word(self, word: str) -> int | None:
        return self._ids.get(word)

    def beginning_with(self, begin: str) -> list[str]:
        """Return the words, or the marks, that begin so."""
        if len(self._in_order) != len(self.words):
            self._in_order = sorted(self.words)
        in_order = self._in_order
        first = bisect_left(in_order, begin)
        return in_order[first : bisect_left(in_order, begin + "\U0010ffff", first)] if begin else []

    def category_marks(self) -> list[str]:
        return self.beginning_with(category_mark(""))
