"""The command line. `main` runs a command and turns whatever goes wrong into one sentence and an exit status."""

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from adapters.cli.endings import FAILED, INTERRUPTED, Ending, ending_of, tidy_output

# A product of matrices here takes a millisecond; on several threads it takes the cores from those who answer, and with
# other work on the machine they wait for each other thirty times as long. To be said before the library is loaded.
ONE_THREAD = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS", "BLIS_NUM_THREADS")


def main(words: Sequence[str] | None = None) -> NoReturn:
    """Run one command of `paperround` and leave the process.

    Args:
        words: The words after the program's name; None takes this process's own.
    """
    tidy_output()
    said = list(sys.argv[1:] if words is None else words)
    for name in ONE_THREAD:
        os.environ.setdefault(name, "1")
    try:
        from adapters.cli.words import app  # noqa: PLC0415 - a mistake while it loads is said like any other

        status = app(args=said, prog_name="paperround", standalone_mode=False)
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
