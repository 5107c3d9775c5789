"""From an SQLite to a PostgreSQL: everything in one transaction, compared row by row before it counts.

Killed or cut off anywhere, nothing was moved. A second run finds what the first one moved and, if nobody has written
to it since, puts the newest state in its place: no row is ever there twice. The SQLite is only read.
"""

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import DictRow, dict_row

from bot.ports import StorageUnusable
from storage.connections import open_connection
from storage.folder import DataFolder
from storage.postgres.connections import connect
from storage.postgres.errors import VARIABLE, in_our_words
from storage.postgres.migrations import migrate
from storage.rows import storable

# What the libraries and the indexes keep for themselves is made anew on the other side.
TABLES = r"""
    SELECT name
      FROM sqlite_schema
     WHERE type = 'table' AND name NOT LIKE 'paper\_texts%' ESCAPE '\' AND name NOT LIKE 'sqlite\_%' ESCAPE '\'
       AND name NOT LIKE '\_%' ESCAPE '\' AND name <> 'installation'
     ORDER BY rowid
"""

# Which move a database is the outcome of, and what it looked like then.
MOVED = """
    CREATE TABLE IF NOT EXISTS _paperround_moved (
        source TEXT NOT NULL, name TEXT PRIMARY KEY, rows BIGINT NOT NULL, checksum TEXT NOT NULL)
"""
WAS_MOVED = "SELECT * FROM _paperround_moved"
KEEP_MOVED = """
    INSERT INTO _paperround_moved (source, name, rows, checksum)
    VALUES (%(source)s, %(name)s, %(rows)s, %(checksum)s)
"""
FORGET_MOVED = "DELETE FROM _paperround_moved"

# The copy is a database of its own, with its own id; but what it may have lost in a restore it has lost as well.
RESTORED = "UPDATE installation SET restored_after = %(restored_after)s"

INDEX_TEXTS = """
    INSERT INTO paper_texts (paper, words) SELECT number, paperround_words(title, abstract) FROM papers
"""

# Tables into which the steps of the schema, and a first start, write themselves.
SEEDED = {"marks", "kept_secrets"}
IDENTITIES = """
    SELECT table_name AS name, column_name AS number
      FROM information_schema.columns
     WHERE table_schema = current_schema() AND is_identity = 'YES'
"""

ROWS_AT_ONCE = 2000

Summary = dict[str, tuple[int, str]]


def move(data_dir: Path, address: str) -> list[tuple[str, int]]:
    """Copy everything from the SQLite in ``data_dir`` to the PostgreSQL at ``address``; return the rows of each table.

    Raises:
        DataFolderInUse: The bot is running; what it writes meanwhile would be left behind.
        StorageUnusable: There is nothing to move, the other has data of its own, or the copy is not what was copied.
        StorageUnavailable: The server was lost on the way; nothing was moved.
    """
    folder = DataFolder(data_dir)
    if not folder.database.exists():
        raise StorageUnusable(f"There is no database at {folder.database}, so there is nothing to move.")
    folder.hold()
    try:
        # Both are of this release then, so that their columns are the same.
        folder.open_database().close()
        with in_our_words(), closing(open_connection(folder.database)) as source, connect(address) as target:
            source.execute("PRAGMA query_only = ON")
            migrate(target)
            with target.transaction():
                return _move(source, target)
    finally:
        folder.let_go()


def _move(source: sqlite3.Connection, target: psycopg.Connection[DictRow]) -> list[tuple[str, int]]:
    source.execute("BEGIN")
    tables = [row["name"] for row in source.execute(TABLES)]
    installation = source.execute("SELECT id, restored_after FROM installation").fetchone()
    target.execute(MOVED)
    _refuse_used(target, tables, installation["id"])
    ordered = _parents_first(target, tables)
    target.execute("DELETE FROM paper_texts")
    for table in reversed(ordered):
        target.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
    copied = {table: _copy(source, target, table) for table in ordered}
    target.execute(RESTORED, {"restored_after": installation["restored_after"]})
    target.execute(INDEX_TEXTS)
    _go_on_numbering(target)
    arrived = {table: _summary(_rows_there(target, table)) for table in tables}
    different = [table for table in tables if arrived[table] != copied[table]]
    if different:
        raise StorageUnusable(f"The copy differs in {', '.join(different)}; nothing was moved. Please report it.")
    target.execute(FORGET_MOVED)
    for table in tables:
        rows, checksum = arrived[table]
        target.execute(KEEP_MOVED, {"source": installation["id"], "name": table, "rows": rows, "checksum": checksum})
    return [(table, arrived[table][0]) for table in tables]


