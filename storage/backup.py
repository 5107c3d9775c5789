"""A copy of the database taken while it is used, and the way back."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from bot.ports import StorageUnusable
from storage.connections import open_connection
from storage.durable_files import PRIVATE, put_in_place
from storage.migrations import applied_steps, refuse_newer
from storage.restored import mark_restored
from storage.sqlite_errors import in_our_words


def back_up(database: Path, path: Path) -> None:
    """Write a whole, checked copy of a database to ``path``; the bot may go on meanwhile.

    Under the final name there is never anything but a copy that was checked and has reached the disk. A plain copy of
    the file would not do: what was written last is in the log beside it.

    Raises:
        StorageUnusable: The database is damaged, or ``path`` cannot be written.
        StorageUnavailable: The disk is full or failing.
    """
    if not database.exists():
        raise StorageUnusable(f"There is no database at {database}, so there is nothing to back up.")
    made = path.with_name(f"{path.name}.tmp")
    try:
        _copy(database, made)
        put_in_place(made, path)
    except OSError as error:
        raise StorageUnusable(f"The backup cannot be written to {path}: {error.strerror or error}.") from error
    finally:
        made.unlink(missing_ok=True)


def check_backup(path: Path) -> None:
    """Refuse what is no whole database of this program.

    Raises:
        StorageUnusable: Saying what is wrong with it.
    """
    if not path.is_file():
        raise StorageUnusable(f"There is no backup at {path}.")
    try:
        with closing(open_connection(path)) as connection:
            damage = _damage(connection)
            if damage:
                raise StorageUnusable(f"The backup {path} is damaged ({damage}). Use an older one.")
            if not applied_steps(connection):
                raise StorageUnusable(f"{path} is no backup of Paperround.")
            refuse_newer(connection)
    except sqlite3.DatabaseError as error:
        raise StorageUnusable(f"{path} is no backup of Paperround, or it is damaged ({error}).") from error


def copy_for_restore(path: Path, made: Path) -> str:
    """Copy a backup to ``made`` as a database with an installation of its own; return that installation."""
    _copy(path, made)
    with in_our_words(), closing(open_connection(made)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        installation = mark_restored(connection)
        connection.execute("COMMIT")
    return installation


def _copy(database: Path, made: Path) -> None:
    made.unlink(missing_ok=True)
    os.close(os.open(made, os.O_RDWR | os.O_CREAT, PRIVATE))
    with in_our_words(), closing(open_connection(database)) as source, closing(open_connection(made)) as target:
        source.backup(target)
        # One file, complete without a log beside it.
        target.execute("PRAGMA journal_mode = DELETE")
        damage = _damage(target)
    if damage:
        raise StorageUnusable(f"The database {database} is damaged ({damage}), so it cannot be backed up.")


def _damage(connection: sqlite3.Connection) -> str:
    found = [row[0] for row in connection.execute("PRAGMA integrity_check(1)") if row[0] != "ok"]
    return found[0].splitlines()[0] if found else ""
