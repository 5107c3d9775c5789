"""Connections to the database file, set up alike, and a pool of them for reading."""

import sqlite3
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

from bot.ports import StorageUnavailable
from storage.sqlite_errors import translated

# How long a write waits for another process that holds the write lock.
BUSY_TIMEOUT = timedelta(seconds=5)

# A log larger than this is cut back after a checkpoint, so that one bulk load does not keep its space for ever.
JOURNAL_CAP_BYTES = 64 * 1024 * 1024

READER_CACHE_KIB = 8 * 1024


def open_connection(database: Path, *, busy_timeout: timedelta = BUSY_TIMEOUT) -> sqlite3.Connection:
    """Open an existing database for reading and writing; transactions are begun and ended by hand.

    Raises:
        sqlite3.Error: Also when the file is missing: SQLite would otherwise make an empty one without a word.
    """
    connection = sqlite3.connect(
        f"file:{quote(str(database.absolute()))}?mode=rw",
        uri=True,
        timeout=busy_timeout.total_seconds(),
        isolation_level=None,
        check_same_thread=False,
        cached_statements=256,
    )
    connection.row_factory = sqlite3.Row
    try:
        # NORMAL, the usual companion of WAL, may lose the last commits in a power cut: a lost claim is posted twice.
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        # What a member had erased must not stay readable in the file until its space is used again.
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute(f"PRAGMA journal_size_limit = {JOURNAL_CAP_BYTES:d}")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


class Readers:
    """Connections that only read, one for each reader at a time; none waits for the writer (WAL)."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._idle: deque[sqlite3.Connection] = deque()
        self._closed = False

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection that sees all that was committed before.

        Raises:
            StorageUnavailable: The database cannot be read now.
        """
        try:
            connection = self._take()
            yield connection
        except sqlite3.Error as error:
            # The connection is not put back: whatever ails it, the next reader opens its own.
            ours = translated(error)
            if ours is error:
                raise
            raise ours from error
        self._put_back(connection)

    def close(self) -> None:
        self._closed = True
        while self._idle:
            self._idle.popleft().close()

    def _take(self) -> sqlite3.Connection:
        if self._closed:
            raise StorageUnavailable("The store is closed.")
        try:
            return self._idle.pop()
        except IndexError:
            connection = open_connection(self._database)
            connection.execute("PRAGMA query_only = ON")
            connection.execute(f"PRAGMA cache_size = {-READER_CACHE_KIB:d}")
            return connection

    def _put_back(self, connection: sqlite3.Connection) -> None:
        if self._closed:
            connection.close()
        else:
            self._idle.append(connection)
