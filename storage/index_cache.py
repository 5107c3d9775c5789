"""The engine's serialised index in a file beside the database, mapped into memory by all who use it."""

import mmap
import os
from collections.abc import Iterable
from hashlib import sha256
from io import BufferedReader
from pathlib import Path

from bot.ports import StorageUnavailable
from storage.durable_files import made_whole

MAGIC = b"paperround index 2\n"
SEAL_BYTES = 32
# The content begins with a page: arrays in it lie as the processor likes them.
HEAD_BYTES = mmap.PAGESIZE
_READ_AT_ONCE = 1 << 18


class FileIndexCache:
    """`bot.ports.IndexCache`: one file, sealed with a checksum over its content and its installation.

    A file is never written into once it has its name: who mapped it keeps it while another takes its place.
    """

    def __init__(self, path: Path, installation: str) -> None:
        """Keep the index of the database ``installation`` at ``path``.

        A restored database has another installation: its papers are numbered anew, so an index of the one before it
        would miss some.
        """
        self._path = path
        self._installation = installation.encode()
        self._known: tuple[int, int] | None = None

    @property
    def renewed(self) -> bool:
        try:
            return _identity(self._path.stat()) != self._known
        except OSError:
            return False

    def load(self) -> memoryview | None:
        try:
            with self._path.open("rb") as file:
                self._known = _identity(os.fstat(file.fileno()))
                if not self._is_whole(file):
                    return None
                return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))[HEAD_BYTES:]
        except OSError:
            return None  # there is none, or it cannot be read: either way the papers are read instead

    def save(self, content: Iterable[bytes | memoryview]) -> None:
        try:
            with made_whole(self._path) as file:
                file.write(b"\0" * HEAD_BYTES)
                seal = sha256(self._installation)
                for piece in content:
                    seal.update(piece)
                    file.write(piece)
                file.seek(0)
                file.write(MAGIC + seal.digest())
                file.flush()
                written = _identity(os.fstat(file.fileno()))
        except BlockingIOError:
            return  # another process of this machine is keeping the same papers
        except OSError as error:
            raise StorageUnavailable(f"The index could not be kept at {self._path}: {error.strerror}.") from error
        # Not before: until the disk has all of it the old file stands, which would pass for another process's.
        self._known = written

    def _is_whole(self, file: BufferedReader) -> bool:
        # Read, not mapped: what was looked at in a mapping counts as this process's memory.
        head = file.read(HEAD_BYTES)
        seal = sha256(self._installation)
        buffer = memoryview(bytearray(_READ_AT_ONCE))
        while count := file.readinto(buffer):
            seal.update(buffer[:count])
        return len(head) == HEAD_BYTES and head == (MAGIC + seal.digest()).ljust(HEAD_BYTES, b"\0")


def _identity(told: os.stat_result) -> tuple[int, int]:
    return told.st_ino, told.st_mtime_ns
