"""The store as the engine sees it at one moment: batches of papers with one numbering of rows. Immutable."""

from collections.abc import Callable, Collection, Hashable, Iterable
from dataclasses import dataclass, field
from threading import Lock
from typing import TypeVar, cast

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from bot.abbreviations import Abbreviations
from bot.facts import Facts, Rows
from bot.model import PaperId
from bot.postings import Floats, Ints, Mask, Postings
from bot.semantics import Halves, Space, Vectors, in_full
from bot.texts import Chained, Names
from bot.unit_rows import UnitRows
from bot.vocabulary import Known, Vocabulary

T = TypeVar("T")

# Bytes. An interest takes about one megabyte with a hundred thousand papers.
MOST_REMEMBERED = 48_000_000
# What is remembered takes so much beside its arrays: measured, for an interest and five candidates.
EACH_TAKES = 3_000

# Smaller batches are compared whole with each interest: turning their vectors back each time would cost more.
_HALF_FROM = 6_000


@dataclass(frozen=True, slots=True)
class Batch:
    """Papers indexed together.

    Attributes:
        vectors: The rows in the space of meaning, at unit length; shape (n, k). What has half precision only (see
            `Space.project`) takes half the room when a store is large enough for that to matter; `Snapshot.vectors`
            gives the same numbers either way.
    """

    postings: Postings
    facts: Facts
    unit_rows: UnitRows
    vectors: Vectors | Halves

    def __len__(self) -> int:
        return len(self.facts)


def in_half_the_room(vectors: Vectors | Halves, n: int) -> Vectors | Halves:
    """Return what `Space.project` gave as `Batch.vectors` of ``n`` papers."""
    return vectors.astype(np.float16, copy=False) if n > _HALF_FROM else vectors.astype(np.float32, copy=False)


class Memory:
    """What was worked out of a snapshot lately, to be used again: it goes when its snapshot goes. Thread-safe."""

    def __init__(self) -> None:
        self._known: dict[Hashable, tuple[object, int]] = {}
        self._held = 0
        self._lock = Lock()

    def recall(self, key: Hashable, work_out: Callable[[], T], size_of: Callable[[T], int] = lambda _: 0) -> T:
        """Return what was worked out for a key before, or work it out now.

        Args:
            size_of: Tells how many bytes its arrays hold: what was used longest ago makes room.
        """
        with self._lock:
            found = self._known.get(key)
        made = work_out() if found is None else cast("T", found[0])
        size = EACH_TAKES + size_of(made) if found is None else found[1]
        with self._lock:
            # Taken out and put back: the order is that of the last use.
            self._held += size - self._known.pop(key, (None, 0))[1]
            self._known[key] = made, size
            while self._held > MOST_REMEMBERED and len(self._known) > 1:
                _, freed = self._known.pop(next(iter(self._known)))
                self._held -= freed
        return made


