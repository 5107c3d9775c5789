"""The compiled index of a store: a file with nearly all papers, small segments with what came since."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Lock

import numpy as np

from bot.model import Clause, Interest, Occur, Paper, PaperId, Word
from storage.compiled.building import Codes
from storage.compiled.edition import NO_MASK, Edition
from storage.compiled.files import Base, open_base, write_base
from storage.compiled.matching import StoredPapers
from storage.compiled.segment import Segment, Stream, joined, read, segment_of, without
from storage.compiled.terms import Terms
from storage.search import searchable

_READ_AT_ONCE = 5_000
# Small segments are joined when there are so many of them …
_MOST_SMALL = 6
# … and written into the file with all the rest when they have so many papers, and this share of the file's.
REWRITE_FROM = 10_000
REWRITE_SHARE = 0.05
_BLOCK = 20_000


class CompiledIndex:
    """Any number of readers; one `refresh` and one `rewrite` at a time, neither of which makes readers wait.

    Every method but `search` and `find` can raise `StorageUnavailable`.
    """

    def __init__(self, papers: StoredPapers, path: Path, installation: str) -> None:
        """Map the file of ``installation`` at ``path`` when there is one; begin with nothing otherwise."""
        self._papers = papers
        self._path = path
        self._installation = installation
        self._folding = Lock()
        self._rewriting = Lock()
        base = open_base(path, installation)
        self._written = 0 if base is None else base.change
        self._edition = Edition(0, Terms.empty(), (), (), 0.0) if base is None else _edition_of(base)

    def __len__(self) -> int:
        return len(self._edition)

    @property
    def change(self) -> int:
        """The number of the last change that is folded in."""
        return self._edition.change

    @property
    def outgrown(self) -> bool:
        """Whether so much came since the file was written that it should be written anew."""
        sizes = [len(segment) for segment in self._edition.segments]
        return sum(sizes[1:]) > max(REWRITE_FROM, REWRITE_SHARE * sum(sizes[:1]))

    def search(self, words: Sequence[str], limit: int) -> list[tuple[PaperId, float]]:
        """Return papers that hold any of the words, best first; one of several words only where they stand together."""
        wanted = tuple(Clause(Occur.SHOULD, Word(word)) for word in searchable(words))
        return self.find(Interest(wanted), limit) if wanted else []

    def find(self, interest: Interest, limit: int) -> list[tuple[PaperId, float]]:
        """Return papers that an interest admits, best first (BM25; higher is better), without related words or meaning.

        Raises:
            StorageUnavailable: Names of authors could not be looked at.
        """
        return self._edition.best(interest, limit, self._papers)

    def refresh(self, most: int | None = None) -> int:
        """Fold in what the change log tells, at most ``most`` changes; return how many there were."""
        with self._folding:
            done = 0
            while most is None or done < most:
                asked = _READ_AT_ONCE if most is None else min(_READ_AT_ONCE, most - done)
                papers, last = self._papers.changed_after(self._edition.change, asked)
                if not papers and last == self._edition.change:
                    break
                self._edition = self._with(self._edition, papers, last)
                done += len(papers)
            return done

    def rewrite(self) -> None:
        """Write everything into the file anew and go on with that; or with what another process wrote meanwhile.

        Raises:
            BlockingIOError: Another process is writing it.
            OSError: The file could not be written; all stays as it was.
        """
        with self._rewriting:
            base = self._of_others() or self._made_anew()
            edition = _edition_of(base)
            with self._folding:
                # What came meanwhile has other numbers for its words than the file, so it is read again.
                while (page := self._papers.changed_after(edition.change, _READ_AT_ONCE))[0]:
                    edition = self._with(edition, *page)
                self._edition, self._written = edition, base.change

    def _of_others(self) -> Base | None:
        """Return the file when it has more than what this process last knew of it."""
        base = open_base(self._path, self._installation)
        return base if base is not None and base.change > self._written else None

    def _made_anew(self) -> Base:
        before = self._edition
        if not before.segments:
            return self._first()
        numbered = before.terms.frozen()
        return write_base(self._path, _streams_of(before), lambda: numbered, self._installation, lambda: before.change)

    def _first(self) -> Base:
        """Write the file from the whole change log, page by page: what was read of a page is let go with it."""
        terms, change = Terms.empty(), 0
        gone: set[PaperId] = set()

        def pages() -> Iterator[Stream]:
            nonlocal change
            while True:
                papers, last = self._papers.changed_after(change, _READ_AT_ONCE)
                if not papers and last == change:
                    return
                change = last
                there = [paper for paper in papers if not paper.withdrawn]
                gone.update(paper.id for paper in papers if paper.withdrawn)
                gone.difference_update(paper.id for paper in there)
                yield read(there, terms)

        base = write_base(self._path, pages(), terms.frozen, self._installation, lambda: change)
        edition = _edition_of(base)
        closed = _closed_too(base.segment, edition.closed[0], sorted(gone))
        if closed is edition.closed[0]:
            return base
        # Withdrawn, or merged away, on a later page than the one it was read from: nothing newer takes its place.
        streams = _streams_of(replace(edition, closed=(closed,)))
        return write_base(self._path, streams, base.terms.frozen, self._installation, lambda: change)

    def _with(self, old: Edition, papers: Sequence[Paper], change: int) -> Edition:
        changed = [paper.id for paper in papers]
        closed = [_closed_too(s, mask, changed) for s, mask in zip(old.segments, old.closed, strict=True)]
        stream = read((paper for paper in papers if not paper.withdrawn), old.terms)
        segments = list(old.segments)
        if len(segments) > _MOST_SMALL:
            small = [without(s.stream(), mask) for s, mask in zip(segments[1:], closed[1:], strict=True)]
            segments, closed, stream = segments[:1], closed[:1], joined([*small, stream])
        made = segment_of(stream, old.terms, old.mean or None)
        mean = old.mean or made.mean_length
        return Edition(change, old.terms, (*segments, made), (*closed, NO_MASK), mean)


def _edition_of(base: Base) -> Edition:
    return Edition(base.change, base.terms, (base.segment,), (_superseded(base.segment),), base.mean)


def _streams_of(edition: Edition) -> Iterator[Stream]:
    for segment, closed in zip(edition.segments, edition.closed, strict=True):
        mask = closed if len(closed) else np.zeros(len(segment), dtype=np.uint8)
        for first in range(0, len(segment), _BLOCK):
            last = min(first + _BLOCK, len(segment))
            yield without(segment.stream(first, last), mask[first:last])


def _closed_too(segment: Segment, closed: Codes, papers: Sequence[PaperId]) -> Codes:
    """Return ``closed`` with the rows of some papers closed as well."""
    rows = segment.rows(papers)
    if not len(rows):
        return closed
    mask = closed.copy() if len(closed) else np.zeros(len(segment), dtype=np.uint8)
    mask[rows] = 1
    return mask


def _superseded(segment: Segment) -> Codes:
    """Return which rows a later one of the same paper replaced: it changed while the log was read."""
    ids = segment.ids
    twice = np.flatnonzero(ids.keys[1:] == ids.keys[:-1])
    mask = np.zeros(len(segment) if len(twice) else 0, dtype=np.uint8)
    for place in twice.tolist():
        older, newer = ids.owners[place : place + 2].tolist()
        if ids[older] == ids[newer]:
            mask[older] = 1
    return mask
