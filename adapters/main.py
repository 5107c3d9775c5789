"""The composition root: the one place where the parts are built and handed to each other."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from adapters.settings import BadSettings, Settings
from bot.desk import NextPolls, no_polls
from bot.library import Library
from bot.paperround import Paperround, nothing
from bot.ports import Clock, Lookup, Messenger
from storage.backup import back_up
from storage.export import rows_of
from storage.folder import DATABASE
from storage.inspection import Condition, inspect
from storage.restore import restore
from storage.sqlite import SqliteStores, open_stores


@dataclass(frozen=True, slots=True)
class Opened:
    """Paperround put together, with its parts for whoever reports on them."""

    settings: Settings
    clock: Clock
    stores: SqliteStores
    library: Library
    paperround: Paperround


@contextmanager
def open_paperround(
    settings: Settings,
    clock: Clock,
    messengers: Mapping[str, Messenger],
    wake: Callable[[], None] = nothing,
    *,
    lookup: Lookup | None = None,
    next_polls: NextPolls = no_polls,
) -> Iterator[Opened]:
    """Open the data folder and put Paperround together; on the way out everything asked for is finished and closed.

    Args:
        lookup: Fetches a paper that a member brings.
        next_polls: Tells `status` when each source is asked next.

    Raises:
        BadSettings: The database that is set cannot be used by this version.
        DataFolderInUse: Another process holds the data folder.
        StorageUnusable: The data folder or the database cannot be used.
    """
    refuse_other_databases(settings)
    stores = open_stores(settings.data_dir)
    try:
        library = Library(stores.papers)
        paperround = Paperround(
            stores,
            library,
            clock,
            messengers,
            settle=settings.settle,
            post_timeout=settings.post_timeout,
            wake=wake,
            lookup=lookup,
            next_polls=next_polls,
        )
        yield Opened(settings, clock, stores, library, paperround)
    finally:
        stores.close()


def back_up_data(settings: Settings, path: Path) -> None:
    """Write a verified copy of the database to ``path``; the bot may go on meanwhile.

    Raises:
        StorageUnusable: The database is damaged, or ``path`` cannot be written.
    """
    back_up(database_of(settings), path)


def restore_data(settings: Settings, path: Path) -> Path | None:
    """Put a backup in the place of the database; return where the old one was moved to, None when there was none.

    Raises:
        DataFolderInUse: The bot is running.
        StorageUnusable: The backup is damaged or of a newer release.
    """
    return restore(path, settings.data_dir)


def exported_rows(settings: Settings) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield every row that is kept, with the name of its table."""
    return rows_of(database_of(settings))


def condition_of(settings: Settings, now: datetime) -> Condition:
    """Return what the database looks like, also while the bot runs.

    Raises:
        sqlite3.Error: It cannot be opened or is no database.
    """
    return inspect(database_of(settings), now)


def database_of(settings: Settings) -> Path:
    refuse_other_databases(settings)
    return settings.data_dir / DATABASE


def refuse_other_databases(settings: Settings) -> None:
    """Refuse a database that this version cannot use.

    Raises:
        BadSettings: Naming the variable.
    """
    if settings.database_url.get_secret_value():
        raise BadSettings("PAPERROUND_DATABASE_URL", "empty: PostgreSQL is not there yet, the data is kept in SQLite")
