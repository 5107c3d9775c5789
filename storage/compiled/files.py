"""A segment in a file that is mapped into memory: several processes on one machine share what they read of it.

The words come first, as they are read; what is counted from them follows, and a head at the front says where.
"""

import json
import mmap
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from bot.model import PaperId
from bot.texts import Names, Texts
from storage.compiled.building import Ints, Offsets, counted, filled
from storage.compiled.segment import (
    K1,
    TITLE_WEIGHT,
    Segment,
    Stream,
    firsts_of,
    most_of,
    tamed,
    weighted_lengths,
)  # fmt: skip
from storage.compiled.terms import Numbered, Terms
from storage.durable_files import in_the_making, made_whole

MAGIC = "paperround compiled index"
# Grows whenever the same bytes would mean something else, or the same papers would be indexed otherwise.
VERSION = 2
HEAD_BYTES = 4096
_ALIGNED = 64
# So many papers' words are held at once while their postings are written.
_BLOCK = 20_000
_ROOM_AT_ONCE = 1 << 20

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Base:
    """What a file holds: papers up to a change of one installation."""

    change: int
    mean: float
    terms: Terms
    segment: Segment


def write_base(
    path: Path,
    streams: Iterable[Stream],
    numbered: Callable[[], Numbered],
    installation: str,
    change: Callable[[], int],
) -> Base:
    """Index streams, which are let go one after the other, into a file; it is there whole or not at all.

    ``numbered`` and ``change`` are asked after the last stream: for all words, and up to which change these are.

    Raises:
        BlockingIOError: Another process is writing it.
        OSError: The old file stands.
    """
    with made_whole(path) as file:
        _write(file, in_the_making(path), streams, numbered, change, installation)
    base = open_base(path, installation)
    if base is None:
        raise OSError(f"{path} could not be read again")
    return base


def open_base(path: Path, installation: str) -> Base | None:
    """Map a file that `write_base` wrote; None for none, one of another version or installation, or one cut short."""
    try:
        with path.open("rb") as file:
            head = json.loads(file.read(HEAD_BYTES).rstrip(b"\0"))
            if (head["magic"], head["version"], head["installation"]) != (MAGIC, VERSION, installation):
                return None
            # Of the open file: another process may have put its own under the name meanwhile.
            whole = np.memmap(file, dtype=np.uint8, mode="r")
        if len(whole) != head["bytes"]:
            return None
        arrays = {name: _view(whole, *where) for name, where in head["arrays"].items()}
        ids, words, terms = (_names_in(arrays, name) for name in ("ids", "vocabulary", "terms"))
        known = Terms(words, terms, arrays.pop("term_of"))
        return Base(head["change"], head["mean"], known, Segment(ids=ids, **arrays))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None  # it is only ever a shortcut: the papers are read again


