"""What can be put right without losing anything: the full-text index, and a kept index that is of no use."""

import sqlite3
from contextlib import closing
from pathlib import Path

from storage.connections import open_connection
from storage.folder import DATABASE, DataFolder, installation_of
from storage.index_cache import FileIndexCache
from storage.inspection import TEXTS_MISSING, counted
from storage.migrations import applied_steps, known_steps
from storage.sqlite_errors import in_our_words

REBUILD = "INSERT INTO paper_texts (paper_texts) VALUES ('rebuild')"


def mend(data_dir: Path) -> list[str]:
    """Put right what can be; return what was done, a sentence each. A damaged or older database is left alone.

    Raises:
        DataFolderInUse: The bot is running.
        StorageUnusable: The database cannot be read.
        StorageUnavailable: The disk is full or failing.
    """
    if not (data_dir / DATABASE).exists():
        return []
    folder = DataFolder(data_dir)
    folder.hold()
    try:
        with in_our_words(), closing(open_connection(folder.database)) as connection:
            if applied_steps(connection) != known_steps():
                return []
            return [*_texts(connection), *_index(folder)]
    finally:
        folder.let_go()


def _texts(connection: sqlite3.Connection) -> list[str]:
    if not counted(connection, TEXTS_MISSING):
        return []
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(REBUILD)
    connection.execute("COMMIT")
    return ["The full-text index was made anew from the papers."]


def _index(folder: DataFolder) -> list[str]:
    cache = FileIndexCache(folder.index, installation_of(folder.database))
    if not folder.index.is_file() or cache.load() is not None:
        return []
    folder.index.unlink()
    return [f"{folder.index.name} belonged to another database and was removed; the next start makes it anew."]
