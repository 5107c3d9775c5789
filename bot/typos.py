"""Corrects words that no abstract has: one slip of the keys, or two words run together."""

from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA

from bot.texts import Numbered

Hashes = NDArray[np.uint64]

# Shorter words have too many neighbours for a guess to be better than none.
SHORTEST = 4
_TWO_SLIPS_FROM = 8
# How much a thousand-fold frequency weighs against one unlikely slip.
_FREQUENCY_WEIGHT = 0.25

_BASE = 1_000_003
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_KEYS = {letter: (row, column + row * 0.5) for row, keys in enumerate(_ROWS) for column, letter in enumerate(keys)}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A known word that may have been meant.

    Attributes:
        cost: 0 for a sure slip, more for an unlikely one.
    """

    word: int
    cost: float


@dataclass(frozen=True, slots=True)
class Deletions:
    """Hashes of words and of what is left of them without one letter. Immutable.

    Instead of a dictionary of all deletions the hashes stand in one sorted array: 12 bytes each instead of 130.

    Attributes:
        hashes, owners: Ascending, and which word each is of.
        n_words: Of how many words they are.
    """

    hashes: Hashes
    owners: NDArray[np.int32]
    n_words: int

    @classmethod
    def of(cls, words: Numbered[str], first: int) -> "Deletions":
        """Return those of the words from a number on."""
        return cls(*_in_order(*_deletions(words, first)), len(words))

    def with_more(self, words: Numbered[str]) -> "Deletions":
        """Return those of all the words, of which the first ``n_words`` are these."""
        later = Deletions.of(words, self.n_words)
        hashes, owners = np.concatenate([self.hashes, later.hashes]), np.concatenate([self.owners, later.owners])
        return Deletions(*_in_order(hashes, owners), len(words))

    def owned(self, asked: Hashes) -> set[int]:
        """Return the words that have any of some hashes."""
        left = np.searchsorted(self.hashes, asked, side="left")
        right = np.searchsorted(self.hashes, asked, side="right")
        return {int(w) for lo, hi in zip(left, right, strict=True) for w in self.owners[lo:hi]}


NO_DELETIONS = Deletions(np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.int32), 0)


class Spelling:
    """Finds known words one slip away by deleting one letter on both sides (symmetric deletes, Garbe 2012)."""

    def __init__(
        self, words: Numbered[str], frequencies: NDArray[np.int32], deletions: Deletions = NO_DELETIONS
    ) -> None:
        """Look among the words that occur; ``frequencies`` says in how many papers, shape (n_words,).

        Args:
            deletions: Those that are known already, of the first words.
        """
        self._words = words
        self._frequencies = frequencies
        self._deletions = deletions, Deletions.of(words, deletions.n_words)

    def candidates(self, typed: str) -> list[Candidate]:
        """Return known words within one slip, two for long words; the likeliest slips first."""
        if len(typed) < SHORTEST:
            return []
        asked = _hashes_of(typed)
        near = {word for some in self._deletions for word in some.owned(asked) if self._frequencies[word] > 0}
        allowed = 2 if len(typed) >= _TWO_SLIPS_FROM else 1
        found = [
            Candidate(word, _cost(typed, self._words[word]))
            for word in sorted(near)
            if OSA.distance(typed, self._words[word], score_cutoff=allowed) <= allowed
        ]
        return sorted(found, key=lambda c: (c.cost, -int(self._frequencies[c.word]), self._words[c.word]))

    def badness(self, candidate: Candidate) -> float:
        """Return how unlikely it is that a candidate was meant, by the slip and by how frequent the word is."""
        return candidate.cost - _FREQUENCY_WEIGHT * log(1 + int(self._frequencies[candidate.word]))


def _cost(typed: str, word: str) -> float:
    """Return how unlikely the slip from ``word`` to ``typed`` is: neighbouring keys and swapped letters are likely."""
    cost = 0.0
    edits = OSA.distance(typed, word)
    cost += 3.0 * (edits - 1)
    if typed[0] != word[0]:
        # People notice a wrong first letter.
        cost += 1.0
    if len(typed) == len(word):
        wrong = [(a, b) for a, b in zip(typed, word, strict=True) if a != b]
        if len(wrong) == 1:
            cost += 0.0 if _neighbours(*wrong[0]) else 1.0
    elif len(typed) == len(word) + 1:
        # A letter too many is mostly a double or a neighbour of the one beside it.
        place = next((i for i, (a, b) in enumerate(zip(typed, word, strict=False)) if a != b), len(word))
        beside = typed[max(0, place - 1) : place] + typed[place + 1 : place + 2]
        cost += 0.0 if any(b == typed[place] or _neighbours(typed[place], b) for b in beside) else 0.5
    return cost


def _neighbours(one: str, other: str) -> bool:
    if one not in _KEYS or other not in _KEYS:
        return False
    (row, column), (other_row, other_column) = _KEYS[one], _KEYS[other]
    return abs(row - other_row) <= 1 and abs(column - other_column) <= 1


def _powers(length: int) -> Hashes:
    return np.array([pow(_BASE, i, 1 << 64) for i in range(length + 1)], dtype=np.uint64)


def _all_hashes(letters: Hashes) -> Hashes:
    """Return the hash of each word and of each word without one letter.

    Args:
        letters: Code points of words of one length, shape (n, length).

    Returns:
        Shape (n, length + 1): the whole word first. Arithmetic is modulo 2**64.
    """
    n, length = letters.shape
    powers = _powers(length)
    before = np.zeros((n, length + 1), dtype=np.uint64)
    for i in range(length):
        before[:, i + 1] = before[:, i] * np.uint64(_BASE) + letters[:, i] + np.uint64(1)
    result = np.empty((n, length + 1), dtype=np.uint64)
    result[:, 0] = before[:, length]
    after = np.zeros(n, dtype=np.uint64)
    for i in range(length - 1, -1, -1):
        result[:, i + 1] = before[:, i] * powers[length - 1 - i] + after
        after = after + (letters[:, i] + np.uint64(1)) * powers[length - 1 - i]
    return result


def _hashes_of(word: str) -> Hashes:
    return np.unique(_all_hashes(np.array([[ord(letter) for letter in word]], dtype=np.uint64))[0])


def _in_order(hashes: Hashes, owners: NDArray[np.int32]) -> tuple[Hashes, NDArray[np.int32]]:
    order = np.argsort(hashes, kind="stable")
    return hashes[order], owners[order]


def _deletions(words: Numbered[str], first: int) -> tuple[Hashes, NDArray[np.int32]]:
    """Return the hashes of the words from a number on, and whose each is."""
    by_length: dict[int, list[tuple[int, str]]] = {}
    for number in range(first, len(words)):
        word = words[number]
        if len(word) >= SHORTEST - 1 and word.isalpha():
            by_length.setdefault(len(word), []).append((number, word))
    hashes, owners = [np.zeros(0, dtype=np.uint64)], [np.zeros(0, dtype=np.int32)]
    for length, some in sorted(by_length.items()):
        text = "".join(word for _, word in some)
        letters = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32).reshape(-1, length).astype(np.uint64)
        hashes.append(_all_hashes(letters).ravel())
        owners.append(np.repeat(np.array([number for number, _ in some], dtype=np.int32), length + 1))
    return np.concatenate(hashes), np.concatenate(owners)
