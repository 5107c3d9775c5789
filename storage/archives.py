"""A backup as one file to carry away: the copied database in a zip, with a manifest that says what is in it."""

import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from bot.ports import StorageUnusable
from storage.backup import back_up
from storage.connections import open_connection
from storage.durable_files import PRIVATE, private_file, put_in_place
from storage.export import tables_of
from storage.migrations import applied_steps

ARCHIVE = ".zip"
COPY = "paperround.db"
MANIFEST = "manifest.json"
# Papers are text: the third level takes most of what can be taken, in a fraction of the time of the ninth.
COMPRESSION = 3
# A manifest is some kilobytes; what claims to be more is none of ours.
MANIFEST_CAP = 2**20
BLOCK = 2**20


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds.

    Attributes:
        made_at: ISO 8601 with its zone.
        version: The release that made it; ``schema`` are the steps its database has behind it.
        rows: How many rows each table has.
        sha256: Of the database, unpacked, in hexadecimal.
    """

    made_at: str
    version: str
    schema: list[str]
    rows: dict[str, int]
    sha256: str


def back_up_to(database: Path, path: Path, version: str, now: datetime) -> None:
    """Write a whole, checked copy to ``path``, as an archive when it ends with ``.zip``; the bot may go on meanwhile.

    Under the final name there is never anything but a whole copy that has reached the disk.

    Raises:
        StorageUnusable: The database is damaged, or ``path`` cannot be written.
        StorageUnavailable: The disk is full or failing.
    """
    if path.suffix.lower() != ARCHIVE:
        back_up(database, path)
        return
    copy = path.with_name(f"{path.name}.db.tmp")
    made = path.with_name(f"{path.name}.tmp")
    try:
        back_up(database, copy)
        _pack(copy, made, version, now)
        put_in_place(made, path)
    except OSError as error:
        raise StorageUnusable(f"The backup cannot be written to {path}: {error.strerror or error}.") from error
    finally:
        copy.unlink(missing_ok=True)
        made.unlink(missing_ok=True)


def manifest_of(path: Path) -> Manifest:
    """Return what an archive says of itself.

    Raises:
        StorageUnusable: It is none of ours, or damaged.
    """
    with _opened(path) as archive:
        return _manifest(archive, path)


@contextmanager
def database_in(path: Path, folder: Path) -> Iterator[Path]:
    """Lend the database of a backup: the file itself, or that of an archive unpacked into ``folder`` and compared.

    Raises:
        StorageUnusable: The archive is none of ours, or is not what its manifest says.
    """
    if not zipfile.is_zipfile(path):
        yield path
        return
    unpacked = folder / f"{COPY}.unpacked.tmp"
    try:
        with _opened(path) as archive:
            manifest = _manifest(archive, path)
            if _unpack(archive, unpacked) != manifest.sha256:
                raise StorageUnusable(f"The backup {path} is not what its manifest says. Use an older one.")
        yield unpacked
    finally:
        unpacked.unlink(missing_ok=True)


def _pack(copy: Path, made: Path, version: str, now: datetime) -> None:
    with closing(open_connection(copy)) as connection:
        schema = applied_steps(connection)
        rows = {
            table: int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608  # of our schema
            for table in tables_of(connection)
        }
    digest = hashlib.sha256()
    with (
        private_file(made) as file,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=COMPRESSION) as archive,
    ):
        with copy.open("rb") as source, archive.open(_entry(COPY, now), "w", force_zip64=True) as target:
            while block := source.read(BLOCK):
                digest.update(block)
                target.write(block)
        manifest = Manifest(now.isoformat(), version, schema, rows, digest.hexdigest())
        archive.writestr(_entry(MANIFEST, now), json.dumps(asdict(manifest), indent=2))


def _entry(name: str, now: datetime) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, now.timetuple()[:6])
    entry.compress_type = zipfile.ZIP_DEFLATED
    # Whoever unpacks it by hand shall not make it readable for others.
    entry.external_attr = PRIVATE << 16
    return entry


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, NotImplementedError, RuntimeError, zlib.error) as error:
        raise StorageUnusable(f"The backup {path} is damaged ({error}). Use an older one.") from error


def _manifest(archive: zipfile.ZipFile, path: Path) -> Manifest:
    try:
        entry = archive.getinfo(MANIFEST)
        archive.getinfo(COPY)
        # What is longer is cut, and then it is no JSON.
        with archive.open(entry) as told:
            return Manifest(**json.loads(told.read(MANIFEST_CAP)))
    except (KeyError, ValueError, TypeError) as error:
        raise StorageUnusable(f"{path} is no backup of Paperround, or it is damaged.") from error


def _unpack(archive: zipfile.ZipFile, unpacked: Path) -> str:
    """Write the database of an archive to a file; return its SHA-256."""
    digest = hashlib.sha256()
    unpacked.unlink(missing_ok=True)
    with private_file(unpacked) as target, archive.open(COPY) as source:
        while block := source.read(BLOCK):
            digest.update(block)
            target.write(block)
    return digest.hexdigest()
