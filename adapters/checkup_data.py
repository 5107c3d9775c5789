"""The data folder, the disk and the database, looked over."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from adapters.findings import Finding, State
from adapters.main import address_of, condition_of
from adapters.ownership import unusable
from adapters.settings import Settings
from bot.announcements import SourceState
from bot.model import Channel
from bot.ports import StorageUnavailable, StorageUnusable

# A day's papers, their index and a backup need far less; below this a night's ingest may fill the disk.
DISK_WARNING_BYTES = 500 * 2**20
DISK_FAULT_BYTES = 50 * 2**20
# So many of the files that are amiss are named.
NAMED = 5


@dataclass(slots=True)
class Kept:
    """What the database tells that is compared with the world outside.

    Attributes:
        sources: Where each source stands, by its name; ``added_sources`` are those of communities.
        rounds: Channels to which a round goes, some of them.
        sealed: What workspaces gave when they installed the app, sealed; some of them.
    """

    sources: dict[str, SourceState] = field(default_factory=dict)
    added_sources: list[str] = field(default_factory=list)
    rounds: list[Channel] = field(default_factory=list)
    sealed: list[bytes] = field(default_factory=list)


def data_folder(settings: Settings) -> Iterator[Finding]:
    folder = settings.data_dir
    if not folder.exists():
        yield Finding("data folder", State.OK, f"{folder} is not there yet; the first start makes it.")
        return
    if not folder.is_dir():
        yield Finding(
            "data folder", State.FAULT, f"{folder} is a file.", "Set PAPERROUND_DATA_DIR to a folder, or move the file."
        )
        return
    if not os.access(folder, os.W_OK | os.X_OK):
        yield Finding(
            "data folder",
            State.FAULT,
            f"Nothing can be written in {folder}.",
            "Give the bot's user the right to write.",
        )
    mode = folder.stat().st_mode & 0o077
    if mode:
        yield Finding(
            "data folder",
            State.WARNING,
            f"{folder} can be read by other users of this machine.",
            f"chmod 700 {folder}, or: paperround doctor --fix",
        )
    if strange := unusable(folder):
        named = ", ".join(str(path.relative_to(folder)) for path in strange[:NAMED])
        more = f" and {len(strange) - NAMED} more" if len(strange) > NAMED else ""
        yield Finding(
            "data folder",
            State.FAULT,
            f"The bot's user cannot read and write all in {folder}: {named}{more}.",
            f"As root: paperround doctor --fix, or: chown -R {folder.stat().st_uid} {folder.resolve()}",
        )
    free = shutil.disk_usage(folder).free
    said = f"{free / 2**20:,.0f} MB are free beside {folder}."
    if free < DISK_FAULT_BYTES:
        yield Finding("disk", State.FAULT, said, "Free some space before the database cannot be written.")
    elif free < DISK_WARNING_BYTES:
        yield Finding("disk", State.WARNING, said, "Free some space soon.")
    else:
        yield Finding("disk", State.OK, said)


def database(settings: Settings, now: datetime, kept: Kept) -> Iterator[Finding]:
    """Look the database over; what is asked after elsewhere goes into ``kept``."""
    served = bool(address_of(settings))
    try:
        found = condition_of(settings, now)
    except (StorageUnusable, StorageUnavailable) as error:
        do = "See whether the server runs and the address is right." if served else "Restore a backup."
        yield Finding("database", State.FAULT, str(error), do)
        return
    if found is None:
        yield Finding("database", State.OK, "There is no database yet; the first start makes it.")
        return
    upgraded = "the next start upgrades it" if served else "the next start upgrades it after a backup"
    faults = (
        (
            found.damage,
            f"The database is damaged: {found.damage}.",
            "Stop the bot; paperround restore the newest backup.",
        ),
        (found.loose_rows, f"{found.loose_rows} rows name rows that are gone.", "Restore a backup, and report it."),
        (found.unknown, "The database was written by a newer release.", "Install that release, or restore a backup."),
    )
    warnings = (
        (
            found.texts_missing,
            "The full-text index is out of step with the papers.",
            "paperround doctor --fix" if served else "Stop the bot, then: paperround doctor --fix",
        ),
        (found.pending, "The database is of an older release.", f"Nothing: {upgraded}."),
        (
            found.stuck,
            f"{found.stuck} messages of digests wait to be sent.",
            "Is paperround run running, with a worker?",
        ),
        (
            found.held,
            f"{found.held} messages are held: nobody knows whether they arrived.",
            "Look into their channels.",
        ),
    )
    yield from (Finding("database", State.FAULT, means, do) for wrong, means, do in faults if wrong)
    yield from (Finding("database", State.WARNING, means, do) for wrong, means, do in warnings if wrong)
    for place, why in found.paused:
        do = "Put that right; then set it again in the channel: digest here …"
        yield Finding("rounds", State.WARNING, f"The round of {place} has stopped: {why.rstrip('.')}.", do)
    if not any(wrong for wrong, _, _ in faults + warnings):
        yield Finding("database", State.OK, f"The database is whole; it holds {found.papers:,} papers.")
    kept.sources.update(found.sources)
    kept.added_sources += found.added_sources
    kept.rounds += found.rounds
    kept.sealed += found.sealed
