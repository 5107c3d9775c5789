"""Everything that is kept, in one PostgreSQL database that several processes share."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.ports import Papers
from storage.compiled.serving import COMPILED_SUFFIX, faster
from storage.folder import INDEX
from storage.index_cache import FileIndexCache
from storage.papers import SqlPapers
from storage.postgres.connections import LOCKING, Pool, PostgresReaders, PostgresWriter, Session, connect
from storage.postgres.errors import in_our_words
from storage.postgres.ledger import PostgresLedger
from storage.postgres.migrations import migrate
from storage.postgres.search import PostgresSearchIndex
from storage.postgres.turns import PostgresTurns
from storage.rehearsal import Rehearsal
from storage.sql import Connection
from storage.stores import SqlStores
from storage.zones import refuse_unknown_zones

INSTALLATION = "SELECT id FROM installation"


class PostgresStores(SqlStores):
    """`bot.ports.Stores`. Safe to use from any number of threads, beside any number of processes."""

    def __init__(self, address: str, index: Path) -> None:
        """Serve an up-to-date database; ``index`` is where this machine keeps its own serialised index.

        Raises:
            StorageUnavailable: The server does not answer.
        """
        self._pool = Pool(address)
        try:
            writer, self._readers = PostgresWriter(self._pool), PostgresReaders(self._pool)
            locking = PostgresWriter(self._pool, LOCKING)
            super().__init__(writer, self._readers, PostgresLedger(writer, locking, self._readers))
            self.turns = self._turns = PostgresTurns(address)
            with self._readers.reading() as connection:
                refuse_unknown_zones(connection)
                installation = _installation(connection)
            self.index_cache = FileIndexCache(index, installation)
            self.index = faster(
                PostgresSearchIndex(self._readers), self.papers, index.with_suffix(COMPILED_SUFFIX), installation
            )
        except BaseException:
            self._pool.close()
            raise

    @contextmanager
    def rehearsal(self) -> Iterator[Papers]:
        """Lend papers that can be taken in as if for good; at the end all of it is undone. Sources wait meanwhile.

        Raises:
            StorageUnavailable: The server does not answer.
        """
        with in_our_words(), self._pool.lent() as connection, connection.transaction(force_rollback=True):
            yield SqlPapers(rehearsal := Rehearsal(Session(connection)), rehearsal)

    def close(self) -> None:
        """Finish what was asked, then let go of the connections; a second call does nothing."""
        self._turns.close()
        self._pool.close()


def open_postgres(address: str, data_dir: Path) -> PostgresStores:
    """Check and upgrade the database at ``address``, and serve it; only the index lies in the data folder.

    Raises:
        StorageUnusable: The server does not answer or will not have us, or the database cannot be used; the text names
            the variable.
    """
    upgrade(address)
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    return PostgresStores(address, data_dir / INDEX)


def upgrade(address: str) -> list[str]:
    """Bring a database up to date; return the steps that were taken.

    Raises:
        StorageUnusable: As `open_postgres`.
        StorageUnavailable: The server was lost on the way; nothing was changed.
    """
    with in_our_words(), connect(address) as connection:
        return migrate(connection)


def _installation(connection: Connection) -> str:
    return str(connection.execute(INSTALLATION).fetchall()[0]["id"])
