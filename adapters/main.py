"""The composition root: the one place where the parts are built and handed to each other."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from adapters.meters import MeteredLibrary, MeteredPaperround, Meters
from adapters.settings import BadSettings, Settings
from bot.desk import NextPolls, no_polls
from bot.library import Library
from bot.paperround import Paperround, nothing
from bot.ports import Clock, Lookup, Messenger, SourceWords
from storage.archives import back_up_to
from storage.databases import condition_of as condition_of_database
from storage.databases import mend, move, open_database, rows_of
from storage.folder import DATABASE
from storage.inspection import Condition
from storage.restore import restore
from storage.rotation import daily_backup
from storage.stores import SqlStores


@dataclass(frozen=True, slots=True)
class Opened:
    """Paperround put together, with its parts for whoever reports on them."""

    settings: Settings
    clock: Clock
    stores: SqlStores
    library: Library
    paperround: Paperround
    meters: Meters


@contextmanager
def open_paperround(  # noqa: PLR0913  # what the facade takes
    settings: Settings,
    clock: Clock,
    messengers: Mapping[str, Messenger],
    wake: Callable[[], None] = nothing,
    *,
    lookup: Lookup | None = None,
    next_polls: NextPolls = no_polls,
    source_words: SourceWords | None = None,
    asks_a_minute: int = 0,
) -> Iterator[Opened]:
    """Open the data folder and put Paperround together; on the way out everything asked for is finished and closed.

    Args:
        lookup: Fetches a paper that a member brings.
        next_polls: Tells `status` when each source is asked next.
        source_words: Knows what managers may add as a source.
        asks_a_minute: How much each member may ask; 0 sets no limit.

    Raises:
        DataFolderInUse: Another process holds the data folder; with PostgreSQL several may run.
        StorageUnusable: The data folder or the database cannot be used.
    """
    stores = open_database(settings.data_dir, address_of(settings))
    try:
        meters = Meters()
        meters.watch(stores, clock)
        library = MeteredLibrary(stores.papers)
        library.meters = meters
        paperround = MeteredPaperround(
            stores,
            library,
            clock,
            messengers,
            settle=settings.settle,
            post_timeout=settings.post_timeout,
            wake=wake,
            lookup=lookup,
            next_polls=next_polls,
            source_words=source_words,
            public_url=settings.public_url,
            secret=settings.secret_key.get_secret_value(),
            asks_a_minute=asks_a_minute,
            comparison=settings.compare,
        )
        paperround.meters = meters
        yield Opened(settings, clock, stores, library, paperround, meters)
    finally:
        stores.close()


def back_up_data(settings: Settings, path: Path, now: datetime) -> None:
    """Write a verified copy of the database to ``path``, an archive for ``.zip``; the bot may go on meanwhile.

    Raises:
        StorageUnusable: The database is damaged, or ``path`` cannot be written.
    """
    back_up_to(file_of(settings), path, version("paperround"), now)


def back_up_daily(settings: Settings, now: datetime) -> Path | None:
    """Take today's backup into the data folder and drop the oldest; None when it is there already or not wanted.

    A PostgreSQL has its own tools for this.

    Raises:
        StorageUnusable: The database is damaged, or the backup cannot be written.
        StorageUnavailable: The disk is full or failing.
    """
    if not settings.backups or address_of(settings):
        return None
    return daily_backup(file_of(settings), version("paperround"), settings.backups, now)


def restore_data(settings: Settings, path: Path) -> Path | None:
    """Put a backup in the place of the database; return where the old one was moved to, None when there was none.

    Raises:
        DataFolderInUse: The bot is running.
        StorageUnusable: The backup is damaged or of a newer release.
    """
    return restore(path, file_of(settings).parent)


def exported_rows(settings: Settings) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield every row that is kept, with the name of its table."""
    return rows_of(settings.data_dir, address_of(settings))


def community_rows(settings: Settings, platform: str, community: str) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield the rows of one community with the names of their tables; papers that it was shown come first.

    Raises:
        DataFolderInUse: The bot is running, on SQLite.
        StorageUnusable: The data folder or the database cannot be used.
    """
    with open_database(settings.data_dir, address_of(settings)) as stores:
        yield from stores.community_moves.rows_of(platform, community)


def condition_of(settings: Settings, now: datetime) -> Condition | None:
    """Return what the database looks like, also while the bot runs; None when there is none yet.

    Raises:
        StorageUnusable: It cannot be opened.
        StorageUnavailable: Its server was lost on the way.
    """
    return condition_of_database(settings.data_dir, address_of(settings), now)


def mend_data(settings: Settings) -> list[str]:
    """Put right in the database what can be without losing anything; return what was done.

    Raises:
        DataFolderInUse: The bot is running, on SQLite.
        StorageUnusable: The database cannot be read.
        StorageUnavailable: The disk or the server is failing.
    """
    return mend(settings.data_dir, address_of(settings))


def move_data(settings: Settings, address: str) -> list[tuple[str, int]]:
    """Copy everything from SQLite to the PostgreSQL at ``address``, verified; return the rows of each table.

    Raises:
        DataFolderInUse: The bot is running.
        StorageUnusable: There is nothing to move, or the other has data of its own.
        StorageUnavailable: The server was lost on the way; nothing was moved.
    """
    return move(settings.data_dir, address)


def address_of(settings: Settings) -> str:
    """Return the address of the PostgreSQL that is set, with its password; empty for SQLite."""
    return settings.database_url.get_secret_value()


def file_of(settings: Settings) -> Path:
    """Return the SQLite file, for what is done to a file.

    Raises:
        BadSettings: A PostgreSQL is set.
    """
    if address_of(settings):
        raise BadSettings(
            "PAPERROUND_DATABASE_URL",
            "empty for this: a PostgreSQL is backed up and restored with pg_dump and pg_restore, "
            "and read row by row with paperround export",
        )
    return settings.data_dir / DATABASE
