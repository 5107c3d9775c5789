"""Papers indexed together: their words in reading order, and for each term the papers that have it. Immutable."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from bot.model import Paper, PaperId
from bot.texts import Names, keys_of
from bot.tokens import folded_words
from storage.compiled.building import Codes, Floats, Ints, Offsets, counted, filled
from storage.compiled.terms import Terms, marks_of

# BM25 as Lucene has it; a word of the title counts as often as in SQL's own index.
K1 = 1.2
B = 0.75
TITLE_WEIGHT = 3


@dataclass(frozen=True, slots=True)
class Stream:
    """Papers as numbers.

    Attributes:
        words: Shape (n_words,): each paper's title, abstract and marks.
        starts: Where each paper begins, and the end; shape (n + 1,).
        title_ends, text_ends: Shape (n,).
    """

    ids: Sequence[PaperId]
    words: Ints
    starts: Offsets
    title_ends: Offsets
    text_ends: Offsets

    def __len__(self) -> int:
        return len(self.title_ends)


@dataclass(frozen=True, slots=True)
class Segment:
    """`Stream` with its postings; arrays that may lie in a file.

    Attributes:
        ids: A paper that changed while a file was written from the log is there twice.
        firsts: Where each term's postings begin in ``papers`` and ``codes``; shape (n_terms + 1,).
        codes: How much a paper has of the term: `FULL` times its saturated frequency; 0 for marks.
        most: The highest code of each term.
    """

    ids: Names[PaperId]
    words: Ints
    starts: Offsets
    title_ends: Offsets
    text_ends: Offsets
    firsts: Offsets
    papers: Ints
    codes: Codes
    most: Codes

    def __len__(self) -> int:
        return len(self.title_ends)

    @property
    def n_terms(self) -> int:
        return len(self.most)

    def span(self, term: int) -> tuple[int, int]:
        """Return where a term's postings begin and end."""
        if term >= self.n_terms:
            return 0, 0
        return self.firsts.item(term), self.firsts.item(term + 1)

    def rows(self, papers: Sequence[PaperId]) -> Ints:
        """Return all rows of some papers."""
        keys = keys_of(papers)
        first, last = (self.ids.keys.searchsorted(keys, side) for side in ("left", "right"))
        found = (
            row
            for i in np.flatnonzero(first < last).tolist()
            for row in self.ids.owners[first[i] : last[i]].tolist()
            if self.ids[row] == papers[i]
        )
        return np.array(list(found), dtype=np.int32)

    @property
    def mean_length(self) -> float:
        lengths = weighted_lengths(self.starts, self.title_ends, self.text_ends)
        return float(lengths.mean()) if len(lengths) else 0.0

    def stream(self, first: int = 0, last: int | None = None) -> Stream:
        """Return some of the papers as they were read."""
        end = len(self) if last is None else last
        here, by = slice(first, end), self.starts[first]
        return Stream(
            [self.ids[row] for row in range(first, end)],
            self.words[by : self.starts[end]],
            self.starts[first : end + 1] - by,
            self.title_ends[here] - by,
            self.text_ends[here] - by,
        )


def read(papers: Iterable[Paper], terms: Terms) -> Stream:
    """Return papers as numbers; `Terms.settle` is called."""
    ids: list[PaperId] = []
    words: list[Ints] = []
    starts, title_ends, text_ends = [0], [], []
    for paper in papers:
        title, abstract = folded_words(paper.title), folded_words(paper.abstract)
        numbers = terms.read([*title, *abstract, *marks_of(paper)])
        ids.append(paper.id)
        words.append(np.array(numbers, dtype=np.int32))
        title_ends.append(starts[-1] + len(title))
        text_ends.append(title_ends[-1] + len(abstract))
        starts.append(starts[-1] + len(numbers))
    terms.settle()
    return Stream(
        ids,
        np.concatenate([np.zeros(0, dtype=np.int32), *words]),
        _offsets(starts),
        _offsets(title_ends),
        _offsets(text_ends),
    )


