"""Made-up abstracts with the statistics of real ones: words as frequent as in a language, papers gathered in subjects.

Always the same for the same numbers, so that two machines measure the same work.
"""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.tokens import STOP_WORDS

SEED = 20260312
WORDS = 300_000
TOPICS = 200
# A topic has its own favourites among the less frequent words; this share of an abstract is drawn from them.
TOPIC_WORDS = 400
TOPIC_SHARE = 0.35
# The most frequent words are those of English, which no topic has as favourites.
FUNCTION_WORDS: tuple[str, ...] = tuple(sorted(STOP_WORDS))
TITLE_WORDS = (6, 14)
ABSTRACT_WORDS = (110, 210)
# Zipf–Mandelbrot: the frequency of the word of a rank is about 1 / (rank + 2.7).
OFFSET = 2.7
SENTENCE = 20
QUERIES = 200
FIRST_DAY = date(2025, 1, 1)
DAYS = 365

Numbers = NDArray[np.int64]

_SYLLABLES = [c + v for c in "bcdfghklmnprstvz" for v in "aeiou"]


def write_corpus(folder: Path, papers: int) -> tuple[Path, Path]:
    """Write a file of papers and one of queries, unless they are there; return their paths."""
    corpus, queries = folder / f"papers-{papers}.jsonl", folder / f"queries-{papers}.jsonl"
    if not (corpus.exists() and queries.exists()):
        folder.mkdir(parents=True, exist_ok=True)
        _write(corpus, made_papers(papers))
        _write(queries, made_queries(papers))
    return corpus, queries


def made_papers(count: int) -> Iterator[dict[str, object]]:
    """Yield papers as JSON objects."""
    made = _Maker(SEED)
    for number in range(count):
        topic = int(made.rng.integers(TOPICS))
        words = made.abstract(topic)
        day = FIRST_DAY + timedelta(days=number * DAYS // count)
        yield {
            "id": f"made:{number}",
            "title": " ".join(made.words_of_title(topic)),
            "abstract": " ".join(
                " ".join(words[start : start + SENTENCE]) + "." for start in range(0, len(words), SENTENCE)
            ),
            "authors": [f"{made.name()} {made.name()}" for _ in range(3)],
            "categories": [f"made.T{topic % 20}"],
            "published": day.isoformat(),
        }


def made_queries(papers: int) -> Iterator[dict[str, str]]:
    """Yield what members type: two to five words of one topic, sometimes with one that every abstract may have."""
    made = _Maker(SEED + papers)
    for number in range(QUERIES):
        topic = int(made.rng.integers(TOPICS))
        words = made.favourites(topic, int(made.rng.integers(2, 6)))
        if number % 4 == 0:
            words = np.append(words, made.rng.integers(len(FUNCTION_WORDS)))
        yield {"id": f"q{number}", "text": " ".join(word_of(int(word)) for word in dict.fromkeys(words.tolist()))}


def favourite_words() -> list[list[str]]:
    """Return the favourite words of each topic, the dearest first."""
    favourites = _Maker(SEED).all_favourites
    return [[word_of(number) for number in dict.fromkeys(numbers)] for numbers in favourites.tolist()]


def word_of(number: int) -> str:
    """Return the word of a rank: pronounceable, longer the rarer it is, different for every number."""
    if number < len(FUNCTION_WORDS):
        return FUNCTION_WORDS[number]
    syllables = []
    number += len(_SYLLABLES)
    while number:
        number, place = divmod(number, len(_SYLLABLES))
        syllables.append(_SYLLABLES[place])
    return "".join(syllables) + "n"


class _Maker:
    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        topics = np.random.default_rng(SEED)
        # A topic's favourites: spread over the ranks, so that some are common and most are rare.
        spread = np.exp(topics.uniform(np.log(len(FUNCTION_WORDS)), np.log(WORDS), (TOPICS, TOPIC_WORDS)))
        self.all_favourites = spread.astype(np.int64)
        self._language = np.cumsum(1 / (np.arange(WORDS) + OFFSET))
        self._liking = np.cumsum(1 / (np.arange(TOPIC_WORDS) + OFFSET))

    def abstract(self, topic: int) -> list[str]:
        count = int(self.rng.integers(*ABSTRACT_WORDS))
        own = self.rng.random(count) < TOPIC_SHARE
        numbers = np.where(own, self.favourites(topic, count), _drawn(self.rng, self._language, count))
        return [word_of(number) for number in numbers.tolist()]

    def words_of_title(self, topic: int) -> list[str]:
        return [word_of(number) for number in self.favourites(topic, int(self.rng.integers(*TITLE_WORDS))).tolist()]

    def favourites(self, topic: int, count: int) -> Numbers:
        return np.asarray(self.all_favourites[topic][_drawn(self.rng, self._liking, count)])

    def name(self) -> str:
        return word_of(int(self.rng.integers(20_000))).capitalize()


def _drawn(rng: np.random.Generator, cumulated: NDArray[np.float64], count: int) -> Numbers:
    return np.asarray(np.searchsorted(cumulated, rng.random(count) * cumulated[-1]))


def _write(path: Path, lines: Iterator[dict[str, object]] | Iterator[dict[str, str]]) -> None:
    unfinished = path.with_suffix(".unfinished")
    with unfinished.open("w", encoding="utf-8") as out:
        out.writelines(json.dumps(line) + "\n" for line in lines)
    unfinished.rename(path)