@dataclass(frozen=True, slots=True)
class RowOf:
    """The newest row of each paper; ``parts`` are the batches' ids. Immutable."""

    parts: tuple[Names[PaperId], ...]

    def get(self, paper: PaperId) -> int | None:
        end = sum(map(len, self.parts))
        for part in reversed(self.parts):
            end -= len(part)
            if (place := part.find(paper)) is not None:
                return end + place
        return None

    def __contains__(self, paper: PaperId) -> bool:
        return self.get(paper) is not None

    def __getitem__(self, paper: PaperId) -> int:
        row = self.get(paper)
        if row is None:
            raise KeyError(paper)
        return row

    def all(self, papers: Collection[PaperId]) -> NDArray[np.int64]:
        """Return the row of each of some papers, -1 for those that are not here; shape (len(papers),)."""
        rows = np.full(len(papers), -1, dtype=np.int64)
        offset = 0
        for part in self.parts:
            places = part.find_all(papers)
            rows = np.where(places >= 0, places + offset, rows)
            offset += len(part)
        return rows


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All batches together: a row is a paper's place in the first batch, or in the second after all of the first.

    Attributes:
        change: Number of the last change that is folded in.
        alive: False for rows that a newer row of the same paper replaced, and for withdrawn papers.
        idf: Inverse document frequency of each stem, shape (n_stems,); 0 for function words.
        lengths: How many different stems each row has, shape (n,).
        tie_rank: Place of each row in the order of dates, newest first, then ids: what breaks ties.
    """

    change: int
    vocabulary: Vocabulary
    words: Known
    stems: Known
    stem_of: Ints
    ignored: Mask
    batches: tuple[Batch, ...]
    ids: Chained[PaperId]
    row_of: RowOf
    alive: Mask
    days: NDArray[np.int32]
    tie_rank: NDArray[np.int64]
    df: Ints
    idf: Floats
    lengths: Floats
    space: Space
    abbreviations: Abbreviations
    memory: Memory = field(default_factory=Memory, compare=False, repr=False)

    def __len__(self) -> int:
        return len(self.alive)

    @property
    def n_stems(self) -> int:
        return len(self.idf)

    def stem_id(self, word: str) -> int | None:
        """Return the number of a folded word's stem, None when no abstract of this snapshot has any form of it."""
        number = self.vocabulary.stem_id(word)
        return number if number is not None and number < self.n_stems else None

    def offsets(self) -> Iterable[tuple[int, Batch]]:
        offset = 0
        for batch in self.batches:
            yield offset, batch
            offset += len(batch)

    def rows_where(self, of_facts: Callable[[Facts], Rows]) -> Rows:
        found = [of_facts(batch.facts) + offset for offset, batch in self.offsets()]
        return np.concatenate(found).astype(np.int32) if found else np.zeros(0, dtype=np.int32)

    def holding(self, stem: int) -> tuple[Ints, Floats]:
        """Return the rows with a stem, ascending, and its saturated frequency in each."""
        if len(self.batches) == 1:
            return self.batches[0].postings.holding(stem)
        pairs = [(offset, batch.postings.holding(stem)) for offset, batch in self.offsets()]
        if not pairs:
            return np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.float32)
        return (
            np.concatenate([rows + np.int32(offset) for offset, (rows, _) in pairs]),
            np.concatenate([frequencies for _, (_, frequencies) in pairs]),
        )

    def weighted(self, stems: Ints, weights: Floats) -> Floats:
        """Return for each row the sum of ``weights`` times saturated frequencies: one BM25 score, idf being in them."""
        scores = np.zeros(len(self), dtype=np.float32)
        for number, weight in zip(stems.tolist(), weights.tolist(), strict=True):
            rows, frequencies = self.holding(number)
            scores[rows] += np.float32(weight) * frequencies
        return scores

    def unit_rows(self, rows: NDArray[np.int64]) -> sparse.csr_matrix:
        """Return the unit rows of some papers, in the order asked for; shape (len(rows), n_stems)."""
        parts: list[sparse.csr_matrix] = []
        place = np.empty(len(rows), dtype=np.int64)
        done = 0
        for offset, batch in self.offsets():
            here = np.flatnonzero((rows >= offset) & (rows < offset + len(batch)))
            parts.append(batch.unit_rows.of(rows[here] - offset, self.n_stems))
            place[here] = np.arange(done, done + len(here))
            done += len(here)
        if not parts:
            return sparse.csr_matrix((0, self.n_stems), dtype=np.float32)
        return parts[0] if len(parts) == 1 else sparse.vstack(parts, format="csr")[place]

    def unit_row(self, row: int) -> tuple[Ints, Floats]:
        """Return the stems of one paper, ascending, and their weights at unit length."""
        for offset, batch in self.offsets():
            if row < offset + len(batch):
                return batch.unit_rows.one(row - offset)
        raise IndexError(row)

    def vectors(self, rows: NDArray[np.int64]) -> Vectors:
        """Return the vectors of some papers, in the order asked for; shape (len(rows), k)."""
        if len(self.batches) == 1:
            return in_full(self.batches[0].vectors[rows])
        result = np.zeros((len(rows), self.space.dimensions), dtype=np.float32)
        for offset, batch in self.offsets():
            here = (rows >= offset) & (rows < offset + len(batch))
            result[here] = in_full(batch.vectors[rows[here] - offset])
        return result

    def rows_of(self, papers: Collection[PaperId]) -> NDArray[np.int64]:
        """Return the rows of those papers that are known, ascending."""
        rows = np.unique(self.row_of.all(papers))
        return rows[rows >= 0]

    def words_with_stem(self, stem: int) -> NDArray[np.int64]:
        return np.flatnonzero(self.stem_of == stem)

    def word_counts(self) -> Ints:
        """Return how often each word stands in all papers, shape (n_words,)."""
        counts = np.zeros(len(self.words), dtype=np.int32)
        for batch in self.batches:
            counts += batch.postings.word_counts(len(self.words))
        return counts

    def readable(self, stem: int) -> str:
        """Return the most frequent word with a stem."""
        words = self.words_with_stem(stem)
        return self.words[int(words[int(self.word_counts()[words].argmax())])]

    def fact(self, row: int) -> tuple[Facts, int]:
        """Return the batch's facts and the place of a row in them."""
        for offset, batch in self.offsets():
            if row < offset + len(batch):
                return batch.facts, row - offset
        raise IndexError(row)
