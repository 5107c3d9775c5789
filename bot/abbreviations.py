"""Abbreviations that the abstracts themselves explain: "state space models (SSMs)" (Schwartz & Hearst 2003)."""

import re
from collections import Counter
from collections.abc import Iterable

from bot.tokens import folded_words, stem

_BRACKETED = re.compile(r"\(([A-Za-z][A-Za-z0-9-]{1,9})\)")
_NAME = re.compile(r"[^\W_]+")

Long = tuple[str, ...]

# One long form must make this share of all explanations of a short one: SVM has one meaning here, or none.
_CLEAR = 0.5


def mined(text: str) -> list[tuple[str, Long]]:
    """Return the abbreviations that a text explains: the folded short form and the stems of the long one."""
    if "(" not in text:
        return []
    found = []
    for match in _BRACKETED.finditer(text):
        short = match.group(1)
        singular = short[:-1] if short.endswith("s") and short[:-1].isupper() else short
        if sum(letter.isupper() for letter in singular) < min(2, len(singular)):
            continue
        long = _long_form(singular, text[max(0, match.start() - 160) : match.start()])
        words = folded_words(singular)
        if long and len(words) == 1:
            found.append((words[0], long))
    return found


def _long_form(short: str, before: str) -> Long | None:
    """Return the stems of the shortest run of words that ends ``before`` and spells ``short`` in order."""
    letters = [letter for letter in short.lower() if letter.isalnum()]
    words = list(_NAME.finditer(before))
    most = min(len(letters) + 5, len(letters) * 2)
    for first in range(len(words) - 1, max(-1, len(words) - 1 - most), -1):
        phrase = before[words[first].start() :]
        if phrase[0].lower() == letters[0] and _spells(letters, phrase.lower()) and len(words) - first > 1:
            return tuple(stem(word) for word in folded_words(phrase))
    return None


def _spells(letters: list[str], phrase: str) -> bool:
    """Tell whether the letters occur in order, those after the first preferably anywhere."""
    place = 0
    for letter in letters:
        place = phrase.find(letter, place) + 1
        if place == 0:
            return False
    return True


class Abbreviations:
    """Short and long forms, with how many papers explain each pair."""

    def __init__(self, counts: Iterable[tuple[str, Long, int]] = ()) -> None:
        self._counts: Counter[tuple[str, Long]] = Counter()
        for short, long, count in counts:
            self._counts[short, long] += count
        self._long: dict[str, Long] = {}
        self._short: dict[Long, str] = {}
        self._choose()

    def __len__(self) -> int:
        return len(self._long)

    def with_more(self, pairs: Iterable[tuple[str, Long]]) -> "Abbreviations":
        more = [(*pair, 1) for pair in pairs]
        return Abbreviations([*self.counts(), *more]) if more else self

    def counts(self) -> list[tuple[str, Long, int]]:
        return [(short, long, count) for (short, long), count in sorted(self._counts.items())]

    def long_of(self, short: str) -> Long | None:
        """Return the stems that a folded short form stands for, None when that is not clear."""
        return self._long.get(short)

    def short_of(self, long: Long) -> str | None:
        """Return the folded short form of a row of stems."""
        return self._short.get(long)

    @property
    def longest(self) -> int:
        return max((len(long) for long in self._short), default=0)

    def _choose(self) -> None:
        totals: Counter[str] = Counter()
        for (short, _), count in self._counts.items():
            totals[short] += count
        for (short, long), count in sorted(self._counts.items(), key=lambda item: (-item[1], item[0])):
            if count > _CLEAR * totals[short] or (count == totals[short]):
                self._long.setdefault(short, long)
                self._short.setdefault(long, short)
