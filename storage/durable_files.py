"""Files that are there whole or not at all, also after a power cut."""

import os
from pathlib import Path
from typing import BinaryIO

# The folder holds what members said: it is nobody's but the bot's.
PRIVATE = 0o600
PRIVATE_FOLDER = 0o700


def sync(path: Path) -> None:
    """Wait until the disk has a file, or the names in a folder."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def private_file(path: Path) -> BinaryIO:
    """Open a new or emptied file for writing, readable by nobody else from its first byte on."""
    return open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE), "wb")  # noqa: PTH123  # a Path has no mode


def put_in_place(made: Path, path: Path) -> None:
    """Give a finished file its final name, in place of what had it, and wait until the disk has all of it."""
    sync(made)
    made.replace(path)
    sync(path.parent)


def write_whole(path: Path, *pieces: bytes) -> None:
    """Write a file so that a reader, or a crash, sees the old content or the new one.

    Raises:
        OSError: The old content stands.
    """
    made = path.with_name(f"{path.name}.tmp")
    try:
        with private_file(made) as file:
            file.writelines(pieces)
        put_in_place(made, path)
    except OSError:
        made.unlink(missing_ok=True)
        raise
