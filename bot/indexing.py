"""Papers → a snapshot: reads them into batches, folds new ones in, joins the batches when the second has grown."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bot.abbreviations import Abbreviations, Long, mined
from bot.facts import Fact, Facts, columns, fact_of, rows_again
from bot.model import Paper, PaperId
from bot.postings import Floats, Ints, Mask, Stream, index, joined, kept
from bot.semantics import Halves, Space, Vectors, fit, nowhere, sampled
from bot.snapshot import Batch, Memory, RowOf, Snapshot, in_half_the_room
from bot.texts import Chained, Names
from bot.unit_rows import UnitRows, unit_rows
from bot.vocabulary import Vocabulary

# A store smaller than this is indexed anew with each change: it takes a blink and keeps every figure exact.
ALWAYS_ANEW = 3_000
# The second batch is joined to the first when it is larger than this share of it …
JOIN_SHARE = 0.05
# … and than this: joining moves every word of the store.
JOIN_FROM = 1_000
# Directions of meaning are fitted anew when the store has grown by this factor since they were.
FIT_GROWTH = 1.5
# So many rows are projected at once.
_BLOCK = 4_000


class Reading:
    """Papers read into numbers, not yet indexed. Each text is looked at once and let go."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._words: list[Ints] = []
        self._starts = [0]
        self._title_ends: list[int] = []
        self.facts: list[Fact] = []
        self.abbreviations: list[tuple[str, Long]] = []

    def __len__(self) -> int:
        return len(self.facts)

    def add(self, papers: Iterable[Paper]) -> None:
        for paper in papers:
            title = self._vocabulary.read(paper.title)
            abstract = self._vocabulary.read(paper.abstract)
            self._words.append(np.array(title + abstract, dtype=np.int32))
            self._title_ends.append(self._starts[-1] + len(title))
            self._starts.append(self._title_ends[-1] + len(abstract))
            self.facts.append(fact_of(paper))
            self.abbreviations += mined(paper.abstract)

    def stream(self) -> Stream:
        """Return what was read, and forget the words; the vocabulary knows their stems afterwards."""
        self._vocabulary.settle()
        words = np.concatenate([np.zeros(0, dtype=np.int32), *self._words])
        self._words.clear()
        return Stream(words, np.array(self._starts, dtype=np.int64), np.array(self._title_ends, dtype=np.int64))


def empty() -> Snapshot:
    return assembled(0, Vocabulary.empty(), (), nowhere(), Abbreviations())


def folded_in(old: Snapshot, reading: Reading, change: int) -> Snapshot:
    """Return the snapshot with newer states of papers; the old one stays as it is.

    A few papers join the second, small batch; only when that has grown are all words moved. The space of meaning stays
    as it is until the store has grown much: new papers are projected into it.
    """
    stream, facts = reading.stream(), reading.facts
    abbreviations = old.abbreviations.with_more(reading.abbreviations)
    newest = {fact.id: place for place, fact in enumerate(facts)}
    parts = [(kept(stream, _places(len(facts), newest.values())), [facts[i] for i in sorted(newest.values())])]
    main = old.batches[:1]
    for batch in old.batches[1:]:
        current = _others(batch.facts, newest)
        parts.insert(0, (kept(batch.postings.stream(), current), _kept_facts(batch.facts, current)))
    small = joined([s for s, _ in parts]), columns([fact for _, some in parts for fact in some])
    if main and len(main[0]) > ALWAYS_ANEW and len(small[1]) <= max(JOIN_FROM, JOIN_SHARE * len(main[0])):
        return assembled(change, old.vocabulary, (main[0], small), old.space, abbreviations)
    return _all_anew(old, main, small, change, abbreviations)


def _all_anew(
    old: Snapshot, main: tuple[Batch, ...], small: tuple[Stream, Facts], change: int, abbreviations: Abbreviations
) -> Snapshot:
    stream, facts = small
    if main:
        # Whatever the second batch holds, newer or the same as the first's, went into the stream.
        current = _others(main[0].facts, facts.ids)
        kept_facts = _kept_facts(main[0].facts, current)
        stream = joined([kept(main[0].postings.stream(), current), stream])
        facts = columns([*kept_facts, *rows_again(facts)])
    fits = len(facts) > ALWAYS_ANEW and len(facts) < FIT_GROWTH * old.space.fitted_on
    return assembled(change, old.vocabulary, ((stream, facts),), old.space if fits else None, abbreviations)


def refitted(old: Snapshot) -> Snapshot:
    """Return the same batches in a space of meaning fitted on all of their papers.

    Words stay as they are indexed: only numbers are worked out, which leaves other threads running.
    """
    alive = np.flatnonzero(old.alive)
    space = fit(old.unit_rows(sampled(alive)), len(alive))
    batches = tuple(replace(batch, vectors=_projected(space, batch.unit_rows, old.n_stems)) for batch in old.batches)
    return replace(old, space=space, batches=batches, memory=Memory())


