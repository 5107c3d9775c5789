"""Which database is meant: the SQLite file in the data folder, or the PostgreSQL at an address."""

import sqlite3
from collections.abc import Iterator
from datetime import datetime
from importlib import import_module
from pathlib import Path
from types import ModuleType

from bot.ports import StorageUnusable
from storage import export, inspection, mending, sqlite
from storage.folder import DATABASE
from storage.stores import SqlStores


def open_database(data_dir: Path, address: str) -> SqlStores:
    """Check and upgrade the database, made when it is new, and serve it; an empty ``address`` means SQLite.

    Raises:
        DataFolderInUse: Another process holds the data folder, which an SQLite has for itself.
        StorageUnusable: The data folder or the database cannot be used.
        StorageUnavailable: The disk is full or failing.
    """
    if not address:
        return sqlite.open_stores(data_dir)
    stores: SqlStores = _postgres().open_postgres(address, data_dir)
    return stores


def rows_of(data_dir: Path, address: str) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield each row with the name of its table, all as of one instant; the bot may go on meanwhile.

    Raises:
        StorageUnusable: There is no database, or it is damaged.
        StorageUnavailable: It cannot be read now.
    """
    if not address:
        return export.rows_of(data_dir / DATABASE)
    rows: Iterator[tuple[str, dict[str, object]]] = _postgres().rows_of(address)
    return rows


def condition_of(data_dir: Path, address: str, now: datetime) -> inspection.Condition | None:
    """Return what the database looks like, also while the bot runs; None when there is none yet. Nothing is changed.

    Raises:
        StorageUnusable: It cannot be opened.
        StorageUnavailable: The server does not answer any more.
    """
    if address:
        found: inspection.Condition = _postgres().inspect(address, now)
        return found
    database = data_dir / DATABASE
    if not database.exists():
        return None
    try:
        return inspection.inspect(database, now)
    except sqlite3.Error as error:
        raise StorageUnusable(f"{database} cannot be read: {error}.") from error


def mend(data_dir: Path, address: str) -> list[str]:
    """Put right what can be without losing anything; return what was done, a sentence each.

    Raises:
        DataFolderInUse: The bot is running, on SQLite.
        StorageUnusable: The database cannot be read.
        StorageUnavailable: The disk or the server is failing.
    """
    if not address:
        return mending.mend(data_dir)
    done: list[str] = _postgres().mend(address)
    return done


def move(data_dir: Path, address: str) -> list[tuple[str, int]]:
    """Copy everything from the SQLite in ``data_dir`` to an empty PostgreSQL; return the rows of each table.

    Raises:
        DataFolderInUse: The bot is running.
        StorageUnusable: There is nothing to move, the other has data of its own, or the copy is not what was copied.
        StorageUnavailable: The server was lost on the way; nothing was moved.
    """
    moved: list[tuple[str, int]] = _postgres().move(data_dir, address)
    return moved


def _postgres() -> ModuleType:
    # Loaded only where an address is set: it is an extra, and SQLite needs none of it.
    try:
        return import_module("storage.postgres")
    except ModuleNotFoundError as missing:
        raise StorageUnusable(
            f"PAPERROUND_DATABASE_URL needs {missing.name}, which is not installed: pip install 'paperround[postgres]'"
        ) from missing
