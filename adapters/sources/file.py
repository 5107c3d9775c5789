"""A file as a source: one port for every form in which people have lists of papers."""

import asyncio
import codecs
import gzip
import io
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import BinaryIO, cast

from adapters.sources.intake import Unreadable
from adapters.sources.recognise import HEAD_BYTES, reader_of
from bot.announcements import RejectedItem
from bot.model import Paper

# Read off the event loop, some tens of milliseconds of work at a time.
BATCH = 256

GZIP = b"\x1f\x8b"


def unwatched(read: int, size: int) -> None:
    """Ignore the progress of a file."""


class FileSource:
    """The papers of a file, recognised by its content, also compressed with gzip.

    Forms that have a line for each paper are streamed, whatever their size; the others are held as a whole, up
    to 64 MB.

    Args:
        on_bytes: Called as the file is read with the bytes read so far and the file's size, both as on the disk.
    """

    name = "file"

    def __init__(self, path: Path, on_bytes: Callable[[int, int], None] = unwatched) -> None:
        self._path = path
        self._on_bytes = on_bytes

    @property
    def words(self) -> str:
        """How a host names it: one file of several, where `name` is that of them all."""
        return f"file:{self._path}"

    async def papers(self, now: datetime) -> AsyncIterator[Paper | RejectedItem]:
        """Yield what the file holds, in its order.

        Raises:
            Unreadable: There is no such file, it may not be read, or it holds no papers in any known form.
        """
        raw, size = await asyncio.to_thread(self._opened)
        with raw:
            try:
                items = await asyncio.to_thread(_items, raw, now)
            except Unreadable as error:
                raise Unreadable(f"{self._path} cannot be read: {error.why}") from error
            begun = False
            while True:
                batch, fault = await asyncio.to_thread(_next, items)
                for item in batch:
                    yield item
                begun = begun or bool(batch)
                self._on_bytes(raw.tell(), size)
                if fault is not None and not begun:
                    raise Unreadable(f"{self._path} cannot be read: {fault.why}") from fault
                if fault is not None:
                    yield RejectedItem("the rest of the file", fault.why)
                if fault is not None or not batch:
                    return

    def _opened(self) -> tuple[BinaryIO, int]:
        try:
            if self._path.is_dir():
                raise Unreadable(f"{self._path} is a folder; name a file in it")
            return self._path.open("rb"), self._path.stat().st_size
        except FileNotFoundError as error:
            raise Unreadable(f"there is no file {self._path}") from error
        except OSError as error:
            raise Unreadable(f"{self._path} cannot be read: {error.strerror or error}") from error


def _items(raw: BinaryIO, now: datetime) -> Iterator[Paper | RejectedItem]:
    try:
        head = _unpacked(raw).read(HEAD_BYTES)
    except (OSError, EOFError, zlib.error) as error:
        raise Unreadable(f"its compression is damaged ({error})") from error
    raw.seek(0)
    return reader_of(head, now)(_unpacked(raw), now)


def _unpacked(raw: BinaryIO) -> BinaryIO:
    packed = raw.read(2) == GZIP
    raw.seek(0)
    stream: BinaryIO = io.BufferedReader(cast("io.RawIOBase", gzip.GzipFile(fileobj=raw))) if packed else raw
    begins = stream.peek(2)[:2] if isinstance(stream, io.BufferedReader) else b""
    if begins in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}:
        return cast("BinaryIO", codecs.EncodedFile(stream, "utf-8", "utf-16", "replace"))
    return stream


def _next(items: Iterator[Paper | RejectedItem]) -> tuple[list[Paper | RejectedItem], Unreadable | None]:
    """Return the next items, and what ended them before their time; a fault costs none of the items before it."""
    batch: list[Paper | RejectedItem] = []
    try:
        for item in islice(items, BATCH):
            batch.append(item)  # noqa: PERF402 (a list given to extend could lose what came before a fault)
    except Unreadable as error:
        return batch, error
    except (OSError, EOFError, zlib.error) as error:
        return batch, Unreadable(f"it is damaged or was cut off ({error})")
    return batch, None
