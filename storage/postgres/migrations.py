"""The same steps of the schema as in SQLite, by the same names, in PostgreSQL.

A step's own statements are run with PostgreSQL's types (`dialect.schema_in_postgres`). A step that PostgreSQL does
another way has its own script in `SCRIPTS`.

Steps that only add (`registry.expands`) are taken while processes of the release before go on; for all others these
are shut out first (`side_by_side`).
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

import psycopg
from psycopg import sql
from psycopg.rows import DictRow
from sqlite_utils import Database, Migrations

from bot.ports import StorageUnavailable, StorageUnusable
from storage.migrations.registry import EXPANDING, migrations
from storage.postgres.dialect import schema_in_postgres
from storage.postgres.errors import VARIABLE
from storage.postgres.restored import look_for_restore
from storage.postgres.scripts import SCRIPTS
from storage.postgres.side_by_side import in_words, overtaken_by, shut_others_out

AnyStep = Migrations._Migration  # noqa: SLF001  # the library gives its steps no public name

# Any number, the same for all processes: who holds it upgrades, the others look again until they find it done. None
# waits in a statement, or an index that is built concurrently would wait for it.
UPGRADING = 7_206_414_553_011
TAKE_TURN = "SELECT pg_try_advisory_lock(%(key)s) AS taken"
END_TURN = "SELECT pg_advisory_unlock(%(key)s)"
LOOKED_AGAIN_S = 0.1

STEPS = """
    CREATE TABLE IF NOT EXISTS _paperround_steps (
        name TEXT PRIMARY KEY, applied_at TIMESTAMPTZ NOT NULL, expands BOOLEAN NOT NULL DEFAULT false)
"""
# A database of a release that knew nothing of steps that only add.
LACKS_EXPANDS = """
    SELECT NOT EXISTS (SELECT 1
                         FROM pg_catalog.pg_attribute
                        WHERE attrelid = to_regclass('_paperround_steps') AND attname = 'expands') AS lacks
"""
ADD_EXPANDS = "ALTER TABLE _paperround_steps ADD COLUMN expands BOOLEAN NOT NULL DEFAULT false"
TAKEN = "INSERT INTO _paperround_steps (name, applied_at, expands) VALUES (%(name)s, now(), %(expands)s)"
APPLIED = "SELECT name FROM _paperround_steps ORDER BY applied_at, name"
OURS = "SELECT to_regclass('_paperround_steps') IS NOT NULL AS ours"
TABLES = "SELECT count(*) AS tables FROM pg_catalog.pg_tables WHERE schemaname = current_schema()"
ENCODING = "SELECT current_setting('server_encoding') AS encoding"

# While a step waits for its lock on a table everybody else waits behind it, so it soon gives up, lets them pass and
# tries again.
LOCK_PATIENCE = "SET LOCAL lock_timeout = '500ms'"
LOCK_TRIES = 60
LET_PASS_S = 1.0

# A script with this word is run outside of a transaction when others are at work. Killed half-way it leaves an index
# that nobody uses, which is dropped before the next try.
CONCURRENTLY = " CONCURRENTLY"
HALF_BUILT = """
    SELECT relname AS name
      FROM pg_catalog.pg_index JOIN pg_catalog.pg_class ON pg_class.oid = indexrelid
     WHERE NOT indisvalid AND relnamespace = CAST(current_schema() AS regnamespace)
