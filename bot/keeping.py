"""The index as bytes and back: so that a new process need not read every abstract again.

Arrays lie one after the other as they are in memory, so that those of a mapped file are used where they lie.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.abbreviations import Abbreviations
from bot.facts import Facts, Grouped
from bot.indexing import assembled
from bot.postings import Postings
from bot.semantics import Space
from bot.snapshot import Batch, Snapshot, in_half_the_room
from bot.texts import Names, Texts
from bot.typos import Deletions
from bot.unit_rows import UnitRows
from bot.vocabulary import Vocabulary

# Grows whenever the same bytes would mean something else, or the same papers would be indexed otherwise.
VERSION = 2

_ALIGNED = 64
_LENGTH_BYTES = 8

Array = NDArray[Any]
Piece = bytes | memoryview


def dumped(snapshot: Snapshot) -> list[Piece]:
    """Return a snapshot as bytes in pieces, of which most are the arrays themselves."""
    arrays: dict[str, Array] = {
        "tie_rank": snapshot.tie_rank,
        "stem_of": snapshot.stem_of,
        "abbreviations": np.frombuffer(json.dumps(snapshot.abbreviations.counts()).encode(), dtype=np.uint8),
        **dict(_flat("words", snapshot.words.packed())),
        **dict(_flat("stems", snapshot.stems.packed())),
        **dict(_flat("deletions", snapshot.vocabulary.deletions.with_more(snapshot.words))),
        **dict(_flat("space", snapshot.space)),
    }
    for number, batch in enumerate(snapshot.batches):
        arrays |= dict(_flat(f"{number}", batch)) | {f"{number}.vectors": batch.vectors.astype(np.float16)}
    pieces: list[Piece] = []
    places: dict[str, tuple[str, int, tuple[int, ...]]] = {}
    at = 0
    for name, array in arrays.items():
        places[name] = array.dtype.str, at, array.shape
        filled = -array.nbytes % _ALIGNED
        pieces += [np.ascontiguousarray(array).reshape(-1).view(np.uint8).data, b"\0" * filled]
        at += array.nbytes + filled
    told = {
        "version": VERSION,
        "change": snapshot.change,
        "batches": len(snapshot.batches),
        "fitted_on": snapshot.space.fitted_on,
        "bytes": at,
        "arrays": places,
    }
    head = json.dumps(told).encode()
    head += b" " * (-(_LENGTH_BYTES + len(head)) % _ALIGNED)
    return [len(head).to_bytes(_LENGTH_BYTES, "little"), head, *pieces]


def restored(kept: Piece) -> Snapshot | None:
    """Return the snapshot that `dumped` made, its arrays lying in the very bytes; None when these are something else.

    What was written is believed: that it is still the same, whoever keeps it has to make sure.
    """
    try:
        first = _LENGTH_BYTES + int.from_bytes(kept[:_LENGTH_BYTES], "little")
        told = json.loads(bytes(kept[_LENGTH_BYTES:first]))
        if told["version"] != VERSION or told["bytes"] != len(kept) - first:
            return None
        arrays = _Arrays(kept, first, told["arrays"])
        counts = json.loads(arrays["abbreviations"].tobytes())
        return assembled(
            told["change"],
            arrays.vocabulary(),
            [arrays.batch(f"{number}") for number in range(told["batches"])],
            arrays.space(told["fitted_on"]),
            Abbreviations([(short, tuple(long), count) for short, long, count in counts]),
            arrays["tie_rank"],
        )
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):
        return None


class _Arrays:
    """What the bytes hold, by the names that `_flat` gave."""

    def __init__(self, kept: Piece, first: int, places: Mapping[str, tuple[str, int, list[int]]]) -> None:
        self._kept, self._first, self._places = kept, first, places

    def __getitem__(self, name: str) -> Array:
        kind, at, shape = self._places[name]
        count = int(np.prod(shape))
        return np.frombuffer(self._kept, np.dtype(kind), count, self._first + at).reshape(shape)

    def vocabulary(self) -> Vocabulary:
        words = self._names("words")
        deletions = Deletions(self["deletions.hashes"], self["deletions.owners"], len(words))
        return Vocabulary(words, self._names("stems"), self["stem_of"], deletions)

    def space(self, fitted_on: int) -> Space:
        return Space(
            stems=self["space.stems"],
            papers=self["space.papers"],
            words=self["space.words"],
            mean=self["space.mean"],
            whitening=self["space.whitening"],
            fitted_on=fitted_on,
        )

    def batch(self, name: str) -> Batch:
        vectors = self[f"{name}.vectors"]
        postings = Postings(*(self[f"{name}.postings.{each.name}"] for each in fields(Postings)))
        rows = UnitRows(*(self[f"{name}.unit_rows.{each.name}"] for each in fields(UnitRows)))
        return Batch(postings, self._facts(f"{name}.facts"), rows, in_half_the_room(vectors, len(vectors)))

    def _facts(self, name: str) -> Facts:
        return Facts(
            ids=self._names(f"{name}.ids"),
            days=self[f"{name}.days"],
            withdrawn=self[f"{name}.withdrawn"],
            upvotes=self[f"{name}.upvotes"],
            authors=self._texts(f"{name}.authors"),
            categories=self._texts(f"{name}.categories"),
            sources=self._texts(f"{name}.sources"),
            by_author_word=self._grouped(f"{name}.by_author_word"),
            by_category=self._grouped(f"{name}.by_category"),
            by_source=self._grouped(f"{name}.by_source"),
        )

    def _texts(self, name: str) -> Texts[Any]:
        return Texts(self[f"{name}.letters"], self[f"{name}.starts"])

    def _names(self, name: str) -> Names[Any]:
        return Names(self._texts(f"{name}.texts"), self[f"{name}.keys"], self[f"{name}.owners"])

    def _grouped(self, name: str) -> Grouped:
        return Grouped(self._names(f"{name}.keys"), self[f"{name}.starts"], self[f"{name}.rows"])


def _flat(name: str, value: object) -> Iterator[tuple[str, Array]]:
    """Yield the arrays of a value and of those in it, each with its path."""
    if isinstance(value, np.ndarray):
        yield name, value
    elif is_dataclass(value):
        for each in fields(value):
            yield from _flat(f"{name}.{each.name}", getattr(value, each.name))
