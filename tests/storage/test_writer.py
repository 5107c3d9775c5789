import ctypes
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from bot.ports import StorageUnavailable, StorageUnusable
from storage.connections import Readers, open_connection
from storage.folder import DATABASE
from storage.writer import Writer
from tests.storage.conftest import Start

ADD = "INSERT INTO source_states (source, cursor, etag, last_modified, moved_to, failures, error, told) VALUES (?, '', '', '', '', 0, '', 0)"  # noqa: E501


class Watched:
    """A writer whose connections are counted, on a database whose rows can be read."""

    def __init__(self, database: Path) -> None:
        self.database = database
        self.connections: list[sqlite3.Connection] = []
        self.commits = 0
        self.writer = Writer(self.connect)

    def connect(self) -> sqlite3.Connection:
        connection = open_connection(self.database, busy_timeout=timedelta(seconds=1))
        connection.set_trace_callback(self._count)
        self.connections.append(connection)
        return connection

    def add(self, name: str) -> str:
        def deed(connection: sqlite3.Connection) -> str:
            connection.execute(ADD, [name])
            return name

        return self.writer.write(deed)

    def names(self) -> set[str]:
        with Readers(self.database).reading() as connection:
            return {row["source"] for row in connection.execute("SELECT source FROM source_states")}

    def _count(self, statement: str) -> None:
        self.commits += statement == "COMMIT"


def refusal(deed: Callable[[], object]) -> str:
    try:
        deed()
    except sqlite3.OperationalError as error:
        return str(error)
    return "it was done"


@pytest.fixture
def watched(data_dir: Path) -> Iterator[Watched]:
    found = Watched(data_dir / DATABASE)
    yield found
    found.writer.close()


def while_the_writer_is_busy(watched: Watched, *deeds: Callable[[], object]) -> list[object]:
    """Queue deeds behind one that lasts, so that they are one group; return what each gave or raised."""
    begun, go_on = threading.Event(), threading.Event()

    def last(_: sqlite3.Connection) -> None:
        begun.set()
        go_on.wait(10)

    def outcome(deed: Callable[[], object]) -> object:
        try:
            return deed()
        except Exception as error:  # noqa: BLE001  # what was raised is the outcome
            return error

    with ThreadPoolExecutor(len(deeds) + 1) as threads:
        first = threads.submit(watched.writer.write, last)
        begun.wait(10)
        queued = []
        for number, deed in enumerate(deeds, 1):
            queued.append(threads.submit(outcome, deed))
            while watched.writer._queue.qsize() < number:  # noqa: SLF001  # the order of queueing matters here
                time.sleep(0.001)
        go_on.set()
        first.result(10)
        return [found.result(10) for found in queued]


def test_what_a_deed_returns_comes_back_after_the_commit(watched: Watched) -> None:
    assert watched.add("one") == "one"
    assert watched.names() == {"one"}


def test_what_waited_together_is_committed_together(watched: Watched) -> None:
    before = watched.commits
    names = [f"n{number}" for number in range(50)]
    assert while_the_writer_is_busy(watched, *(lambda name=name: watched.add(name) for name in names)) == names
    assert watched.names() == set(names)
    assert watched.commits - before == 2


def test_a_failing_deed_leaves_nothing_behind_and_fails_nobody_else(watched: Watched) -> None:
    def fails() -> None:
        def deed(connection: sqlite3.Connection) -> None:
            connection.execute(ADD, ["half"])
            connection.execute(ADD, ["before"])

        watched.writer.write(deed)

    def raises() -> None:
        def deed(connection: sqlite3.Connection) -> None:
            connection.execute(ADD, ["half"])
            raise KeyError("ours")

        watched.writer.write(deed)

    before = watched.commits
    found = while_the_writer_is_busy(
        watched, lambda: watched.add("before"), fails, raises, lambda: watched.add("after")
    )
    assert [type(outcome) for outcome in found] == [str, sqlite3.IntegrityError, KeyError, str]
    assert watched.commits - before == 2
    assert watched.names() == {"before", "after"}


def test_a_caller_that_is_stopped_as_it_wakes_keeps_nobody_else_asleep(watched: Watched) -> None:
    class Stopped(Exception):  # an order, not an error
        pass

    idents: list[int] = []

    def is_stopped() -> None:
        idents.append(threading.get_ident())
        watched.add("stopped")

    def stops_it() -> str:
        assert ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(idents[0]), ctypes.py_object(Stopped)) == 1
        return watched.add("second")

    found = while_the_writer_is_busy(
        watched, lambda: watched.add("first"), is_stopped, stops_it, lambda: watched.add("third")
    )
    assert [type(outcome) for outcome in found] == [str, Stopped, str, str]
    assert watched.names() == {"first", "stopped", "second", "third"}