"""


class StepRunner:
    """What a step asks of the database: as much of `sqlite_utils.Database` as steps use."""

    def __init__(self, connection: psycopg.Connection[DictRow]) -> None:
        self._connection = connection

    def execute(self, statement: str, values: Sequence[Any] = ()) -> psycopg.Cursor[DictRow]:
        said = schema_in_postgres(statement).replace("%", "%%").replace("?", "%s")
        return self._connection.execute(said.encode(), values)

    def executescript(self, script: str) -> None:
        self._connection.execute(schema_in_postgres(script).encode())


def migrate(connection: psycopg.Connection[DictRow]) -> list[str]:
    """Bring the schema up to date; return the steps that were taken.

    Several processes may ask at once. Steps that only add are taken one by one beside running processes; with any other
    among them all are taken in one transaction, while nobody is at work. Killed half-way, every step is whole or was
    not taken. A database out of a dump is marked so.

    Raises:
        StorageUnusable: The database is another program's, of a newer release, or not in UTF-8.
        StorageUnavailable: Others hold on to a table that a step changes.
    """
    with _alone(connection):
        with connection.transaction():
            pending = _pending(connection)
            # A new database has nobody at work.
            beside = bool(applied_steps(connection)) and all(step.name in EXPANDING for step in pending)
            if pending and not beside:
                shut_others_out(connection)
                for step in pending:
                    _take(connection, step)
                    connection.execute(TAKEN, _taken(step))
            look_for_restore(connection)
        if beside:
            for step in pending:
                _take_beside(connection, step)
    return [step.name for step in pending]


def applied_steps(connection: psycopg.Connection[DictRow]) -> list[str]:
    """Return the names of the steps that a database has behind it; none when it is none of ours."""
    if not is_ours(connection):
        return []
    return [row["name"] for row in connection.execute(APPLIED)]


def is_ours(connection: psycopg.Connection[DictRow]) -> bool:
    return bool(connection.execute(OURS).fetchall()[0]["ours"])


def refuse_unusable(connection: psycopg.Connection[DictRow]) -> None:
    """Refuse what this release must not write into.

    Raises:
        StorageUnusable: Saying why, and naming the variable.
    """
    encoding = connection.execute(ENCODING).fetchall()[0]["encoding"]
    if encoding != "UTF8":
        raise StorageUnusable(f"The database of {VARIABLE} is in {encoding}. Create one with: createdb -E UTF8 NAME")
    if not is_ours(connection) and connection.execute(TABLES).fetchall()[0]["tables"]:
        raise StorageUnusable(f"The database of {VARIABLE} has tables of another program. Give Paperround its own.")
    if is_ours(connection) and (step := overtaken_by(connection)):
        raise StorageUnusable(in_words(step))


@contextmanager
def _alone(connection: psycopg.Connection[DictRow]) -> Iterator[None]:
    while not connection.execute(TAKE_TURN, {"key": UPGRADING}).fetchall()[0]["taken"]:
        time.sleep(LOOKED_AGAIN_S)
    try:
        yield
    finally:
        if not connection.closed:
            connection.execute(END_TURN, {"key": UPGRADING})


def _pending(connection: psycopg.Connection[DictRow]) -> list[AnyStep]:
    """Return the steps that a database lacks, once it is known to be one of ours or empty."""
    if is_ours(connection) and connection.execute(LACKS_EXPANDS).fetchall()[0]["lacks"]:
        connection.execute(ADD_EXPANDS)
    refuse_unusable(connection)
    connection.execute(STEPS)
    done = applied_steps(connection)
    return [step for step in migrations.pending(_nothing_yet()) if step.name not in done]


def _take(connection: psycopg.Connection[DictRow], step: AnyStep) -> None:
    script = SCRIPTS.get(step.name)
    if script is None:
        step.fn(cast("Database", StepRunner(connection)))
        return
    for name in _half_built(connection, script):
        connection.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
    connection.execute(script.replace(CONCURRENTLY, "").encode())


def _take_beside(connection: psycopg.Connection[DictRow], step: AnyStep) -> None:
    """Take a step that only adds, holding nobody up for long.

    Raises:
        StorageUnavailable: Somebody holds on to a table that it changes.
    """
    script = SCRIPTS.get(step.name, "")
    if CONCURRENTLY in script:
        for name in _half_built(connection, script):
            connection.execute(sql.SQL("DROP INDEX CONCURRENTLY {}").format(sql.Identifier(name)))
        for statement in script.split(";"):
            if statement.strip():
                connection.execute(statement.encode())
        connection.execute(TAKEN, _taken(step))
        return
    for _ in range(LOCK_TRIES):
        try:
            with connection.transaction():
                connection.execute(LOCK_PATIENCE)
                _take(connection, step)
                connection.execute(TAKEN, _taken(step))
        except psycopg.errors.LockNotAvailable:
            time.sleep(LET_PASS_S)
        else:
            return
    raise StorageUnavailable(f"The step {step.name} found its tables in use each time; nothing was changed.")


def _half_built(connection: psycopg.Connection[DictRow], script: str) -> list[str]:
    return [row["name"] for row in connection.execute(HALF_BUILT) if row["name"] in script]


def _taken(step: AnyStep) -> dict[str, object]:
    return {"name": step.name, "expands": step.name in EXPANDING}


def _nothing_yet() -> Database:
    return Database(memory=True, execute_plugins=False)