def _projected(space: Space, rows: UnitRows, n_stems: int) -> Vectors | Halves:
    """Return `Batch.vectors`, worked out block by block: all at once takes gigabytes."""
    vectors = in_half_the_room(np.zeros((len(rows), space.dimensions), dtype=np.float16), len(rows))
    for first in range(0, len(rows), _BLOCK):
        block = np.arange(first, min(first + _BLOCK, len(rows)))
        vectors[block] = space.project(rows.of(block, n_stems))
    return vectors


def assembled(
    change: int,
    vocabulary: Vocabulary,
    parts: Sequence[Batch | tuple[Stream, Facts]],
    space: Space | None,
    abbreviations: Abbreviations,
    tie_rank: NDArray[np.int64] | None = None,
) -> Snapshot:
    """Return a snapshot of batches, those that are still streams being indexed.

    Args:
        space: None fits it anew.
        tie_rank: None works it out, which takes the ids out of their arrays.
    """
    ignored = vocabulary.stop_stems()
    indexed = [
        part if isinstance(part, Batch) else (index(part[0], vocabulary.stem_of, ignored), part[1]) for part in parts
    ]
    postings = [part.postings if isinstance(part, Batch) else part[0] for part in indexed]
    facts = [part.facts if isinstance(part, Batch) else part[1] for part in indexed]
    ids = tuple(f.ids for f in facts)
    # Later rows of a paper are in the second batch: none is twice in one.
    current = np.concatenate([np.zeros(0, dtype=np.bool_), *(_others(f, *ids[i + 1 :]) for i, f in enumerate(facts))])
    df = np.zeros(len(ignored), dtype=np.int32)
    for one in postings:
        df += one.document_frequencies(len(ignored))
    idf = _idf(df, int(np.count_nonzero(current)), ignored)
    batches = []
    for part in indexed:
        if isinstance(part, Batch):
            batches.append(part)
            continue
        rows = unit_rows(part[0], idf)
        if space is None:
            sample = sampled(np.arange(len(rows)))
            space = fit(rows.of(sample, len(idf)), len(rows))
        batches.append(Batch(part[0], part[1], rows, _projected(space, rows, len(idf))))
    days = np.concatenate([np.zeros(0, dtype=np.int32), *(f.days for f in facts)]).astype(np.int32)
    withdrawn = np.concatenate([np.zeros(0, dtype=np.bool_), *(f.withdrawn for f in facts)])
    lengths = np.concatenate([np.zeros(0, dtype=np.int64), *(np.diff(b.unit_rows.starts) for b in batches)])
    return Snapshot(
        change=change,
        vocabulary=vocabulary,
        words=vocabulary.words,
        stems=vocabulary.stems,
        stem_of=vocabulary.stem_of,
        ignored=ignored,
        batches=tuple(batches),
        ids=Chained(ids),
        row_of=RowOf(ids),
        alive=current & ~withdrawn,
        days=days,
        tie_rank=_tie_rank(days, list(Chained(ids))) if tie_rank is None else tie_rank,
        df=df,
        idf=idf,
        lengths=lengths.astype(np.float32),
        space=space if space is not None else nowhere(),
        abbreviations=abbreviations,
    )


def _idf(df: Ints, n: int, ignored: Mask) -> Floats:
    """Return the idf of BM25 that is never negative (Robertson & Zaragoza 2009), 0 for function words."""
    seen = np.minimum(df, n)
    idf = np.log1p((n - seen + 0.5) / (seen + 0.5))
    return np.where(ignored, 0.0, idf).astype(np.float32)


def _tie_rank(days: Ints, ids: Sequence[str]) -> NDArray[np.int64]:
    by_id = np.empty(len(ids), dtype=np.int64)
    by_id[sorted(range(len(ids)), key=ids.__getitem__)] = np.arange(len(ids))
    rank = np.empty(len(ids), dtype=np.int64)
    rank[np.lexsort((by_id, -days.astype(np.int64)))] = np.arange(len(ids))
    return rank


def _places(count: int, places: Iterable[int]) -> Mask:
    mask = np.zeros(count, dtype=np.bool_)
    mask[list(places)] = True
    return mask


def _others(facts: Facts, *papers: Collection[PaperId] | Names[PaperId]) -> Mask:
    """Return which of the papers of a batch are not among some others."""
    mask = np.ones(len(facts), dtype=np.bool_)
    for some in papers:
        numbers = facts.ids.find_all(some)
        mask[numbers[numbers >= 0]] = False
    return mask


def _kept_facts(facts: Facts, keep: Mask) -> list[Fact]:
    return [fact for fact, stays in zip(rows_again(facts), keep, strict=True) if stays]
