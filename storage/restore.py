"""Puts a backup in the place of the database."""

from collections.abc import Sequence
from itertools import count
from pathlib import Path

from bot.ports import StorageUnusable
from storage.archives import database_in
from storage.backup import check_backup, copy_for_restore
from storage.durable_files import put_in_place, sync
from storage.folder import DataFolder

LOGS = ("", "-wal", "-shm")
# Stands beside what is moved aside until all of it is there.
UNFINISHED = "unfinished"


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
    # The log belongs to its database: under the restored one it would undo the restoring. The database goes first,
    # since without its log it would open as an older one.
    there = [path for end in LOGS if (path := folder.database.with_name(folder.database.name + end)).exists()]
    if not there:
        return None
    aside = _place_for(there, folder.path)
    for path in there:
        path.rename(aside / path.name)
    sync(aside)
    sync(folder.path)
    (aside / UNFINISHED).unlink()
    return aside


def _place_for(there: Sequence[Path], folder: Path) -> Path:
    """Return the folder for what is moved aside: a new one, or that of a restore that was cut off while it moved."""

    def fits(aside: Path) -> bool:
        cut_off = (aside / UNFINISHED).exists() or not any(aside.iterdir())
        return cut_off and not any((aside / path.name).exists() for path in there)

    asides = (folder / f"replaced-{number}" for number in count(1))
    aside = next(path for path in asides if not path.exists() or fits(path))
    aside.mkdir(mode=0o700, exist_ok=True)
    (aside / UNFINISHED).touch()
    sync(aside)
    return aside
