"""Typing errors: how soon a word that nobody wrote becomes the one that was meant, among as many words as you like."""

import json
import random
import string
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from adapters.held_papers import papers_in
from benchmarks.corpus import SEED, word_of
from benchmarks.figures import percentiles, rss_mb
from bot.tokens import folded_words
from bot.typos import Spelling

VOCABULARY = 300_000
SAMPLES = 2_000
# A slip in a shorter word mostly makes another word.
SHORTEST = 6
_RARE = 50_000


def measure_typos(corpora: list[Path], vocabulary: int = VOCABULARY) -> dict[str, object]:
    """Make one slip in words of real papers, as frequent as they are there, and correct it; return figures.

    Args:
        corpora: Files of papers. What their words are short of ``vocabulary`` is filled with rare made-up words.
    """
    counts = Counter(word for path in corpora for paper in papers_in(path) for word in set(_words(paper)))
    real = [word for word in counts if word.isascii() and word.isalpha()]
    words = [*real, *_made(vocabulary - len(real), counts)]
    frequencies = np.array([counts.get(word, 1) for word in words], dtype=np.int32)
    before, began = rss_mb(), time.perf_counter()
    spelling = Spelling(words, frequencies)
    figures: dict[str, object] = {
        "words": len(words),
        "real_words": len(real),
        "build_s": round(time.perf_counter() - began, 3),
        "added_mb": round(rss_mb() - before, 1),
    }
    draw = random.Random(SEED)  # noqa: S311 - always the same slips
    long = [word for word in real if len(word) >= SHORTEST]
    meant = draw.choices(long, [counts[word] for word in long], k=SAMPLES)
    known = set(words)
    taken, of_processor, right = [], [], 0
    for word in meant:
        typed = _slipped(word, known, draw)
        start, worked = time.perf_counter(), time.thread_time()
        found = min(spelling.candidates(typed), key=spelling.badness, default=None)
        of_processor.append((time.thread_time() - worked) * 1000)
        taken.append((time.perf_counter() - start) * 1000)
        right += found is not None and words[found.word] == word
    # Beside others on the same processor a thread is made to wait, which is none of its own time.
    both = {**percentiles("", taken), **percentiles("processor_", of_processor)}
    return {**figures, "samples": SAMPLES, **both, "first_right": round(right / SAMPLES, 3)}


def _words(paper: object) -> list[str]:
    return folded_words(f"{getattr(paper, 'title', '')} {getattr(paper, 'abstract', '')}")


def _made(count: int, known: Mapping[str, int]) -> Iterator[str]:
    number = _RARE
    while count > 0:
        word = word_of(number)
        number += 1
        if word not in known:
            count -= 1
            yield word


def _slipped(word: str, known: set[str], draw: random.Random) -> str:
    """Return the word with one letter left out, put in, put wrong, or swapped with the next: a word of nobody."""
    while True:
        at, letter = draw.randrange(1, len(word) - 1), draw.choice(string.ascii_lowercase)
        typed = draw.choice(
            [
                word[:at] + word[at + 1 :],
                word[:at] + letter + word[at:],
                word[:at] + letter + word[at + 1 :],
                word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            ]
        )
        if typed not in known:
            return typed


if __name__ == "__main__":
    print(json.dumps(measure_typos([Path(name) for name in sys.argv[1:]])))
