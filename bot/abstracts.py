"""An abstract cut up once: its sentences with their stems, and how it writes each stem."""

from collections.abc import Mapping
from functools import lru_cache
from itertools import accumulate, chain
from math import fsum, sqrt

from bot.sentences import sentences
from bot.tokens import beginning, folded_words, stem, stems_in, surface_words

# A sentence shorter than this says too little to stand alone.
_SHORTEST_SENTENCE = 5
# Thousands of digests of one morning choose among the same papers: so many of them need not be read again.
_READ_LATELY = 512
# For so few stems only words that begin as theirs do are looked at.
_FEW = 8


class Abstract:
    """What is known of the words of an abstract; it is cut into words when they are asked for."""

    def __init__(self, text: str) -> None:
        self.sentences = sentences(text)
        self._text = text
        self._stems: list[str] = []
        self._ends: list[int] = []
        self._written: dict[str, str] | None = None

    def stems(self, place: int) -> list[str]:
        """Return the stems of a sentence in order."""
        stems = self._all_stems()
        return stems[self._ends[place - 1] if place else 0 : self._ends[place]]

    def written(self, stem: str) -> str | None:
        """Return how the abstract first writes a stem, None where it has no such word."""
        if self._written is None:
            # Of plain text the words as written are as many as the folded ones.
            plain = self._text.isascii()
            self._written = first_written(self._text, self._all_stems() if plain else None)
        return self._written.get(stem)

    def _all_stems(self) -> list[str]:
        if not self._ends:
            of_each = [stems_in(sentence) for sentence in self.sentences]
            self._stems = list(chain.from_iterable(of_each))
            self._ends = list(accumulate(map(len, of_each)))
        return self._stems


@lru_cache(maxsize=_READ_LATELY)
def read_abstract(text: str) -> Abstract:
    return Abstract(text)


def first_written(text: str, stems: list[str] | None = None) -> dict[str, str]:
    """Return how a text first writes each stem.

    Args:
        stems: Of the words of a plain text, where they are known.
    """
    words = surface_words(text)
    if text.isascii():
        # From the last to the first: of words with one stem the first is what stays.
        return dict(zip(reversed(stems_in(text) if stems is None else stems), reversed(words), strict=True))
    written: dict[str, str] = {}
    for word in words:
        for folded in folded_words(word):
            written.setdefault(stem(folded), word)
    return written


def key_sentence(abstract: str, weights: Mapping[str, float]) -> str:
    """Return the sentence of an abstract that holds most of what a profile looks for, untouched.

    Args:
        weights: How much each stem is looked for. Without any the first sentence that says something is taken.
    """
    read = read_abstract(abstract)
    wanted = frozenset(weights)
    likely = tuple(set(map(beginning, wanted)))
    best, best_worth = "", -1.0
    for place, sentence in enumerate(read.sentences):
        held, length = _likely_stems(sentence, likely) if len(wanted) <= _FEW else _all_stems(read, place)
        worth = fsum(map(weights.__getitem__, wanted.intersection(held))) / sqrt(8 + length)
        if length < _SHORTEST_SENTENCE:
            worth *= 0.3
        worth += 1e-6 * (len(read.sentences) - place)
        if worth > best_worth:
            best, best_worth = sentence, worth
    return best


def _all_stems(read: Abstract, place: int) -> tuple[list[str], int]:
    stems = read.stems(place)
    return stems, len(stems)


def _likely_stems(sentence: str, likely: tuple[str, ...]) -> tuple[list[str], int]:
    """Return the stems of those words that begin in some ways, and how many words there are in all.

    A look at how a word begins takes a fraction of one for its stem among tens of thousands.
    """
    if sentence.isascii() and not any(map(sentence.lower().__contains__, likely)):
        return [], 0
    words = folded_words(sentence)
    return [stem(word) for word in words if word.startswith(likely)], len(words)
