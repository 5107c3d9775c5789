"""The engine's serialised index in a file beside the database."""

from hashlib import sha256
from pathlib import Path

from bot.ports import StorageUnavailable
from storage.durable_files import write_whole

MAGIC = b"paperround index 1\n"
SEAL_BYTES = 32


class FileIndexCache:
    """`bot.ports.IndexCache`: one file, sealed with a checksum over its content and its installation."""

    def __init__(self, path: Path, installation: str) -> None:
        """Keep the index of the database ``installation`` at ``path``.

        A restored database has another installation: its papers are numbered anew, so an index of the one before it
        would miss some.
        """
        self._path = path
        self._installation = installation.encode()

    def load(self) -> bytes | None:
        try:
            kept = self._path.read_bytes()
        except OSError:
            return None  # there is none, or it cannot be read: either way the papers are read instead
        seal, content = kept[len(MAGIC) : len(MAGIC) + SEAL_BYTES], kept[len(MAGIC) + SEAL_BYTES :]
        return content if kept.startswith(MAGIC) and seal == self._seal(content) else None

    def save(self, content: bytes) -> None:
        try:
            write_whole(self._path, MAGIC, self._seal(content), content)
        except OSError as error:
            raise StorageUnavailable(f"The index could not be kept at {self._path}: {error.strerror}.") from error

    def _seal(self, content: bytes) -> bytes:
        seal = sha256(self._installation)
        seal.update(content)
        return seal.digest()
