"""Whose turn it is, among all processes on one PostgreSQL: advisory locks, which end with the process that has them."""

import threading

import psycopg
from psycopg.rows import DictRow

from storage.postgres.connections import connect
from storage.postgres.errors import in_our_words

TAKE = "SELECT pg_try_advisory_lock(hashtext('paperround'), hashtext(%(name)s)) AS taken"
GIVE_BACK = "SELECT pg_advisory_unlock(hashtext('paperround'), hashtext(%(name)s))"


class PostgresTurns:
    """`bot.ports.Turns` in PostgreSQL, on one connection of its own: a lock belongs to its connection.

    When the connection is lost so are all turns. Whoever has one goes on; another may begin the same work beside it,
    which costs that work once more and doubles nothing.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        self._connection: psycopg.Connection[DictRow] | None = None
        # A session may take its own lock again, so this process asks itself first.
        self._held: set[str] = set()
        self._looking = threading.Lock()

    def take(self, name: str) -> bool:
        with self._looking, in_our_words():
            if self._connection is None or self._connection.closed:
                self._held.clear()
                self._connection = connect(self._address)
            if name in self._held:
                return False
            taken = bool(self._connection.execute(TAKE, {"name": name}).fetchall()[0]["taken"])
            if taken:
                self._held.add(name)
            return taken

    def give_back(self, name: str) -> None:
        with self._looking, in_our_words():
            if name not in self._held:
                return
            self._held.discard(name)
            if self._connection is not None and not self._connection.closed:
                self._connection.execute(GIVE_BACK, {"name": name})

    def close(self) -> None:
        with self._looking:
            if self._connection is not None:
                self._connection.close()