def _write(
    file: BinaryIO,
    path: Path,
    streams: Iterable[Stream],
    numbered: Callable[[], Numbered],
    change: Callable[[], int],
    installation: str,
) -> None:
    file.write(b"\0" * HEAD_BYTES)
    ids: list[PaperId] = []
    starts, title_ends, text_ends = [np.zeros(1, dtype=np.int64)], [], []
    n_words = 0
    for stream in streams:
        file.write(np.ascontiguousarray(stream.words, dtype=np.int32).tobytes())
        ids += stream.ids
        starts.append(stream.starts[1:] + n_words)
        title_ends.append(stream.title_ends + n_words)
        text_ends.append(stream.text_ends + n_words)
        n_words += len(stream.words)
    none = np.zeros(0, dtype=np.int64)
    all_starts, all_titles = np.concatenate(starts), np.concatenate([none, *title_ends])
    all_texts = np.concatenate([none, *text_ends])
    lengths = weighted_lengths(all_starts, all_titles, all_texts)
    mean = float(lengths.mean()) if len(lengths) else 1.0
    file.flush()
    terms = numbered()
    held_by = np.zeros(len(terms.terms), dtype=np.int64)
    for first, last in _blocks(len(ids)):
        counted(_words_of(path, all_starts, first, last), _moved(all_starts, first, last), terms.term_of, held_by)
    firsts = firsts_of(held_by)
    given: dict[str, Array] = {
        "starts": all_starts, "title_ends": all_titles, "text_ends": all_texts, "firsts": firsts,
        "term_of": terms.term_of, **_arrays_of("ids", Names.of(ids)),
        **_arrays_of("vocabulary", terms.words.packed()), **_arrays_of("terms", terms.terms.packed()),
    }  # fmt: skip
    del ids
    places: dict[str, tuple[str, int, int]] = {"words": ("<i4", HEAD_BYTES, n_words)}
    at = HEAD_BYTES + 4 * n_words
    sizes = [(name, array.dtype.str, len(array)) for name, array in given.items()]
    total = int(firsts[-1])
    for name, kind, count in [*sizes, ("papers", "<i4", total), ("codes", "|u1", total), ("most", "|u1", len(held_by))]:
        at = -(-at // _ALIGNED) * _ALIGNED
        places[name] = (kind, at, count)
        at += np.dtype(kind).itemsize * count
    # Written, not only made longer: a mapped page for which the disk has no room left would end the process (SIGBUS).
    for first in range(file.tell(), at, _ROOM_AT_ONCE):
        file.write(bytes(min(_ROOM_AT_ONCE, at - first)))
    for name, array in given.items():
        file.seek(places[name][1])
        file.write(np.ascontiguousarray(array).tobytes())
    file.flush()
    mapped = mmap.mmap(file.fileno(), at)
    whole = np.frombuffer(mapped, dtype=np.uint8)
    papers, codes = _view(whole, *places["papers"]), _view(whole, *places["codes"])
    cursor, measure = firsts[:-1].copy(), tamed(lengths, mean)
    for first, last in _blocks(len(all_titles)):
        by = all_starts[first]
        filled(
            _words_of(path, all_starts, first, last), _moved(all_starts, first, last), all_titles[first:last] - by,
            all_texts[first:last] - by, terms.term_of, measure[first:last], TITLE_WEIGHT, K1, first, cursor,
            papers, codes,
        )  # fmt: skip
        # What was written is the file's from here on, and no more this process's memory.
        mapped.madvise(mmap.MADV_DONTNEED)
    _view(whole, *places["most"])[:] = most_of(codes, firsts)
    mapped.flush()
    said = {
        "magic": MAGIC, "version": VERSION, "installation": installation, "change": change(), "mean": mean,
        "bytes": at, "arrays": places,
    }  # fmt: skip
    file.seek(0)
    file.write(json.dumps(said).encode().ljust(HEAD_BYTES, b"\0"))


def _arrays_of(name: str, names: Names[Any]) -> dict[str, Array]:
    return {
        f"{name}_letters": names.texts.letters,
        f"{name}_starts": names.texts.starts,
        f"{name}_keys": names.keys,
        f"{name}_owners": names.owners,
    }


def _names_in(arrays: dict[str, Array], name: str) -> Names[Any]:
    """Return names that `_arrays_of` took apart, and take them out of the arrays."""
    letters, starts, keys, owners = (arrays.pop(f"{name}_{part}") for part in ("letters", "starts", "keys", "owners"))
    return Names(Texts(letters, starts), keys, owners)


def _blocks(n: int) -> Iterator[tuple[int, int]]:
    return ((first, min(first + _BLOCK, n)) for first in range(0, n, _BLOCK))


def _words_of(path: Path, starts: Offsets, first: int, last: int) -> Ints:
    # Read, not mapped: what is mapped counts as this process's memory.
    count, offset = int(starts[last] - starts[first]), HEAD_BYTES + 4 * int(starts[first])
    return np.fromfile(path, dtype=np.int32, count=count, offset=offset)


def _moved(starts: Offsets, first: int, last: int) -> Offsets:
    moved: Offsets = starts[first : last + 1] - starts[first]
    return moved


def _view(whole: Array, kind: str, at: int, count: int) -> Array:
    size = np.dtype(kind).itemsize * count
    return np.asarray(whole[at : at + size]).view(np.ndarray).view(np.dtype(kind))
