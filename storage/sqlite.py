"""Everything that is kept, in one SQLite file inside the data folder."""

from collections.abc import Callable
from pathlib import Path
from typing import Self

from storage.communities import SqliteCommunities
from storage.connections import Readers, open_connection
from storage.deliveries import SqliteLedger
from storage.digests import SqliteDigests
from storage.edges import SqliteChannelNotes, SqliteInstallations, SqliteSeenEvents
from storage.feedback import SqliteFeedback
from storage.folder import DataFolder, installation_of
from storage.index_cache import FileIndexCache
from storage.papers import SqlitePapers
from storage.preferences import SqlitePreferences
from storage.profiles import SqliteProfiles
from storage.saves import SqliteSaves
from storage.search import SqliteSearchIndex
from storage.source_states import SqliteSourceStates
from storage.sqlite_errors import in_our_words
from storage.submissions import SqliteSubmissions
from storage.subscriptions import SqliteSubscriptions
from storage.writer import Writer


class SqliteStores:
    """`bot.ports.Stores`. Safe to use from any number of threads."""

    def __init__(self, database: Path, index: Path, *, let_go: Callable[[], None] = lambda: None) -> None:
        """Serve an existing, up-to-date database; ``let_go`` is called when all is closed.

        Raises:
            StorageUnavailable: The file cannot be opened now.
        """
        self._let_go = let_go
        with in_our_words():
            installation = installation_of(database)
            self._writer = Writer(lambda: open_connection(database))
        self._readers = Readers(database)
        self.papers = SqlitePapers(self._writer, self._readers)
        self.index = SqliteSearchIndex(self._readers)
        self.profiles = SqliteProfiles(self._writer, self._readers)
        self.preferences = SqlitePreferences(self._writer, self._readers)
        self.feedback = SqliteFeedback(self._writer, self._readers)
        self.digests = SqliteDigests(self._writer, self._readers)
        self.subscriptions = SqliteSubscriptions(self._writer, self._readers)
        self.ledger = SqliteLedger(self._writer, self._readers)
        self.saves = SqliteSaves(self._writer, self._readers)
        self.submissions = SqliteSubmissions(self._writer, self._readers)
        self.communities = SqliteCommunities(self._writer, self._readers)
        self.seen_events = SqliteSeenEvents(self._writer)
        self.channel_notes = SqliteChannelNotes(self._writer, self._readers)
        self.installations = SqliteInstallations(self._writer, self._readers)
        self.source_states = SqliteSourceStates(self._writer, self._readers)
        self.index_cache = FileIndexCache(index, installation)

    def close(self) -> None:
        """Finish what was asked, then let go of the files; a second call does nothing."""
        self._writer.close()
        self._readers.close()
        self._let_go()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


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
