"""Many short texts in a few arrays: an object for each would take several times the room, and cannot lie in a file."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import pairwise
from typing import Generic, Protocol, Self, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Offsets = NDArray[np.int64]
Keys = NDArray[np.uint64]
Rows = NDArray[np.int32]

S = TypeVar("S", bound=str)
S_co = TypeVar("S_co", bound=str, covariant=True)

_KEY_BYTES = 8


class Numbered(Protocol[S_co]):
    """Texts by number, from 0 on."""

    def __len__(self) -> int: ...

    def __getitem__(self, number: int, /) -> S_co: ...

    def __iter__(self) -> Iterator[S_co]: ...


@dataclass(frozen=True, slots=True)
class Texts(Generic[S]):
    """Texts by number. Immutable.

    Attributes:
        letters: All of them in UTF-8, one after the other.
        starts: Where each begins, and the end; shape (n + 1,).
    """

    letters: Bytes
    starts: Offsets

    @classmethod
    def of(cls, texts: Iterable[S]) -> Self:
        return cls(*_packed(texts))

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, number: int, /) -> S:
        if number < 0:
            raise IndexError(number)
        return cast("S", _read(self.letters[self.starts.item(number) : self.starts.item(number + 1)].tobytes()))

    def __iter__(self) -> Iterator[S]:
        letters = self.letters.tobytes()
        for start, end in pairwise(self.starts.tolist()):
            yield cast("S", _read(letters[start:end]))

    def beginning_with(self, begin: str) -> Rows:
        """Return the numbers of the texts that begin so, ascending."""
        wanted = np.frombuffer(_written(begin), dtype=np.uint8)
        numbers = np.flatnonzero(np.diff(self.starts) >= len(wanted))
        for place, letter in enumerate(wanted.tolist()):
            numbers = numbers[self.letters[self.starts[numbers] + place] == letter]
        return numbers.astype(np.int32)


@dataclass(frozen=True, slots=True)
class Names(Generic[S]):
    """Texts that are all different, by number, and their numbers by text. Immutable.

    Attributes:
        keys, owners: A hash of each text, ascending, and whose it is.
    """

    texts: Texts[S]
    keys: Keys
    owners: Rows

    @classmethod
    def of(cls, texts: Iterable[S]) -> Self:
        letters, starts = _packed(texts)
        return cls(Texts(letters, starts), *_in_order(_keys(letters, starts)))

    def with_more(self, texts: Sequence[S]) -> Self:
        """Return these and others, none of which is among these, numbered on."""
        letters, starts = _packed(texts)
        mine = np.empty_like(self.keys)
        mine[self.owners] = self.keys
        return type(self)(
            Texts(
                np.concatenate([self.texts.letters, letters]),
                np.concatenate([self.texts.starts, starts[1:] + self.texts.starts[-1]]),
            ),
            *_in_order(np.concatenate([mine, _keys(letters, starts)])),
        )

    def __len__(self) -> int:
        return len(self.texts)

    def __getitem__(self, number: int, /) -> S:
        return self.texts[number]

    def __iter__(self) -> Iterator[S]:
        return iter(self.texts)

    def find(self, text: str) -> int | None:
        """Return the number of a text, None when it is not among these."""
        key = np.uint64(int.from_bytes(_hashed(_written(text)), "little"))
        return self._owner(text, key, int(self.keys.searchsorted(key)))

    def find_all(self, texts: Collection[str] | Numbered[str]) -> Offsets:
        """Return the number of each of some texts, -1 for those that are not among these; shape (len(texts),)."""
        keys = keys_of(texts)
        places = self.keys.searchsorted(keys)
        numbers = np.full(len(keys), -1, dtype=np.int64)
        known = places < len(self.keys)
        known[known] = self.keys[places[known]] == keys[known]
        for i, (text, there) in enumerate(zip(texts, known.tolist(), strict=True)):
            if there and (number := self._owner(text, keys[i], int(places[i]))) is not None:
                numbers[i] = number
        return numbers

    def _owner(self, text: str, key: np.uint64, place: int) -> int | None:
        # Two texts may have one hash, though no two that anybody has met do.
        while place < len(self.keys) and self.keys[place] == key:
            number = int(self.owners[place])
            if self.texts[number] == text:
                return number
            place += 1
        return None


@dataclass(frozen=True, slots=True)
class Chained(Generic[S]):
    """Texts of several parts, numbered through."""

    parts: tuple[Numbered[S], ...]

    def __len__(self) -> int:
        return sum(map(len, self.parts))

    def __getitem__(self, number: int, /) -> S:
        left = number
        for part in self.parts:
            if left < len(part):
                return part[left]
            left -= len(part)
        raise IndexError(number)

    def __iter__(self) -> Iterator[S]:
        for part in self.parts:
            yield from part


def keys_of(texts: Iterable[str]) -> Keys:
    """Return the hash of each text, which is the same in every process; shape (n,)."""
    return _keys(*_packed(texts))


def _packed(texts: Iterable[str]) -> tuple[Bytes, Offsets]:
    written = [_written(text) for text in texts]
    starts = np.zeros(len(written) + 1, dtype=np.int64)
    np.cumsum([len(each) for each in written], out=starts[1:])
    return np.frombuffer(b"".join(written), dtype=np.uint8), starts


def _in_order(keys: Keys) -> tuple[Keys, Rows]:
    order = np.argsort(keys, kind="stable").astype(np.int32)
    return keys[order], order


def _keys(letters: Bytes, starts: Offsets) -> Keys:
    whole = letters.tobytes()
    hashed = b"".join(_hashed(whole[start:end]) for start, end in pairwise(starts.tolist()))
    return np.frombuffer(hashed, dtype="<u8")


def _hashed(letters: bytes) -> bytes:
    return blake2b(letters, digest_size=_KEY_BYTES).digest()


def _written(text: str) -> bytes:
    # What a member types may hold half a character.
    return text.encode("utf-8", "surrogatepass")


def _read(letters: bytes) -> str:
    return letters.decode("utf-8", "surrogatepass")
