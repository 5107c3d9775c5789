"""The same steps of the schema as in SQLite, by the same names, in PostgreSQL.

A step's own statements are run with PostgreSQL's types (`dialect.schema_in_postgres`). A step that PostgreSQL does
another way has its own script in `SCRIPTS`.
"""

from collections.abc import Sequence
from typing import Any, cast

import psycopg
from psycopg.rows import DictRow
from sqlite_utils import Database

from bot.ports import StorageUnusable
from storage.migrations import known_steps
from storage.migrations.registry import migrations
from storage.postgres.dialect import schema_in_postgres
from storage.postgres.errors import VARIABLE
from storage.postgres.restored import look_for_restore
from storage.postgres.scripts import SCRIPTS

# Any number, the same for all processes: who holds it upgrades, the others wait and find it done.
UPGRADING = 7_206_414_553_011

STEPS = "CREATE TABLE IF NOT EXISTS _paperround_steps (name TEXT PRIMARY KEY, applied_at TIMESTAMPTZ NOT NULL)"
TAKEN = "INSERT INTO _paperround_steps (name, applied_at) VALUES (%(name)s, now())"
APPLIED = "SELECT name FROM _paperround_steps ORDER BY applied_at, name"
OURS = "SELECT to_regclass('_paperround_steps') IS NOT NULL AS ours"
TABLES = "SELECT count(*) AS tables FROM pg_catalog.pg_tables WHERE schemaname = current_schema()"
ENCODING = "SELECT current_setting('server_encoding') AS encoding"


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
    """Bring the schema up to date, all steps in one transaction; return the steps that were taken.

    Several processes may ask at once. Killed half-way it leaves the old schema. A database out of a dump is marked so.

    Raises:
        StorageUnusable: The database is another program's, of a newer release, or not in UTF-8.
    """
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%(key)s)", {"key": UPGRADING})
        refuse_unusable(connection)
        connection.execute(STEPS)
        done = applied_steps(connection)
        pending = [step for step in migrations.pending(_nothing_yet()) if step.name not in done]
        for step in pending:
            script = SCRIPTS.get(step.name)
            if script is None:
                step.fn(cast("Database", StepRunner(connection)))
            else:
                connection.execute(script.encode())
            connection.execute(TAKEN, {"name": step.name})
        look_for_restore(connection)
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
    unknown = [name for name in applied_steps(connection) if name not in known_steps()]
    if unknown:
        raise StorageUnusable(
            f"The database of {VARIABLE} was written by a newer release of Paperround "
            f"(its step {unknown[-1]} is unknown here). Install that release."
        )


def _nothing_yet() -> Database:
    return Database(memory=True, execute_plugins=False)
