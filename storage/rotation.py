"""The backups that are taken without anybody asking, and how long they stay."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from storage.archives import ARCHIVE, back_up_to
from storage.durable_files import PRIVATE_FOLDER

BACKUPS = "backups"
DAILY = "daily-"
BEFORE = "before-"
# A release that spoils something is noticed within a month; a copy that stays for ever keeps what members had erased.
UPGRADE_KEPT = timedelta(days=30)


def daily_backup(database: Path, version: str, keep: int, now: datetime) -> Path | None:
    """Take today's backup beside the database unless there is one, then drop the oldest beyond ``keep``.

    Nothing is dropped before the new one is whole. Days are those of UTC.

    Returns:
        The new backup; None when today's was there already.

    Raises:
        StorageUnusable: The database is damaged, or the backup cannot be written.
        StorageUnavailable: The disk is full or failing.
    """
    folder = database.parent / BACKUPS
    path = folder / f"{DAILY}{now.astimezone(UTC).date()}{ARCHIVE}"
    if path.exists():
        return None
    folder.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
    # What a killed process left half-made: only one process at a time takes backups here.
    for half in folder.glob(f"{DAILY}*.tmp"):
        half.unlink()
    back_up_to(database, path, version, now)
    rotate(folder, keep, now)
    return path


def rotate(folder: Path, keep: int, now: datetime) -> None:
    """Drop all but the newest ``keep`` daily backups, and those before upgrades that are older than a month."""
    dailies = sorted((found for found in folder.glob(f"{DAILY}*{ARCHIVE}") if _day_of(found)), key=lambda at: at.name)
    for old in dailies[:-keep]:
        old.unlink()
    for old in folder.glob(f"{BEFORE}*.db"):
        if now - datetime.fromtimestamp(old.stat().st_mtime, UTC) > UPGRADE_KEPT:
            old.unlink()


def _day_of(path: Path) -> date | None:
    try:
        return date.fromisoformat(path.name.removeprefix(DAILY).removesuffix(ARCHIVE))
    except ValueError:
        return None
