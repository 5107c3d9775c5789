"""Everything that is kept, row by row, for whoever wants to take it elsewhere."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from bot.ports import StorageUnusable
from storage.community_tables import NEVER_EXPORTED
from storage.connections import open_connection
from storage.sqlite_errors import in_our_words

# Not the index of texts, which says nothing that the papers do not, nor what the libraries keep for themselves.
TABLES = r"""
    SELECT name
      FROM sqlite_schema
     WHERE type = 'table' AND name NOT LIKE 'paper\_texts%' ESCAPE '\'
       AND name NOT LIKE 'sqlite\_%' ESCAPE '\' AND name NOT LIKE '\_%' ESCAPE '\'
     ORDER BY rowid
"""


def tables_of(connection: sqlite3.Connection) -> list[str]:
    """Return the names of the tables that may be shown to others: none with what opens something."""
    tables = [row["name"] for row in connection.execute(TABLES)]
    return [table for table in tables if table not in NEVER_EXPORTED]


def rows_of(database: Path) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield each row with the name of its table, all as of one instant; the bot may go on meanwhile.

    Raises:
        StorageUnusable: There is no database, or it is damaged.
        StorageUnavailable: It cannot be read now.
    """
    if not database.exists():
        raise StorageUnusable(f"There is no database at {database}, so there is nothing to export.")
    with in_our_words(), closing(open_connection(database)) as connection:
        connection.execute("BEGIN")
        for table in tables_of(connection):
            for row in connection.execute(f"SELECT * FROM {table}"):  # noqa: S608  # a name out of our own schema
                yield table, dict(row)
