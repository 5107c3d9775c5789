"""Whose the files in a data folder are: what root leaves there, as behind `sudo`, is of no use to the bot.

Root works in a folder that belongs to somebody else here, so no name is followed to where it may lead: everything is
done to what was opened, and links are let be.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def opened_folder(path: Path | str, within: int | None = None) -> Iterator[int]:
    """Open a folder and give its descriptor; it is closed at the end.

    Args:
        within: The descriptor of the folder that it is in; it may then be no link.

    Raises:
        OSError: There is no such folder.
    """
    no_link = 0 if within is None else os.O_NOFOLLOW
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | no_link, dir_fd=within)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def give(descriptor: int, owner: os.stat_result) -> None:
    """Let what was opened belong to another, if this process is root; of anybody else it is what they made."""
    if os.geteuid() == 0 and os.fstat(descriptor).st_uid != owner.st_uid:
        os.fchown(descriptor, owner.st_uid, owner.st_gid)


def unusable(folder: Path) -> list[Path]:
    """Return what is in a data folder and cannot be read or written by the bot, sorted.

    The bot is whoever this process runs as, and for root the owner of the folder.
    """
    return sorted(path for path, _ in _unusable(folder))


def made_usable(folder: Path) -> list[Path]:
    """Give to the owner of a data folder what is not theirs, and return it; only root can, so else it is nothing."""
    if os.geteuid() != 0:
        return []
    owner = folder.stat()
    return sorted(path for path, parent in _unusable(folder) if _given(path.name, parent, owner))


def _given(name: str, within: int, owner: os.stat_result) -> bool:
    """Give away what has a name in a folder; False for what is gone, or is neither a folder nor a file of one name."""
    try:
        # What was found under the name may be another by now, even a pipe, for which nobody waits here.
        descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=within)
    except OSError:
        return False  # it is gone, or a link or a socket by now: it stays as it is, and is told of again
    try:
        found = os.fstat(descriptor)
        # Of a file that has another name too nobody knows whose that name is.
        if not (stat.S_ISDIR(found.st_mode) or (stat.S_ISREG(found.st_mode) and found.st_nlink == 1)):
            return False
        give(descriptor, owner)
    finally:
        os.close(descriptor)
    return True


def _unusable(folder: Path) -> Iterator[tuple[Path, int]]:
    """Yield each path with the descriptor of the folder that it is in, which is good until the next one."""
    bot = folder.stat().st_uid if os.geteuid() == 0 else None
    # The folder itself may be a link, as that of a systemd unit with a dynamic user is; below it none is followed.
    top = folder.resolve()
    for place, folders, files, descriptor in os.fwalk(top, onerror=None, follow_symlinks=False):
        for name in (*folders, *files):
            try:
                found = os.stat(name, dir_fd=descriptor, follow_symlinks=False)
            except (FileNotFoundError, PermissionError):
                continue  # the bot is at work, and it was of a moment; or the folder around it is named already
            usable = stat.S_ISLNK(found.st_mode)
            if bot is None:
                wanted = os.R_OK | os.W_OK | (os.X_OK if stat.S_ISDIR(found.st_mode) else 0)
                usable |= os.access(name, wanted, dir_fd=descriptor, effective_ids=True)
            else:
                # Where root itself is the bot everything is usable.
                usable |= bot in {0, found.st_uid}
            if not usable:
                yield folder / Path(place).relative_to(top) / name, descriptor
