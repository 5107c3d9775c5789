"""A PostgreSQL looked over and read row by row, also while the bot runs: nothing is changed."""

from collections.abc import Iterator
from datetime import datetime

from psycopg import IsolationLevel, sql
from psycopg.rows import dict_row

from bot.ports import StorageUnusable
from storage.community_tables import NEVER_EXPORTED
from storage.inspection import Condition, condition_in, counted
from storage.migrations import known_steps
from storage.postgres.connections import Session, connect
from storage.postgres.errors import VARIABLE, in_our_words
from storage.postgres.migrations import applied_steps

# Not the words of the texts, which say nothing that the papers do not, nor the key that signs links, nor what begins
# with an underscore: that is about the schema. Procrastinate's tables are its own.
TABLES = r"""
    SELECT tablename AS name
      FROM pg_catalog.pg_tables
     WHERE schemaname = current_schema() AND tablename NOT IN ('paper_texts', 'kept_secrets')
       AND tablename NOT LIKE '\_%' AND tablename NOT LIKE 'procrastinate\_%'
     ORDER BY tablename
"""

# What a newer release only added is nothing to this one. The column may be missing as well.
STEPS = """
    SELECT name
      FROM _paperround_steps AS step
     WHERE name = ANY(%(known)s) OR NOT coalesce(CAST(to_jsonb(step) ->> 'expands' AS boolean), false)
     ORDER BY applied_at, name
"""

TEXTS_MISSING = "SELECT (SELECT count(*) FROM papers) - (SELECT count(*) FROM paper_texts) AS found"

ROWS_AT_ONCE = 500


def inspect(address: str, now: datetime) -> Condition | None:
    """Look a database over; None when nothing of ours is in it yet.

    Raises:
        StorageUnusable: It cannot be opened.
        StorageUnavailable: The server was lost.
    """
    with in_our_words(), connect(address) as connection:
        if not applied_steps(connection):
            return None
        done = [row["name"] for row in connection.execute(STEPS, {"known": known_steps()})]
        session = Session(connection)
        return condition_in(session, done, counted(session, TEXTS_MISSING), now)


def rows_of(address: str) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield each row with the name of its table, all as of one instant, holding few of them in memory.

    Raises:
        StorageUnusable: There is no database of ours.
        StorageUnavailable: The server was lost.
    """
    with in_our_words(), connect(address) as connection:
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        if not applied_steps(connection):
            raise StorageUnusable(f"The database of {VARIABLE} holds nothing yet, so there is nothing to export.")
        with connection.transaction():
            tables = [row["name"] for row in connection.execute(TABLES.encode())]
            for table in (name for name in tables if name not in NEVER_EXPORTED):
                with connection.cursor("rows", row_factory=dict_row) as cursor:
                    cursor.itersize = ROWS_AT_ONCE
                    cursor.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table)))
                    for row in cursor:
                        yield table, row
