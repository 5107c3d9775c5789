"""Connections to PostgreSQL: a pool of them, one to write with and one to read with for whoever asks."""

import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

import psycopg
from psycopg import IsolationLevel
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import DictRow, dict_row
from psycopg_pool import ConnectionPool

from bot.ports import StorageUnusable
from storage.postgres.dialect import in_postgres
from storage.postgres.errors import MET, VARIABLE, in_our_words
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


def open_pool(address: str) -> ConnectionPool[psycopg.Connection[DictRow]]:
    """Open a pool that tells a connection which a restarted server has closed before it lends it, and makes another."""
    return ConnectionPool(
        connection_class=psycopg.Connection[DictRow],
        kwargs={**words_of(address), "autocommit": True, "row_factory": dict_row},
        min_size=1,
        max_size=CONNECTIONS,
        timeout=PATIENCE_S,
        reconnect_timeout=PATIENCE_S,
        configure=prepare,
        check=ConnectionPool.check_connection,
        open=True,
        name="paperround",
    )


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


class PostgresWriter:
    """`storage.sql.Writer`: each act is a transaction of its own; the server's commits share their syncs themselves.

    By default transactions are serialisable: whatever a store reads before it writes is as if nobody else was there,
    as it is with SQLite's one writer. The ledger locks what it touches instead, and reads what is committed.
    """

    def __init__(
        self,
        pool: ConnectionPool[psycopg.Connection[DictRow]],
        isolation: IsolationLevel = IsolationLevel.SERIALIZABLE,
    ) -> None:
        self._pool = pool
        self._isolation = isolation

    def write(self, act: Callable[[Connection], T]) -> T:
        with in_our_words():
            for attempt in range(1, ATTEMPTS):
                try:
                    return self._once(act)
                except psycopg.OperationalError as error:
                    if error.sqlstate not in MET:
                        raise
                # Apart by chance, or the two would meet again.
                time.sleep(FIRST_PAUSE_S * attempt * random.random())  # noqa: S311  # no secret
            return self._once(act)

    def empty_the_log(self) -> None:
        """Do nothing: the log is the server's own, and its rows are removed for good by its vacuum."""

    def _once(self, act: Callable[[Connection], T]) -> T:
        with self._pool.connection() as connection:
            connection.isolation_level = self._isolation
            with connection.transaction():
                return act(Session(connection))


class PostgresReaders:
    """`storage.sql.Readers`."""

    def __init__(self, pool: ConnectionPool[psycopg.Connection[DictRow]]) -> None:
        self._pool = pool

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with in_our_words(), self._pool.connection() as connection:
            yield Session(connection)