def _refuse_used(target: psycopg.Connection[DictRow], tables: Sequence[str], source: str) -> None:
    """Refuse a database that holds more than an earlier move of the same SQLite put there."""
    moved = target.execute(WAS_MOVED).fetchall()
    if moved and any(row["source"] != source for row in moved):
        raise StorageUnusable(f"The database of {VARIABLE} was moved from another installation. Give this one its own.")
    before: Summary = {row["name"]: (row["rows"], row["checksum"]) for row in moved}
    for table in tables:
        if table in SEEDED and table not in before:
            continue
        # A table that a later release added was not there to be moved; it must be empty.
        if _summary(_rows_there(target, table)) != before.get(table, _summary(())):
            what = "was written to since it was moved" if moved else "has data of its own"
            raise StorageUnusable(
                f"The database of {VARIABLE} {what} (in {table}); nothing was changed. Move into an empty one."
            )


def _parents_first(target: psycopg.Connection[DictRow], tables: Sequence[str]) -> list[str]:
    """Return tables in an order in which those that others name come before those others."""
    parents: dict[str, set[str]] = {table: set() for table in tables}
    for row in target.execute(
        """SELECT conrelid::regclass::text AS child, confrelid::regclass::text AS parent
             FROM pg_catalog.pg_constraint WHERE contype = 'f'"""
    ):
        if row["child"] in parents and row["parent"] != row["child"]:
            parents[row["child"]].add(row["parent"])
    ordered: list[str] = []
    while len(ordered) < len(tables):
        ordered += [table for table in tables if table not in ordered and parents[table] <= set(ordered)]
    return ordered


def _copy(source: sqlite3.Connection, target: psycopg.Connection[DictRow], table: str) -> tuple[int, str]:
    """Copy a table; return how many rows were read and the checksum of all."""
    columns = _columns(target, table)
    into = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )

    def copied() -> Iterator[Mapping[str, Any]]:
        with target.cursor() as cursor, cursor.copy(into) as copy:
            for row in source.execute(f"SELECT * FROM {table}"):  # noqa: S608  # a name out of our own schema
                values = {column: _kept(row[column]) for column in columns}
                copy.write_row(list(values.values()))
                yield values

    return _summary(copied())


def _kept(value: Any) -> Any:  # noqa: ANN401  # whatever a column holds
    return storable(value) if isinstance(value, str) else value


def _columns(target: psycopg.Connection[DictRow], table: str) -> list[str]:
    with target.cursor() as cursor:
        cursor.execute(sql.SQL("SELECT * FROM {} LIMIT 0").format(sql.Identifier(table)))
        return [column.name for column in cursor.description or ()]


def _rows_there(target: psycopg.Connection[DictRow], table: str) -> Iterator[Mapping[str, Any]]:
    with target.cursor("moved_rows", row_factory=dict_row) as cursor:
        cursor.itersize = ROWS_AT_ONCE
        cursor.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table)))
        yield from cursor


def _summary(rows: Iterable[Mapping[str, Any]]) -> tuple[int, str]:
    """Return how many rows there are, and a checksum that is the same whatever their order and that of their columns.

    It is the sum of the rows' SHA-256 digests, so that no row need be kept in memory.
    """
    count = total = 0
    for row in rows:
        count += 1
        total += int.from_bytes(hashlib.sha256(repr(sorted(row.items())).encode()).digest())
    return count, f"{total % 2**256:064x}"


def _go_on_numbering(target: psycopg.Connection[DictRow]) -> None:
    """Let new rows be numbered after those that were moved."""
    for row in target.execute(IDENTITIES).fetchall():
        table, number = sql.Identifier(row["name"]), sql.Identifier(row["number"])
        target.execute(
            sql.SQL("SELECT setval(pg_get_serial_sequence({}, {}), greatest((SELECT max({}) FROM {}), 1))").format(
                sql.Literal(row["name"]), sql.Literal(row["number"]), number, table
            )
        )
