"""Everything that is kept, in one SQLite file inside the data folder."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from bot.ports import Papers
from storage.compiled.serving import COMPILED_SUFFIX, faster
from storage.connections import Readers, open_connection
from storage.deliveries import SqlLedger
from storage.folder import DataFolder, installation_of
from storage.index_cache import FileIndexCache
from storage.papers import SqlPapers
from storage.rehearsal import Rehearsal
from storage.search import SqliteSearchIndex
from storage.sqlite_errors import in_our_words
from storage.stores import SqlStores
from storage.turns import OwnTurns
from storage.writer import Writer


class SqliteStores(SqlStores):
    """`bot.ports.Stores`. Safe to use from any number of threads."""

    def __init__(self, database: Path, index: Path, *, let_go: Callable[[], None] = lambda: None) -> None:
        """Serve an existing, up-to-date database; ``let_go`` is called when all is closed.

        Raises:
            StorageUnavailable: The file cannot be opened now.
        """
        self._let_go = let_go
        self._database = database
        with in_our_words():
            installation = installation_of(database)
            self._writer = Writer(lambda: open_connection(database))
        self._readers = Readers(database)
        super().__init__(self._writer, self._readers, SqlLedger(self._writer, self._readers))
        self.index = faster(
            SqliteSearchIndex(self._readers), self.papers, index.with_suffix(COMPILED_SUFFIX), installation
        )
        self.turns = OwnTurns()
        self.index_cache = FileIndexCache(index, installation)

    @contextmanager
    def rehearsal(self) -> Iterator[Papers]:
        """Lend papers that can be taken in as if for good; at the end all of it is undone. Writers wait meanwhile.

        Raises:
            StorageUnavailable: The database does not answer or is full.
        """
        with in_our_words(), closing(open_connection(self._database)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield SqlPapers(rehearsal := Rehearsal(connection), rehearsal)
            finally:
                connection.rollback()

    def close(self) -> None:
        """Finish what was asked, then let go of the files; a second call does nothing."""
        self._writer.close()
        self._readers.close()
        self._let_go()


def open_stores(data_dir: Path) -> SqliteStores:
    """Hold the data folder, check and upgrade its database (made when the folder is new), and serve it.

    Raises:
        DataFolderInUse: Another process holds the folder.
        StorageUnusable: The folder or the database cannot be used; nothing was repaired or deleted.
        StorageUnavailable: The disk is full or failing.
    """
    folder = DataFolder(data_dir)
    folder.hold()
    try:
        folder.open_database().close()
        return SqliteStores(folder.database, folder.index, let_go=folder.let_go)
    except BaseException:
        folder.let_go()
        raise
