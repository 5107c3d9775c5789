"""The one place where an error of SQLite becomes one of ours."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from bot.ports import StorageUnavailable, StorageUnusable

# Extended codes carry their primary code in the low byte: SQLITE_IOERR_WRITE is an SQLITE_IOERR.
PRIMARY_CODE = 0xFF

# What the world does to a healthy database: nothing was changed, and the same call may work later. Whatever else
# sqlite3 complains about, a missing column say, is our own mistake and rises as it is.
OUT_OF_REACH = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_READONLY,
    }
)
DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})

# After these a connection is opened anew: whatever ails it, the file may be well again.
CONNECTION_GONE_BAD = (OUT_OF_REACH | DAMAGED) - {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL}


def primary_code(error: sqlite3.Error) -> int | None:
    """Return SQLite's own code; None for what the module raises by itself."""
    code: int | None = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & PRIMARY_CODE


def translated(error: sqlite3.Error) -> Exception:
    """Return the error of ``bot.ports`` that says the same, or the very error when there is none."""
    code = primary_code(error)
    ours: Exception
    if code in OUT_OF_REACH:
        ours = StorageUnavailable(f"The database did not take it: {error}.")
    elif code in DAMAGED:
        ours = StorageUnusable(f"The database is damaged ({error}). Stop, and restore the newest backup.")
    else:
        return error
    ours.__cause__ = error
    return ours


@contextmanager
def in_our_words() -> Iterator[None]:
    """Let errors of SQLite leave the block as errors of ``bot.ports``."""
    try:
        yield
    except sqlite3.Error as error:
        ours = translated(error)
        if ours is error:
            raise
        raise ours from error