def joined(streams: Sequence[Stream]) -> Stream:
    """Return the papers of all, in order."""
    moved = np.cumsum([0, *(len(stream.words) for stream in streams)])
    return Stream(
        [paper for stream in streams for paper in stream.ids],
        np.concatenate([stream.words for stream in streams]),
        np.concatenate([*(s.starts[:-1] + by for s, by in zip(streams, moved, strict=False)), moved[-1:]]),
        np.concatenate([s.title_ends + by for s, by in zip(streams, moved, strict=False)]),
        np.concatenate([s.text_ends + by for s, by in zip(streams, moved, strict=False)]),
    )


def without(stream: Stream, closed: Codes) -> Stream:
    """Return the stream without the rows that are marked in ``closed``."""
    if not closed.any():
        return stream
    keep = closed == 0
    lengths = np.diff(stream.starts)
    starts = np.concatenate([[0], np.cumsum(lengths[keep])]).astype(np.int64)
    moved = starts[:-1] - stream.starts[:-1][keep]
    return Stream(
        [paper for paper, stays in zip(stream.ids, keep.tolist(), strict=True) if stays],
        stream.words[np.repeat(keep, lengths)],
        starts,
        stream.title_ends[keep] + moved,
        stream.text_ends[keep] + moved,
    )


def weighted_lengths(starts: Offsets, title_ends: Offsets, text_ends: Offsets) -> Offsets:
    """Return each paper's length in the steps in which Lucene keeps it: many are the same, then so are their scores."""
    exact = (text_ends - title_ends) + TITLE_WEIGHT * (title_ends - starts[:-1])
    return _STEPS[np.searchsorted(_STEPS, exact, side="right") - 1]


def tamed(lengths: Offsets, mean: float) -> Floats:
    return (1 - B + B * lengths / max(mean, 1.0)).astype(np.float32)


def segment_of(stream: Stream, terms: Terms, mean: float | None = None) -> Segment:
    """Index a stream in memory; ``mean`` length None takes that of the stream."""
    lengths = weighted_lengths(stream.starts, stream.title_ends, stream.text_ends)
    average = mean if mean is not None else float(lengths.mean()) if len(lengths) else 1.0
    held_by = np.zeros(len(terms), dtype=np.int64)
    counted(stream.words, stream.starts, terms.term_of, held_by)
    firsts = firsts_of(held_by)
    papers, codes = np.empty(firsts[-1], dtype=np.int32), np.empty(firsts[-1], dtype=np.uint8)
    filled(
        stream.words, stream.starts, stream.title_ends, stream.text_ends, terms.term_of, tamed(lengths, average),
        TITLE_WEIGHT, K1, 0, firsts[:-1].copy(), papers, codes,
    )  # fmt: skip
    arrays = (
        stream.words, stream.starts, stream.title_ends, stream.text_ends, firsts, papers, codes, most_of(codes, firsts)
    )  # fmt: skip
    for array in arrays:
        # Kernels are compiled once, for arrays that cannot be written, as those of a file are.
        array.flags.writeable = False
    return Segment(Names.of(stream.ids), *arrays)


def firsts_of(held_by: Offsets) -> Offsets:
    return np.concatenate([[0], np.cumsum(held_by)]).astype(np.int64)


def most_of(codes: Codes, firsts: Offsets) -> Codes:
    most = np.zeros(len(firsts) - 1, dtype=np.uint8)
    some = np.flatnonzero(np.diff(firsts))
    if len(some):
        most[some] = np.maximum.reduceat(codes, firsts[some])
    return most


def _offsets(values: Sequence[int]) -> Offsets:
    return np.array(values, dtype=np.int64)


def _steps() -> Offsets:
    """Return the lengths that one byte tells apart: exact to 40, then with a mantissa of three bits (SmallFloat)."""
    steps = list(range(24))
    for code in range(256 - 24):
        mantissa, exponent = code & 7, (code >> 3) - 1
        steps.append(24 + (mantissa if exponent < 0 else (mantissa | 8) << exponent))
    return np.array(steps, dtype=np.int64)


_STEPS = _steps()
