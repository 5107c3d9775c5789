"""Every word of every abstract, with its number and the number of its stem. It only grows."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from bot.tokens import STOP_WORDS, folded_words, stem, stems_of

Ids = NDArray[np.int32]


class _Numbering(dict[str, int]):
    """Gives each new key the next number: a lookup is all that reading an abstract costs."""

    def __missing__(self, key: str) -> int:
        self[key] = number = len(self)
        return number


class Vocabulary:
    """Words and stems by number. One writer at a time may `read`; readers of older numbers are never disturbed."""

    def __init__(self, words: Iterable[str] = ()) -> None:
        self._ids = _Numbering()
        self._stem_ids = _Numbering()
        self.words: list[str] = []
        self.stems: list[str] = []
        self.stem_of = np.zeros(0, dtype=np.int32)
        for word in words:
            self._ids[word]
        self.settle()

    def read(self, text: str) -> list[int]:
        """Return the numbers of the words of a text; new words are numbered. `settle` afterwards."""
        return list(map(self._ids.__getitem__, folded_words(text)))

    def settle(self) -> None:
        """Stem the words that are new since the last time."""
        fresh = list(self._ids)[len(self.words) :]
        numbers = [self._stem_ids[s] for s in stems_of(fresh)]
        self.stem_of = np.concatenate([self.stem_of, np.array(numbers, dtype=np.int32)])
        self.words = [*self.words, *fresh]
        self.stems = list(self._stem_ids)

    def stem_id(self, word: str) -> int | None:
        """Return the number of the stem of a folded word, None when no abstract has any form of it."""
        return self._stem_ids.get(stem(word))

    def stop_stems(self) -> NDArray[np.bool_]:
        """Return a mask over stems: True for function words."""
        mask = np.zeros(len(self.stems), dtype=np.bool_)
        for word in STOP_WORDS:
            number = self._stem_ids.get(stem(word))
            if number is not None:
                mask[number] = True
        return mask
