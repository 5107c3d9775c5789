"""Made-up profiles for the batch: a day of made-up papers, and any number of linear profiles in mapped files.

A profile wants words of one subject, each worth its idf and a part of chance, and has seen a few of the day's papers.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from adapters.held_papers import HeldPapers
from benchmarks.corpus import favourite_words, made_papers
from bot.batch.day import Day, Profiles, day_of
from bot.library import Library
from bot.model import Paper, PaperId
from bot.snapshot import Snapshot
from bot.tokens import folded_words

T = TypeVar("T", bound=np.generic)

SEED = 20260313
PAPERS = 1_000
SEEN = 8
# Each subject's words stand in so many orders; a profile has some that follow each other in one of them.
_ORDERS = 16
# So many profiles are made, and mapped, at a time.
BLOCK = 100_000
# Brings the scores of the best papers to about 1.
_UNIT = 1 / 30
_SLOPE, _INTERCEPT = 4.0, -2.0


@dataclass(frozen=True, slots=True)
class MadeProfiles:
    """Profiles in files of a folder, each of the same number of words."""

    folder: Path
    count: int
    words: int

    def blocks(self) -> Iterator[Profiles]:
        """Yield all profiles, mapped block by block, so that no more of them is in memory."""
        for first in range(0, self.count, BLOCK):
            count = min(BLOCK, self.count - first)
            yield Profiles(
                np.arange(count + 1, dtype=np.int64) * self.words,
                self._mapped("words", np.dtype(np.int32), first, count, self.words),
                self._mapped("weights", np.dtype(np.float32), first, count, self.words),
                np.arange(count + 1, dtype=np.int64) * SEEN,
                self._mapped("seen", np.dtype(np.uint16), first, count, SEEN),
                np.full(count, _SLOPE, dtype=np.float32),
                np.full(count, _INTERCEPT, dtype=np.float32),
            )

    def _mapped(self, name: str, of: np.dtype[T], first: int, count: int, width: int) -> NDArray[T]:
        offset = first * width * of.itemsize
        # Never written: the kernel is compiled once, for arrays that could be.
        return np.memmap(self.folder / name, dtype=of, mode="c", offset=offset, shape=(count * width,))


def made_day(papers: int = PAPERS) -> tuple[Snapshot, Day]:
    """Return the day of so many made-up papers, read and indexed as every paper is."""
    read = [Paper(PaperId(str(made["id"])), str(made["title"]), str(made["abstract"])) for made in made_papers(papers)]
    library = Library(HeldPapers(read))
    library.refresh()
    snapshot = library.snapshot
    rows = np.argsort(snapshot.tie_rank)
    return snapshot, day_of(snapshot, rows, np.random.default_rng(SEED).uniform(0, 0.02, len(rows)).astype(np.float32))


def write_profiles(folder: Path, snapshot: Snapshot, day: Day, count: int, words: int) -> MadeProfiles:
    """Write so many profiles of so many words into a folder."""
    rng = np.random.default_rng(SEED)
    subjects = _subjects(snapshot, rng, words)
    lengths = np.array([len(stems) for stems in subjects])
    firsts = np.cumsum([0, *lengths[:-1]])
    stems = np.concatenate(subjects)
    worth = (snapshot.idf * _UNIT).astype(np.float32)
    with ExitStack() as open_:
        wanted, weights, seen = (
            open_.enter_context((folder / name).open("wb")) for name in ("words", "weights", "seen")
        )
        for first in range(0, count, BLOCK):
            n = min(BLOCK, count - first)
            mine = rng.integers(len(subjects), size=(n, 1))
            places = (rng.integers(2**31, size=(n, 1)) + np.arange(words)) % lengths[mine]
            asked = stems[firsts[mine] + places]
            asked.tofile(wanted)
            (worth[asked] * rng.uniform(0.2, 1.0, asked.shape).astype(np.float32)).tofile(weights)
            rng.integers(len(day), size=(n, SEEN)).astype(np.uint16).tofile(seen)
    return MadeProfiles(folder, count, words)


def _subjects(snapshot: Snapshot, rng: np.random.Generator, words: int) -> list[NDArray[np.int32]]:
    """Return the stems of each subject that the day has, in several orders; subjects with too few are left out."""
    subjects = []
    for favourites in favourite_words():
        found = {snapshot.stem_id(folded) for word in favourites for folded in folded_words(word)}
        stems = np.array(sorted(s for s in found if s is not None and not snapshot.ignored[s]), dtype=np.int32)
        if len(stems) >= words:
            subjects += [rng.permutation(stems) for _ in range(_ORDERS)]
    return subjects
