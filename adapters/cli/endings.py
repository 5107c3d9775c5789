"""How a command ends: its exit status and, when something is wrong, the one sentence about it."""

import errno
import sys
import traceback
from dataclasses import dataclass
from io import TextIOWrapper
from typing import Final

from typer import Abort, TyperException

DONE: Final = 0
FAILED: Final = 1
MISUSED: Final = 2
FOLDER_IN_USE: Final = 3
UNUSABLE: Final = 4
INTERRUPTED: Final = 130


class Failed(Exception):
    """The work could not be done; the text is a whole sentence."""


class Misused(Exception):
    """The words given to a command are wrong; the text is a whole sentence."""


@dataclass(frozen=True, slots=True)
class Ending:
    """``trace`` is empty unless the host asked for it with `PAPERROUND_LOG=debug`."""

    status: int
    sentence: str
    trace: str = ""


def ending_of(error: Exception) -> Ending:
    """Return how the process ends on an error: a status of DESIGN's table and one sentence."""
    status, sentence = _told(error)
    return Ending(status, " ".join(sentence.split()), _trace(error))


def tidy_output() -> None:
    """Let no text fail for its script: what the terminal's encoding lacks is written escaped."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _told(error: Exception) -> tuple[int, str]:  # noqa: C901, PLR0911 - one line for each way to end
    # Imported here, so that the commands which need none of it answer at once.
    from adapters.settings import BadSettings  # noqa: PLC0415
    from bot.announcements import SourceFailed  # noqa: PLC0415
    from bot.ports import DataFolderInUse, StorageUnavailable, StorageUnusable  # noqa: PLC0415

    match error:
        case BadSettings():
            return MISUSED, f"{error}; set it in the environment or in .env."
        case Misused():
            return MISUSED, str(error)
        case Failed():
            return FAILED, str(error)
        case TyperException():
            return MISUSED, _usage(error.format_message())
        case Abort():
            return FAILED, "Nothing was changed."
        case DataFolderInUse():
            return FOLDER_IN_USE, str(error)
        case StorageUnusable():
            return UNUSABLE, str(error)
        case StorageUnavailable():
            return FAILED, f"The data could not be stored: {error}. Nothing of the last step was changed; try it again."
        case SourceFailed():
            return FAILED, f"{error.why.rstrip('.')}."
        case OSError(errno=errno.ENOSPC):
            return FAILED, "The disk is full; free some space and run the same command again."
        case OSError(filename=str(name)):
            return FAILED, f"{name}: {error.strerror}."
        case _:
            told = str(error) or "no further word"
            return FAILED, f"This went wrong: {type(error).__name__}: {told}. PAPERROUND_LOG=debug shows where."


def _usage(message: str) -> str:
    return f"{message.rstrip('.')}{'' if message.endswith('?') else '.'} Say paperround --help to see what there is."


def _trace(error: Exception) -> str:
    from adapters.settings import traces_wanted  # noqa: PLC0415

    return "".join(traceback.format_exception(error)) if traces_wanted() else ""
