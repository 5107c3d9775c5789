"""Words and marks by number, each with the number of its term: what is looked for. It only grows."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.model import Paper
from bot.texts import Names
from bot.tokens import fold, folded_words, stem, stems_of
from bot.vocabulary import Known, Numbering

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
    return [*marks, source_mark(paper.source)]


@dataclass(frozen=True, slots=True)
class Numbered:
    """`Terms` at one moment: it stays as it is while they grow."""

    words: Known
    terms: Known
    term_of: Ints


class Terms:
    """One writer at a time may `read`; readers of older numbers are never disturbed."""

    def __init__(self, words: Names[str], terms: Names[str], term_of: Ints) -> None:
        """Begin with what a file has: words, terms, and the term of each word."""
        self._ids = Numbering(words)
        self._terms = Numbering(terms)
        self._now = Numbered(self._ids.now(), self._terms.now(), term_of)
        self._categories: tuple[int, list[str]] = (0, [])

    @classmethod
    def empty(cls) -> "Terms":
        return cls(Names.of(()), Names.of(()), np.zeros(0, dtype=np.int32))

    def __len__(self) -> int:
        return len(self._now.terms)

    @property
    def term_of(self) -> Ints:
        """The term of each word."""
        return self._now.term_of

    def read(self, words: Sequence[str]) -> list[int]:
        """Return the numbers of words; new ones are numbered. `settle` afterwards."""
        return list(map(self._ids.__getitem__, words))

    def settle(self) -> None:
        """Stem the words that are new since the last time; a mark is its own stem."""
        fresh = self._ids.later[len(self._now.words.later) :]
        if fresh:
            stems = [word if word[0] == _MARK else found for word, found in zip(fresh, stems_of(fresh), strict=True)]
            numbers = np.array([self._terms[each] for each in stems], dtype=np.int32)
            self._now = Numbered(self._ids.now(), self._terms.now(), np.concatenate([self.term_of, numbers]))

    def frozen(self) -> Numbered:
        return self._now

    def term(self, word: str) -> int | None:
        """Return the term of a folded word or of a mark; None when no paper has any form of it."""
        return self._terms.known(word if word[:1] == _MARK else stem(word))

    def beginning_with(self, begin: str) -> Ints:
        """Return the numbers of the words, or of the marks, that begin so."""
        return self._now.words.beginning_with(begin) if begin else np.zeros(0, dtype=np.int32)

    def category_marks(self) -> list[str]:
        words = self._now.words
        if self._categories[0] != len(words):
            self._categories = len(words), [words[number] for number in self.beginning_with(category_mark("")).tolist()]
        return self._categories[1]