def test_a_deed_too_big_for_the_disk_fails_alone(watched: Watched) -> None:
    def cap(connection: sqlite3.Connection) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + 2}")

    def big() -> None:
        watched.writer.write(lambda connection: connection.execute(ADD, ["x" * 100_000]))

    watched.writer.write(cap)
    found = while_the_writer_is_busy(watched, lambda: watched.add("before"), big, lambda: watched.add("after"))
    assert [type(outcome) for outcome in found] == [str, StorageUnavailable, str]
    assert watched.names() == {"before", "after"}
    assert len(watched.connections) == 1


def test_s3_a_write_waits_for_another_process_that_holds_the_lock(watched: Watched, start: Start) -> None:
    other = start("lock_writes", watched.database.parent, 0.4)
    assert other.stdout is not None
    other.stdout.readline()
    began = time.monotonic()
    assert watched.add("patient") == "patient"
    assert time.monotonic() - began > 0.2


def test_nobody_writes_between_what_a_deed_reads_and_what_it_writes(watched: Watched) -> None:
    def looks_then_writes(connection: sqlite3.Connection) -> int:
        seen: int = connection.execute("SELECT count(*) FROM source_states").fetchone()[0]
        with closing(open_connection(watched.database, busy_timeout=timedelta(0))) as other:
            said = refusal(lambda: other.execute(ADD, ["in between"]))
        assert "locked" in said
        connection.execute(ADD, ["mine"])
        return seen

    assert watched.writer.write(looks_then_writes) == 0
    assert watched.names() == {"mine"}


def test_s3_a_lock_held_too_long_is_storage_unavailable_and_nothing_is_changed(watched: Watched, start: Start) -> None:
    other = start("lock_writes", watched.database.parent, 3)
    assert other.stdout is not None
    other.stdout.readline()
    with pytest.raises(StorageUnavailable, match="locked"):
        watched.add("impatient")
    assert watched.names() == set()
    other.wait()
    assert watched.add("again") == "again"


def test_a_reader_never_waits_for_a_writer(watched: Watched) -> None:
    def slow(connection: sqlite3.Connection) -> set[str]:
        connection.execute(ADD, ["unseen"])
        return watched.names()

    assert watched.writer.write(slow) == set()
    assert watched.names() == {"unseen"}


def test_a_connection_that_went_bad_is_opened_anew(watched: Watched) -> None:
    watched.add("before")
    watched.connections[0].execute("PRAGMA query_only = ON")
    with pytest.raises(StorageUnavailable, match="readonly"):
        watched.add("lost")
    assert watched.add("after") == "after"
    assert len(watched.connections) == 2
    assert watched.names() == {"before", "after"}


def test_damage_met_on_the_way_is_said_as_such(watched: Watched) -> None:
    def damaged(_: sqlite3.Connection) -> None:
        error = sqlite3.DatabaseError("database disk image is malformed")
        error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise error

    with pytest.raises(StorageUnusable, match="restore the newest backup"):
        watched.writer.write(damaged)


def test_our_own_mistakes_rise_as_they_are(watched: Watched) -> None:
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        watched.writer.write(lambda connection: connection.execute("SELECT * FROM nowhere"))
    with pytest.raises(sqlite3.OperationalError, match="no such table"), Readers(watched.database).reading() as reader:
        reader.execute("SELECT * FROM nowhere")


def test_closing_finishes_what_was_asked_for(watched: Watched) -> None:
    with ThreadPoolExecutor(20) as threads:
        asked = [threads.submit(watched.add, f"n{number}") for number in range(200)]
        time.sleep(0.01)
        watched.writer.close()
    finished = [found.result() for found in asked if found.exception() is None]
    refused = [found.exception() for found in asked if found.exception() is not None]
    assert watched.names() == set(finished)
    assert all(isinstance(error, StorageUnavailable) for error in refused)


def test_a_reader_only_reads(watched: Watched) -> None:
    with pytest.raises(StorageUnavailable, match="readonly"), Readers(watched.database).reading() as connection:
        connection.execute(ADD, ["smuggled"])
    assert watched.names() == set()
