"""Connections to PostgreSQL: a pool of them, one to write with and one to read with for whoever asks."""

import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import DictRow, dict_row
from psycopg_pool import ConnectionPool

from bot.ports import StorageOvertaken, StorageUnusable
from storage.postgres.dialect import in_postgres
from storage.postgres.errors import AGAIN, VARIABLE, in_our_words
from storage.postgres.side_by_side import in_words, serve
from storage.sql import Connection, Cursor

T = TypeVar("T")

# How long a thread waits for a connection before it says that the store does not answer.
PATIENCE_S = 5.0
# Each is a process of PostgreSQL, which has a hundred for everybody unless told otherwise.
CONNECTIONS = 10
# A transaction that met another is tried again; beyond this the database is busy with something else altogether.
ATTEMPTS = 10
FIRST_PAUSE_S = 0.005

USUAL_PORT = 5432
# What psycopg does not do by itself when the server says that a prepared statement would now return something else.
FORGET_PREPARED = "DEALLOCATE ALL"

# What is not said in the address. A server that vanished without a word is noticed after so long (milliseconds).
USUAL: dict[str, str | int] = {
    "application_name": "paperround",
    "connect_timeout": 5,
    "keepalives_idle": 30,
    "tcp_user_timeout": 10_000,
}

# A claim that a power cut could take back would be posted twice, so `off` is not for us whatever the server's default.
DURABLE = """
    SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'
"""

# How transactions begin. Whatever a store reads before it writes is as if nobody else was there, as it is with SQLite's
# one writer.
ALONE = "BEGIN ISOLATION LEVEL SERIALIZABLE"
# The ledger locks what it touches instead, and reads what is committed. It finds everything by its keys: statistics
# from before the morning's digests call reading the whole ledger cheaper, and planning costs as much as the work.
LOCKING = """
    BEGIN ISOLATION LEVEL READ COMMITTED;
    SET LOCAL enable_seqscan = off;
    SET LOCAL enable_hashjoin = off;
    SET LOCAL enable_mergejoin = off;
    SET LOCAL plan_cache_mode = force_generic_plan
"""


def words_of(address: str) -> dict[str, Any]:
    """Return an address taken apart, with what is usual for what it does not say.

    Raises:
        StorageUnusable: It is no address; it is not repeated, since it holds a password.
    """
    try:
        return {**USUAL, **{name: value for name, value in conninfo_to_dict(address).items() if value is not None}}
    except psycopg.ProgrammingError:
        raise StorageUnusable(f"{VARIABLE} is no address of PostgreSQL: postgresql://user@host/database") from None


def connect(address: str) -> psycopg.Connection[DictRow]:
    """Open one connection, outside of the pool.

    Raises:
        StorageUnusable: The server does not answer, or will not have us: a wrong name, password or database.
    """
    words = words_of(address)
    try:
        connection = psycopg.connect(**words, autocommit=True, row_factory=dict_row)
    except psycopg.OperationalError as error:
        why = str(error).rpartition("FATAL:")[2].strip().splitlines()[0] if "FATAL:" in str(error) else ""
        place = f"{words.get('host', 'this machine')}:{words.get('port', USUAL_PORT)}"
        what = f"refuses: {why}" if why else f"does not answer at {place}"
        # Its own words are cut to the server's: they may hold more of the address than somebody wants in a log.
        raise StorageUnusable(f"The PostgreSQL of {VARIABLE} {what}.") from None
    prepare(connection)
    return connection


class Pool:
    """Connections to lend. One that a restarted server has closed is told before it is lent, and another made."""

    def __init__(self, address: str) -> None:
        self._overtaken_by: str | None = None
        self._pool = ConnectionPool(
            connection_class=psycopg.Connection[DictRow],
            kwargs={**words_of(address), "autocommit": True, "row_factory": dict_row},
            min_size=1,
            max_size=CONNECTIONS,
            timeout=PATIENCE_S,
            reconnect_timeout=PATIENCE_S,
            configure=self._configure,
            check=ConnectionPool.check_connection,
            open=True,
            name="paperround",
        )

    @contextmanager
    def lent(self) -> Iterator[psycopg.Connection[DictRow]]:
        """Lend a connection; leaving the block commits what was begun on it, or rolls it back.

        Raises:
            StorageOvertaken: A newer release has changed the database, and this one could only do harm.
            psycopg.Error: Whatever goes wrong with the server.
        """
        with self._pool.connection() as connection:
            if self._overtaken_by is not None:
                raise StorageOvertaken(in_words(self._overtaken_by))
            yield connection

    def close(self) -> None:
        self._pool.close()

    def _configure(self, connection: psycopg.Connection[DictRow]) -> None:
        prepare(connection)
        # Raised here it would only be tried again.
        self._overtaken_by = self._overtaken_by or serve(connection)


def prepare(connection: psycopg.Connection[DictRow]) -> None:
    connection.execute(DURABLE)


class Session:
    """`storage.sql.Connection` on a connection of psycopg."""

    def __init__(self, connection: psycopg.Connection[DictRow]) -> None:
        self._connection = connection

    def execute(self, sql: str, parameters: Mapping[str, Any] | None = None, /) -> Cursor:
        *first, last = in_postgres(sql)
        for statement in first:
            self._connection.execute(statement.encode())
        return self._connection.execute(last.encode(), parameters or {})

    def executemany(self, sql: str, parameters: Iterable[Mapping[str, Any]], /) -> Cursor:
        (statement,) = in_postgres(sql)
        cursor = self._connection.cursor()
        cursor.executemany(statement.encode(), list(parameters))
        return cursor


class ReadingSession(Session):
    """One that only reads, outside of any transaction."""

    def execute(self, sql: str, parameters: Mapping[str, Any] | None = None, /) -> Cursor:
        try:
            return super().execute(sql, parameters)
        except psycopg.errors.FeatureNotSupported:
            # An upgrade gave a table another column, and the statement was prepared before.
            self._connection.execute(FORGET_PREPARED)
            return super().execute(sql, parameters)


class PostgresWriter:
    """`storage.sql.Writer`: each act is a transaction of its own; the server's commits share their syncs themselves."""

    def __init__(self, pool: Pool, begin: str = ALONE) -> None:
        self._pool = pool
        self._begin = begin.encode()

    def write(self, act: Callable[[Connection], T]) -> T:
        with in_our_words():
            for attempt in range(1, ATTEMPTS):
                try:
                    return self._once(act)
                except (psycopg.OperationalError, psycopg.errors.FeatureNotSupported) as error:
                    if error.sqlstate not in AGAIN:
                        raise
                # Apart by chance, or the two would meet again.
                time.sleep(FIRST_PAUSE_S * attempt * random.random())  # noqa: S311  # no secret
            return self._once(act)

    def empty_the_log(self) -> None:
        """Do nothing: the log is the server's own, and its rows are removed for good by its vacuum."""

    def _once(self, act: Callable[[Connection], T]) -> T:
        with self._pool.lent() as connection:
            connection.execute(self._begin, prepare=False)
            return act(Session(connection))


class PostgresReaders:
    """`storage.sql.Readers`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with in_our_words(), self._pool.lent() as connection:
            yield ReadingSession(connection)
