"""The words of a batch of papers as arrays: which papers hold a stem and how much of it, and where each word stands."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]
Offsets = NDArray[np.int64]
Mask = NDArray[np.bool_]
Halves = NDArray[np.float16]


@dataclass(frozen=True, slots=True)
class FieldWeights:
    """BM25F (Robertson, Zaragoza & Taylor 2004): a field's occurrences count ``weight`` each, tamed by its length.

    Attributes:
        k1: How soon more of the same word stops counting.
        title, abstract: What one occurrence counts.
        title_b, abstract_b: 0 ignores the field's length, 1 divides by it.
    """

    k1: float = 1.5
    title: float = 2.0
    abstract: float = 1.0
    title_b: float = 0.4
    abstract_b: float = 0.75


FIELD_WEIGHTS = FieldWeights()


@dataclass(frozen=True, slots=True)
class Stream:
    """The papers' words one after the other, each paper's title before its abstract.

    Attributes:
        words: Numbers of words, shape (n_words,).
        starts: Where each paper begins, and the end; shape (n_papers + 1,).
        title_ends: Where each title ends, shape (n_papers,).
    """

    words: Ints
    starts: Offsets
    title_ends: Offsets

    def __len__(self) -> int:
        return len(self.title_ends)


@dataclass(frozen=True, slots=True)
class Postings:
    """What is known of the words of ``n`` papers. Immutable.

    Attributes:
        stem_starts: Where each stem's papers begin in ``papers``, and the end; shape (n_stems + 1,).
        papers: The papers that hold each stem, ascending.
        frequencies: Saturated BM25F term frequency of each of them, without idf.
        word_starts: Where the positions of each word begin in ``positions``; shape (n_known_words + 1,).
        positions: Places in the stream, ascending for each word.
    """

    stem_starts: Offsets
    papers: Ints
    frequencies: Halves
    word_starts: Offsets
    positions: Ints
    starts: Offsets
    title_ends: Offsets

    def __len__(self) -> int:
        return len(self.title_ends)

    def document_frequencies(self, n_stems: int) -> Ints:
        counts = np.zeros(n_stems, dtype=np.int32)
        df = np.diff(self.stem_starts)
        counts[: len(df)] = df
        return counts

    def holding(self, stem: int) -> tuple[Ints, Floats]:
        """Return the papers with a stem, ascending, and its saturated frequency in each."""
        if stem >= len(self.stem_starts) - 1:
            return np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.float32)
        here = slice(self.stem_starts[stem], self.stem_starts[stem + 1])
        return self.papers[here], self.frequencies[here].astype(np.float32)

    def word_counts(self, n_words: int) -> Ints:
        counts = np.zeros(n_words, dtype=np.int32)
        counts[: len(self.word_starts) - 1] = np.diff(self.word_starts)
        return counts

    def places(self, words: Ints) -> Ints:
        """Return where any of the words stands in the stream, ascending."""
        known = [int(w) for w in words if w < len(self.word_starts) - 1]
        found = [self.positions[self.word_starts[w] : self.word_starts[w + 1]] for w in known]
        if len(found) == 1:
            return found[0]
        return np.sort(np.concatenate(found)) if found else np.zeros(0, dtype=np.int32)

    def papers_at(self, places: Ints) -> Ints:
        """Return the paper of each place of the stream."""
        return (np.searchsorted(self.starts, places, side="right") - 1).astype(np.int32)

    def stream(self) -> Stream:
        """Return the words in reading order again, so that batches can be joined without reading the papers anew."""
        words = np.empty(len(self.positions), dtype=np.int32)
        words[self.positions] = np.repeat(
            np.arange(len(self.word_starts) - 1, dtype=np.int32), np.diff(self.word_starts)
        )
        return Stream(words, self.starts, self.title_ends)


def joined(streams: list[Stream]) -> Stream:
    """Return one stream of the papers of all, in order."""
    offsets = np.cumsum([0, *(len(s.words) for s in streams)])
    starts = [s.starts[:-1] + offset for s, offset in zip(streams, offsets, strict=False)]
    return Stream(
        np.concatenate([s.words for s in streams]),
        np.concatenate([*starts, offsets[-1:]]).astype(np.int64),
        np.concatenate([s.title_ends + offset for s, offset in zip(streams, offsets, strict=False)]).astype(np.int64),
    )


def kept(stream: Stream, keep: Mask) -> Stream:
    """Return the stream without the papers whose mask is False."""
    lengths = np.diff(stream.starts)
    words = stream.words[np.repeat(keep, lengths)]
    starts = np.concatenate([[0], np.cumsum(lengths[keep])]).astype(np.int64)
    titles = (stream.title_ends - stream.starts[:-1])[keep]
    return Stream(words, starts, starts[:-1] + titles)


def index(stream: Stream, stem_of: Ints, ignored: Mask, weights: FieldWeights = FIELD_WEIGHTS) -> Postings:
    """Index a stream.

    Args:
        stem_of: The stem of each word, shape (n_words_known,).
        ignored: Stems that do not count for ranking (function words), shape (n_stems,). They keep their positions.
    """
    n, n_words, n_stems = len(stream), len(stem_of), len(ignored)
    # A counting sort by word: scipy's change of a row matrix into a column matrix is one, and linear in time.
    places = np.arange(len(stream.words), dtype=np.int32)
    by_word = sparse.csr_matrix((places, stream.words, stream.starts), shape=(n, n_words)).tocsc()
    stems = stem_of[stream.words]
    counted = ~ignored[stems] if n_stems else np.zeros(0, dtype=np.bool_)
    before = np.concatenate([[0], np.cumsum(counted)])
    starts, title_ends = before[stream.starts], before[stream.title_ends]
    title_lengths, abstract_lengths = title_ends - starts[:-1], starts[1:] - title_ends
    worth = np.repeat(
        np.stack(
            [
                weights.title / _tamed(title_lengths, weights.title_b),
                weights.abstract / _tamed(abstract_lengths, weights.abstract_b),
            ],
            axis=1,
        ).ravel(),
        np.stack([title_lengths, abstract_lengths], axis=1).ravel(),
    ).astype(np.float32)
    by_stem = sparse.csr_matrix((worth, stems[counted], starts), shape=(n, n_stems)).tocsc()
    by_stem.sum_duplicates()
    saturated = by_stem.data * np.float32(weights.k1 + 1) / (np.float32(weights.k1) + by_stem.data)
    return Postings(
        stem_starts=by_stem.indptr.astype(np.int64),
        papers=by_stem.indices.astype(np.int32, copy=False),
        frequencies=saturated.astype(np.float16),
        word_starts=by_word.indptr.astype(np.int64),
        positions=by_word.data,
        starts=stream.starts,
        title_ends=stream.title_ends,
    )


def _tamed(lengths: Offsets, b: float) -> NDArray[np.float64]:
    """Return what an occurrence is divided by: more in a field longer than the mean of those that are not empty."""
    filled = lengths[lengths > 0]
    mean = float(filled.mean()) if len(filled) else 1.0
    return 1.0 - b + b * np.maximum(lengths, 1) / mean
