"""One thread owns the write connection and commits in groups: one sync of the disk acknowledges many callers."""

import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import closing
from queue import SimpleQueue
from typing import TypeVar

from bot.ports import StorageUnavailable
from storage.sqlite_errors import CONNECTION_GONE_BAD, DAMAGED, OUT_OF_REACH, primary_code, translated

T = TypeVar("T")

# A group is committed at this size at the latest, so that the first of a flood does not wait for the last.
GROUP_CAP = 1000

# How long the callers of a group are woken one by one; some hundreds are awake by then. In seconds.
PATIENCE = 0.01


class Deed:
    """Something to write, who waits for it, and what came of it."""

    __slots__ = ("act", "done", "error", "result")

    def __init__(self, act: Callable[[sqlite3.Connection], object]) -> None:
        self.act = act
        self.result: object = None
        self.error: Exception | None = None
        # A bare lock wakes its waiter about ten times cheaper than a Future or an Event does.
        self.done = _held_lock()


class Writer:
    """Runs deeds in the order of asking; each is whole or not at all, and durable when `write` returns.

    A deed may be run more than once, all but the last time without effect: it must change nothing but the database.
    """

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        """Begin to serve; ``connect`` opens the connection, now and whenever the old one went bad.

        Raises:
            sqlite3.Error: The connection cannot be opened now.
        """
        self._connect = connect
        self._connection: sqlite3.Connection | None = connect()
        self._queue: SimpleQueue[Deed | None] = SimpleQueue()
        self._asleep: deque[threading.Lock] = deque()
        self._gate = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._serve, name="paperround-writer", daemon=True)
        self._thread.start()

    def write(self, act: Callable[[sqlite3.Connection], T]) -> T:
        """Run ``act`` inside a transaction and return what it returned, after the commit.

        Raises:
            StorageUnavailable: Nothing was changed.
            Exception: Whatever ``act`` raised; then nothing of it was changed.
        """
        deed = Deed(act)
        with self._gate:
            if self._closed:
                raise StorageUnavailable("The store is closed.")
            self._queue.put(deed)
        deed.done.acquire()
        self._wake_next()
        if deed.error is not None:
            raise deed.error
        return deed.result  # type: ignore[return-value]  # it is what ``act`` returned

    def empty_the_log(self) -> None:
        """Move what was written into the database file and empty the log, so that nothing erased is left in it.

        With a reader in the middle of the log it stays until the next time.
        """
        try:
            with closing(self._connect()) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.Error as error:
            raise translated(error) from error

    def close(self) -> None:
        """Finish what was asked for, then close the connection."""
        with self._gate:
            if self._closed:
                return
            self._closed = True
            self._queue.put(None)
        self._thread.join()

    def _serve(self) -> None:
        open_for_more = True
        while open_for_more:
            waiting = [self._queue.get()]
            waiting += [self._queue.get() for _ in range(min(self._queue.qsize(), GROUP_CAP - 1))]
            deeds = [deed for deed in waiting if deed is not None]
            open_for_more = len(deeds) == len(waiting)
            if deeds:
                self._commit(deeds)
                self._wake(deeds)
        if self._connection is not None:
            self._connection.close()

    def _wake(self, deeds: Sequence[Deed]) -> None:
        """Wake whoever waits for a deed: each wakes the next one, and the last of them this thread.

        Woken all at once they would only wait again, for the interpreter, each at one more switch of threads. And when
        the last one is awake the first have asked for more, so that under a flood every group is a full one.
        """
        if len(deeds) == 1:
            deeds[0].done.release()
            return
        last = _held_lock()
        self._asleep.extend([*(deed.done for deed in deeds), last])
        self._wake_next()
        if not last.acquire(timeout=PATIENCE):
            # One of them was stopped, or something else keeps the interpreter busy.
            while self._wake_next():
                pass

    def _wake_next(self) -> bool:
        """Wake one that waits for nothing any more; False when all are awake."""
        try:
            self._asleep.popleft().release()
        except IndexError:
            return False
        return True

    def _commit(self, deeds: Sequence[Deed]) -> None:
        # A savepoint for each deed would cost more than many a deed. So a group is tried without; only when one of it
        # fails, it is run again with them, and when the transaction as a whole is lost, each deed stands for itself.
        if self._together(deeds) or len(deeds) == 1:
            return
        if not self._together(deeds, guarded=True):
            for deed in deeds:
                self._together([deed])

    def _together(self, deeds: Sequence[Deed], *, guarded: bool = False) -> bool:
        """Run deeds in one transaction; False when it failed as a whole, with the error left in each deed."""
        try:
            connection = self._connection = self._connection or self._connect()
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            self._fail(deeds, error)
            return True  # each alone would only wait as long once more
        try:
            for deed in deeds:
                deed.error = None
                if guarded:
                    _run_guarded(connection, deed)
                else:
                    deed.result = deed.act(connection)
            connection.execute("COMMIT")
        except Exception as error:  # noqa: BLE001  # whatever it is, it is raised where the deed was asked for
            self._fail(deeds, error)
            return False
        return True

    def _fail(self, deeds: Sequence[Deed], error: Exception) -> None:
        for deed in deeds:
            deed.error = translated(error) if isinstance(error, sqlite3.Error) else error
        connection = self._connection
        if connection is None:
            return
        bad = isinstance(error, sqlite3.Error) and primary_code(error) in CONNECTION_GONE_BAD
        try:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        except sqlite3.Error:
            bad = True  # it is closed instead, which undoes the transaction too
        if bad:
            connection.close()
            self._connection = None


def _held_lock() -> threading.Lock:
    lock = threading.Lock()
    lock.acquire()
    return lock


def _run_guarded(connection: sqlite3.Connection, deed: Deed) -> None:
    connection.execute("SAVEPOINT deed")
    try:
        deed.result = deed.act(connection)
    except Exception as error:
        # A full or failing disk may end the whole transaction, savepoints included: then nobody's deed is done.
        if isinstance(error, sqlite3.Error) and primary_code(error) in OUT_OF_REACH | DAMAGED:
            raise
        connection.execute("ROLLBACK TO deed")
        deed.error = translated(error) if isinstance(error, sqlite3.Error) else error
    connection.execute("RELEASE deed")
