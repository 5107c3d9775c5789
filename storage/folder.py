"""The data folder: who holds it, and whether what lies in it may be used."""

import json
import os
import socket
import sqlite3
from contextlib import closing
from pathlib import Path

from filelock import FileLock, Timeout

from bot.ports import DataFolderInUse, StorageUnusable
from storage.archives import ARCHIVE
from storage.backup import back_up
from storage.connections import open_connection
from storage.durable_files import PRIVATE, PRIVATE_FOLDER, sync, write_whole
from storage.migrations import applied_steps, known_steps, migrate, refuse_newer
from storage.rotation import BACKUPS, BEFORE
from storage.sqlite_errors import translated
from storage.zones import refuse_unknown_zones

DATABASE = "paperround.db"
INDEX = "paperround.index"
LOCK = "paperround.lock"
HOLDER = "paperround.holder"
STAMP = "paperround.created"


class DataFolder:
    """A folder held by this process alone, from `hold` to `let_go`; a process that dies lets go by dying."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.database = path / DATABASE
        self.index = path / INDEX
        self._lock = FileLock(path / LOCK, timeout=0)

    def hold(self) -> None:
        """Take the folder, made first when it is missing.

        Raises:
            DataFolderInUse: Another process has it.
            StorageUnusable: It is no folder, or nothing can be written in it.
        """
        try:
            self.path.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
            self._lock.acquire()
        except Timeout as error:
            raise DataFolderInUse(
                f"The data folder {self.path} is in use by {self._holder()}. Stop it first."
            ) from error
        except (FileExistsError, NotADirectoryError) as error:
            raise StorageUnusable(
                f"{self.path} is a file, not a folder. Set PAPERROUND_DATA_DIR to a folder."
            ) from error
        except OSError as error:
            raise self._not_writable(error) from error
        holder = json.dumps({"pid": os.getpid(), "host": socket.gethostname()})
        try:
            write_whole(self.path / HOLDER, holder.encode())
        except OSError as error:
            self.let_go()
            raise self._not_writable(error) from error

    def let_go(self) -> None:
        self._lock.release()

    def open_database(self) -> sqlite3.Connection:
        """Check the database, make it when this is a new folder, bring its schema up to date, and open it.

        Nothing is ever repaired or deleted.

        Raises:
            StorageUnusable: Saying what is wrong and what to do.
            StorageUnavailable: The disk is full or failing.
        """
        try:
            if not self._has_database():
                os.close(os.open(self.database, os.O_RDWR | os.O_CREAT, PRIVATE))
            connection = open_connection(self.database)
            try:
                self._bring_up_to_date(connection)
            except BaseException:
                connection.close()
                raise
        except sqlite3.Error as error:
            raise self._in_a_sentence(error) from error
        except OSError as error:
            raise self._not_writable(error) from error
        return connection

    def stamp_created(self, installation: str) -> None:
        """Note that this folder has a database, so that a missing one is never taken for a fresh start."""
        write_whole(self.path / STAMP, json.dumps({"installation": installation}).encode())

    def newest_backup(self) -> Path | None:
        made = (path for path in (self.path / BACKUPS).glob("*") if path.suffix in {".db", ARCHIVE})
        found = sorted(made, key=lambda path: path.stat().st_mtime)
        return found[-1] if found else None

    def _has_database(self) -> bool:
        size = self.database.stat().st_size if self.database.exists() else None
        if not size and (self.path / STAMP).exists():
            what = "is missing" if size is None else "is empty (0 bytes)"
            # SQLite would open an empty one without a word, and every digest of today would be posted again.
            raise StorageUnusable(
                f"The database {self.database} {what}, but this folder had one. {self._way_back()} "
                f"To begin anew, move {self.path / STAMP} away."
            )
        return bool(size)

    def _bring_up_to_date(self, connection: sqlite3.Connection) -> None:
        damage = [row[0] for row in connection.execute("PRAGMA quick_check(1)") if row[0] != "ok"]
        if damage:
            raise StorageUnusable(
                f"The database {self.database} is damaged ({_first_line(damage[0])}). {self._way_back()}"
            )
        done = applied_steps(connection)
        if not done and connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
            raise StorageUnusable(
                f"{self.database} is a database of another program. "
                "Move it away, or set PAPERROUND_DATA_DIR to another folder."
            )
        refuse_newer(connection)
        if done and done != known_steps():
            (self.path / BACKUPS).mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
            back_up(self.database, self.path / BACKUPS / f"{BEFORE}{known_steps()[-1]}.db")
        connection.execute("PRAGMA journal_mode = WAL")
        migrate(connection)
        refuse_unknown_zones(connection)
        installation = connection.execute("SELECT id FROM installation").fetchone()["id"]
        if not (self.path / STAMP).exists():
            sync(self.path)
            self.stamp_created(installation)

    def _in_a_sentence(self, error: sqlite3.Error) -> Exception:
        ours = translated(error)
        if isinstance(ours, StorageUnusable):
            return StorageUnusable(f"The database {self.database} is damaged ({error}). {self._way_back()}")
        if error.sqlite_errorname.startswith("SQLITE_READONLY"):
            return StorageUnusable(
                f"The database {self.database} can only be read. "
                "Give the user that runs Paperround the right to write it."
            )
        return ours

    def _way_back(self) -> str:
        newest = self.newest_backup()
        known = f"; the newest here is {newest}" if newest else ""
        return f"Restore a backup with: paperround restore PATH{known}."

    def _not_writable(self, error: OSError) -> StorageUnusable:
        return StorageUnusable(
            f"Nothing can be written in the data folder {self.path}: {error.strerror or error}. "
            "Give the user that runs Paperround the right to write there, or set PAPERROUND_DATA_DIR to another folder."
        )

    def _holder(self) -> str:
        try:
            holder = json.loads((self.path / HOLDER).read_text())
            return f"process {holder['pid']} on {holder['host']}"
        except (OSError, ValueError, KeyError, TypeError):
            return "another process"  # it is just starting and has not said who it is


def installation_of(database: Path) -> str:
    with closing(open_connection(database)) as connection:
        return str(connection.execute("SELECT id FROM installation").fetchone()["id"])


def _first_line(text: str) -> str:
    return text.splitlines()[0].strip("* ") if text else ""
