"""The one place where an error of PostgreSQL becomes one of ours."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg_pool import PoolClosed, PoolTimeout

from bot.ports import StorageUnavailable, StorageUnusable

VARIABLE = "PAPERROUND_DATABASE_URL"

# Classes of SQLSTATE: connection lost, resources (disk, memory, connections), shut down or starting, system error.
OUT_OF_REACH = ("08", "53", "57", "58")
# A standby that was not promoted yet; a lock that was not had in time.
NOT_NOW = ("25006", "55P03")
# Two transactions met; the same one may well succeed on its own.
MET = ("40001", "40P01")
# Also one whose prepared statement an upgrade has outdated: rolling back forgets it.
AGAIN = (*MET, "0A000")
DAMAGED = ("XX001", "XX002")


def translated(error: psycopg.Error) -> Exception:
    """Return the error of ours that this one means, or itself when it is our own mistake.

    Of PostgreSQL's words only those are repeated that come from the server: the address, with its password, is in none.
    """
    state = error.sqlstate or ""
    if isinstance(error, PoolClosed):
        return StorageUnavailable("The store is closed.")
    if isinstance(error, PoolTimeout):
        return StorageUnavailable("PostgreSQL does not answer.")
    if state in DAMAGED:
        return StorageUnusable(f"The database is damaged ({_said_by(error)}). Restore a backup made with pg_dump.")
    if state.startswith(OUT_OF_REACH) or state in NOT_NOW or state in MET:
        return StorageUnavailable(f"PostgreSQL cannot do it now: {_said_by(error)}.")
    if not state and isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return StorageUnavailable("The connection to PostgreSQL was lost.")
    return error


@contextmanager
def in_our_words() -> Iterator[None]:
    try:
        yield
    except psycopg.Error as error:
        ours = translated(error)
        if ours is error:
            raise
        raise ours from error


def _said_by(error: psycopg.Error) -> str:
    return error.diag.message_primary or type(error).__name__
