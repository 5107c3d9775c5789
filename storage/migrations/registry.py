"""Where steps enroll: in the order in which their files are read."""

from collections.abc import Callable
from typing import TypeVar

from sqlite_utils import Database, Migrations

migrations = Migrations("paperround")

# Names of steps that processes of a release that does not know them may go on beside; only PostgreSQL has several.
EXPANDING: set[str] = set()

Step = TypeVar("Step", bound=Callable[[Database], None])


def expands(step: Step) -> Step:
    """Mark a step that only adds: tables, indexes, columns that may be left out when a row is written.

    An older release neither fills nor reads what it adds, and must do no harm by that. So a table about members or
    communities is none for it: they would be erased without it. Nor is a column with a CHECK, for which the whole
    table is read while nobody can use it.
    """
    EXPANDING.add(step.__name__)
    return step
