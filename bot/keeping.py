"""The index as bytes and back: so that a new process need not read every abstract again."""

import io
import json
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import astuple
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from bot.abbreviations import Abbreviations
from bot.facts import Fact, columns, rows_again
from bot.indexing import assembled, unit_rows
from bot.model import PaperId
from bot.postings import Postings
from bot.semantics import Space
from bot.snapshot import Batch, Snapshot, in_half_the_room
from bot.vocabulary import Vocabulary

# Grows whenever the same bytes would mean something else, or the same papers would be indexed otherwise.
VERSION = 1

Array = NDArray[Any]


def dumped(snapshot: Snapshot) -> bytes:
    """Return a snapshot as bytes: arrays in NumPy's own format, each with a checksum."""
    arrays: dict[str, Array] = {
        "head": _text([VERSION, snapshot.change, len(snapshot.batches), snapshot.space.fitted_on]),
        "words": _text(snapshot.words),
        "abbreviations": _text(snapshot.abbreviations.counts()),
        "space_stems": snapshot.space.stems,
        "space_papers": snapshot.space.papers,
        "space_words": snapshot.space.words,
        "space_mean": snapshot.space.mean,
        "space_whitening": snapshot.space.whitening,
    }
    for number, batch in enumerate(snapshot.batches):
        postings = batch.postings
        arrays |= {
            f"{number}_facts": _text([astuple(fact) for fact in rows_again(batch.facts)]),
            f"{number}_rows": postings.by_stem.indices.astype(np.int32),
            f"{number}_columns": postings.by_stem.indptr.astype(np.int64),
            f"{number}_frequencies": postings.by_stem.data.astype(np.float16),
            f"{number}_word_starts": postings.word_starts,
            f"{number}_positions": postings.positions,
            f"{number}_starts": postings.starts,
            f"{number}_title_ends": postings.title_ends,
            f"{number}_idf": batch.idf,
            f"{number}_vectors": batch.vectors.astype(np.float16),
        }
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def restored(kept: bytes) -> Snapshot | None:
    """Return the snapshot that the bytes hold; None when they are damaged or of another version."""
    try:
        with np.load(io.BytesIO(kept), allow_pickle=False) as arrays:
            version, change, n_batches, fitted_on = _read(arrays["head"])
            if version != VERSION:
                return None
            vocabulary = Vocabulary(_read(arrays["words"]))
            counts = [(short, tuple(long), count) for short, long, count in _read(arrays["abbreviations"])]
            space = Space(
                arrays["space_stems"],
                arrays["space_papers"],
                arrays["space_words"],
                arrays["space_mean"],
                arrays["space_whitening"],
                fitted_on,
            )
            batches = [_batch(arrays, number) for number in range(n_batches)]
            return assembled(change, vocabulary, batches, space, Abbreviations(counts))
    except (zipfile.BadZipFile, zlib.error, ValueError, KeyError, IndexError, TypeError, EOFError, OSError):
        return None


def _batch(arrays: Mapping[str, Array], number: int) -> Batch:
    facts = columns([Fact(PaperId(row[0]), *row[1:]) for row in _read(arrays[f"{number}_facts"])])
    indptr = arrays[f"{number}_columns"]
    frequencies = arrays[f"{number}_frequencies"].astype(np.float32)
    by_stem = sparse.csc_matrix((frequencies, arrays[f"{number}_rows"], indptr), shape=(len(facts), len(indptr) - 1))
    postings = Postings(
        by_stem,
        arrays[f"{number}_word_starts"],
        arrays[f"{number}_positions"],
        arrays[f"{number}_starts"],
        arrays[f"{number}_title_ends"],
    )
    idf = arrays[f"{number}_idf"]
    vectors = in_half_the_room(arrays[f"{number}_vectors"].astype(np.float32))
    return Batch(postings, facts, idf, unit_rows(postings, idf), vectors)


def _text(value: object) -> Array:
    return np.frombuffer(json.dumps(value, separators=(",", ":")).encode(), dtype=np.uint8)


def _read(array: Array) -> list[Any]:
    found: list[Any] = json.loads(array.tobytes())
    return found
