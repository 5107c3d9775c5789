"""`doctor --fix`: only what loses nothing. What a host has to decide is told, never done."""

from pathlib import Path

from adapters.checkup_outside import OTHERS
from adapters.main import mend_data
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
        return [*done, *mend_data(settings)]
    except DataFolderInUse:
        return [*done, "The database was left as it is: stop the bot first."]
    except (StorageUnusable, StorageUnavailable):
        # What is wrong with it is told by the look over it that follows.
        return [*done, "The database was left as it is: it cannot be read."]


def _made_private(path: Path, mode: int) -> bool:
    if not path.stat().st_mode & OTHERS:
        return False
    path.chmod(mode)
    return True
