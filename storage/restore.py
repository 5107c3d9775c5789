"""Puts a backup in the place of the database."""

from itertools import count
from pathlib import Path

from bot.ports import StorageUnusable
from storage.archives import database_in
from storage.backup import check_backup, copy_for_restore
from storage.durable_files import put_in_place, sync
from storage.folder import DataFolder

LOGS = ("", "-wal", "-shm")


def restore(path: Path, data_dir: Path) -> Path | None:
    """Put the backup at ``path``, a copied database or an archive of one, in the place of the database in ``data_dir``.

    The database that was there is moved aside, never deleted.

    Returns:
        The folder that the old database was moved to, None when there was none.

    Raises:
        DataFolderInUse: The bot is running.
        StorageUnusable: The backup is damaged, none of ours, or of a newer release.
        StorageUnavailable: The disk is full or failing; the old database is untouched.
    """
    if not path.is_file():
        raise StorageUnusable(f"There is no backup at {path}.")
    folder = DataFolder(data_dir)
    folder.hold()
    try:
        with database_in(path, data_dir) as database:
            check_backup(database)
            return _put_back(database, folder)
    except OSError as error:
        raise StorageUnusable(f"The backup cannot be put into {data_dir}: {error.strerror or error}.") from error
    finally:
        folder.let_go()


def _put_back(path: Path, folder: DataFolder) -> Path | None:
    made = folder.database.with_name(f"{folder.database.name}.tmp")
    try:
        installation = copy_for_restore(path, made)
        # From here to the end a crash leaves a folder that has no database, but says that it had one.
        folder.stamp_created(installation)
        aside = _move_aside(folder)
        put_in_place(made, folder.database)
    finally:
        made.unlink(missing_ok=True)
    return aside


def _move_aside(folder: DataFolder) -> Path | None:
    # The log belongs to its database: under the restored one it would undo the restoring.
    there = [path for end in LOGS if (path := folder.database.with_name(folder.database.name + end)).exists()]
    if not there:
        return None
    aside = next(path for number in count(1) if not (path := folder.path / f"replaced-{number}").exists())
    aside.mkdir(mode=0o700)
    for path in there:
        path.rename(aside / path.name)
    sync(aside)
    sync(folder.path)
    return aside
