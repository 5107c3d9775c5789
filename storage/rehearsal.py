"""Papers taken in as if for good, inside a transaction that is then undone: what would become of them, exactly."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from storage.sql import Connection

T = TypeVar("T")


class Rehearsal:
    """`storage.sql.Writer` and `storage.sql.Readers` on one connection, whose transaction somebody else ends.

    Whoever reads sees what was written before, as it would be after a commit.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        # A connection serves one thread at a time.
        self._turn = threading.Lock()

    def write(self, act: Callable[[Connection], T]) -> T:
        with self._turn:
            return act(self._connection)

    def empty_the_log(self) -> None:
        """Do nothing: nothing is kept."""

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with self._turn:
            yield self._connection
