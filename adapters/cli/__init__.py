"""The command line. `main` runs a command and turns whatever goes wrong into one sentence and an exit status."""

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from adapters.cli.endings import FAILED, INTERRUPTED, Ending, ending_of, tidy_output


def main(words: Sequence[str] | None = None) -> NoReturn:
    """Run one command of `paperround` and leave the process.

    Args:
        words: The words after the program's name; None takes this process's own.
    """
    tidy_output()
    try:
        from adapters.cli.words import app  # noqa: PLC0415 - a mistake while it loads is said like any other

        status = app(args=list(sys.argv[1:] if words is None else words), prog_name="paperround", standalone_mode=False)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read the output has gone, as `| head` does; the interpreter must not complain while it closes it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(FAILED)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except Exception as error:  # noqa: BLE001 - the top of the process: everything ends in one sentence
        _end(ending_of(error))
    sys.exit(status if isinstance(status, int) else 0)


def _end(ending: Ending) -> NoReturn:
    sys.stderr.write(f"{ending.sentence}\n")
    if ending.trace:
        sys.stderr.write(ending.trace)
    sys.exit(ending.status)
