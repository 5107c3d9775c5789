"""Every word of every abstract, with its number and the number of its stem. It only grows."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.texts import Names
from bot.tokens import STOP_WORDS, folded_words, stem, stems_of
from bot.typos import NO_DELETIONS, Deletions

Ids = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Known:
    """Words (or stems) by number, as many as there were at one moment. Immutable.

    Attributes:
        kept: Those of an earlier process.
        later: Those that came since.
    """

    kept: Names[str]
    later: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.kept) + len(self.later)

    def __getitem__(self, number: int, /) -> str:
        return self.kept[number] if number < len(self.kept) else self.later[number - len(self.kept)]

    def __iter__(self) -> Iterator[str]:
        yield from self.kept
        yield from self.later

    def beginning_with(self, begin: str) -> Ids:
        """Return the numbers of the words that begin so, ascending."""
        later = [number for number, word in enumerate(self.later, len(self.kept)) if word.startswith(begin)]
        return np.concatenate([self.kept.texts.beginning_with(begin), np.array(later, dtype=np.int32)])

    def packed(self) -> Names[str]:
        """Return all in arrays: what another process begins with."""
        return self.kept.with_more(self.later)


class Numbering(dict[str, int]):
    """Gives each new text the next number: a lookup is all that reading an abstract costs.

    Of the texts of an earlier process, which stand in arrays, those are here too that were looked for once.
    """

    def __init__(self, kept: Names[str]) -> None:
        super().__init__()
        self.kept = kept
        self.later: list[str] = []

    def __missing__(self, text: str) -> int:
        number = self.known(text)
        if number is None:
            number = len(self.kept) + len(self.later)
            self.later.append(text)
            self[text] = number
        return number

    def known(self, text: str) -> int | None:
        number = self.get(text)
        if number is None and len(self.kept) and (number := self.kept.find(text)) is not None:
            self[text] = number
        return number

    def now(self) -> Known:
        return Known(self.kept, tuple(self.later))


class Vocabulary:
    """Words and stems by number. One writer at a time may `read`; readers of older numbers are never disturbed."""

    def __init__(self, words: Names[str], stems: Names[str], stem_of: Ids, deletions: Deletions) -> None:
        """Begin with what an earlier process knew: words and stems, the stem of each word, the words' deletions."""
        self._ids = Numbering(words)
        self._stem_ids = Numbering(stems)
        self.stem_of = stem_of
        self.deletions = deletions
        self.words, self.stems = self._ids.now(), self._stem_ids.now()

    @classmethod
    def empty(cls) -> "Vocabulary":
        return cls(Names.of(()), Names.of(()), np.zeros(0, dtype=np.int32), NO_DELETIONS)

    def read(self, text: str) -> list[int]:
        """Return the numbers of the words of a text; new words are numbered. `settle` afterwards."""
        return list(map(self._ids.__getitem__, folded_words(text)))

    def settle(self) -> None:
        """Stem the words that are new since the last time."""
        fresh = self._ids.later[len(self.words.later) :]
        if fresh:
            numbers = [self._stem_ids[s] for s in stems_of(fresh)]
            self.stem_of = np.concatenate([self.stem_of, np.array(numbers, dtype=np.int32)])
            self.words, self.stems = self._ids.now(), self._stem_ids.now()

    def stem_id(self, word: str) -> int | None:
        """Return the number of the stem of a folded word, None when no abstract has any form of it."""
        return self._stem_ids.known(stem(word))

    def stop_stems(self) -> NDArray[np.bool_]:
        """Return a mask over stems: True for function words."""
        mask = np.zeros(len(self.stems), dtype=np.bool_)
        for word in STOP_WORDS:
            number = self.stem_id(word)
            if number is not None:
                mask[number] = True
        return mask
