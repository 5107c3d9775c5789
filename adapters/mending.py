"""`doctor --fix`: only what loses nothing. What a host has to decide is told, never done."""

from pathlib import Path

from adapters.checkup_outside import OTHERS
from adapters.main import mend_data
from adapters.ownership import made_usable
from adapters.settings import ENV_FILE, Settings
from bot.ports import DataFolderInUse, StorageUnavailable, StorageUnusable


def mended(settings: Settings) -> list[str]:
    """Put right what is safe to; return what was done, and what could not be, a sentence each."""
    done = [
        f"{path} is its owner's alone now."
        for path, mode in ((settings.data_dir, 0o700), (Path(ENV_FILE), 0o600))
        if path.exists() and _made_private(path, mode)
    ]
    try:
        done += mend_data(settings)
    except DataFolderInUse:
        done.append("The database was left as it is: stop the bot first.")
    except (StorageUnusable, StorageUnavailable):
        # What is wrong with it is told by the look over it that follows.
        done.append("The database was left as it is: it cannot be read.")
    # At the end, since what was done as root so far may have left a file.
    given = made_usable(settings.data_dir) if settings.data_dir.is_dir() else []
    return [*done, *(f"{path} belongs to the owner of {settings.data_dir} now." for path in given)]


def _made_private(path: Path, mode: int) -> bool:
    if not path.stat().st_mode & OTHERS:
        return False
    path.chmod(mode)
    return True
