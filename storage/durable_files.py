"""Files that are there whole or not at all, also after a power cut."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, LOCK_NB, flock
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


@contextmanager
def made_whole(path: Path) -> Iterator[BinaryIO]:
    """Lend an empty file that comes in the place of ``path`` at the end: a reader, or a crash, sees the old or the new.

    Until then it is at `in_the_making`.

    Raises:
        BlockingIOError: Another process is making it.
        OSError: The old content stands.
    """
    made = in_the_making(path)
    # What a killed process left is taken up again. It is emptied once it is ours: another may be writing it.
    with open(os.open(made, os.O_RDWR | os.O_CREAT, PRIVATE), "r+b") as file:  # noqa: PTH123  # a Path has no mode
        flock(file, LOCK_EX | LOCK_NB)
        if not _is(made, file):
            raise BlockingIOError(f"{path} was made by another process meanwhile")
        try:
            file.truncate()
            yield file
            file.flush()
            put_in_place(made, path)
        except BaseException:
            made.unlink(missing_ok=True)
            raise


def in_the_making(path: Path) -> Path:
    return path.with_name(f"{path.name}.tmp")


def _is(path: Path, file: BinaryIO) -> bool:
    """Tell whether a name still leads to an open file."""
    try:
        return os.path.samestat(path.stat(), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that a reader, or a crash, sees the old content or the new one.

    Raises:
        BlockingIOError: Another process is writing it.
        OSError: The old content stands.
    """
    with made_whole(path) as file:
        file.write(content)
