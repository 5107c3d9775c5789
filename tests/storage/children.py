"""What other processes do in tests: ``python -m tests.storage.children DEED FOLDER [ARGUMENT…]``; each tells of it."""

import os
import resource
import shutil
import signal
import sqlite3
import sys
import time
from datetime import timedelta
from pathlib import Path

from bot.deliveries import Sent
from bot.model import Feedback, MessageId, Verdict
from bot.ports import StorageUnavailable
from storage.archives import back_up_to
from storage.connections import open_connection
from storage.folder import DATABASE, INDEX
from storage.migrations import migrate
from storage.restore import restore
from storage.sqlite import SqliteStores, open_stores
from tests.builders import MORNING, a_channel, a_member, a_paper

LEASE = timedelta(minutes=2)


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def an_act(event: str) -> Feedback:
    return Feedback(event, a_member("ana"), a_channel(), a_paper().id, Verdict.LIKE, MORNING)


def hold(folder: Path) -> None:
    """Hold the data folder until told to end."""
    with open_stores(folder):
        say(f"holding {os.getpid()}")
        sys.stdin.readline()


def lock_writes(folder: Path, seconds: str) -> None:
    """Hold the write lock of the database for a while."""
    connection = open_connection(folder / DATABASE)
    connection.execute("BEGIN IMMEDIATE")
    say("locked")
    time.sleep(float(seconds))
    connection.execute("ROLLBACK")


def record(folder: Path) -> None:
    """Record acts and store papers for ever, saying each event after it is durable."""
    with open_stores(folder) as stores:
        number = 0
        while True:
            number += 1
            if number % 20 == 0:
                stores.papers.upsert([a_paper(number + offset) for offset in range(20)], MORNING)
                say(f"papers {number}")
            stores.feedback.record(an_act(f"e{number}"))
            say(f"act e{number}")


def send(folder: Path) -> None:
    """Claim, say so, settle, say so, until nothing is left."""
    with SqliteStores(folder / DATABASE, folder / INDEX) as stores:
        while claim := stores.ledger.claim(MORNING, LEASE):
            name = f"{claim.channel.id} {claim.part}"
            say(f"claimed {name}")
            stores.ledger.settle(claim, Sent(MessageId(name)), MORNING)
            say(f"sent {name}")


def back_up_again_and_again(folder: Path, copies: str, suffix: str) -> None:
    """Take one backup after the other while acts are recorded, saying how many acts each must hold."""
    Path(copies).mkdir()
    with open_stores(folder) as stores:
        number = 0
        while True:
            for _ in range(20):
                stores.feedback.record(an_act(f"e{number}"))
                number += 1
            back_up_to(folder / DATABASE, Path(copies) / f"{number}{suffix}", "1.0", MORNING)
            say(f"{number}")


def restore_again_and_again(folder: Path, copy: str) -> None:
    """Put the same backup back for ever, saying each time that it is in its place."""
    while True:
        restore(Path(copy), folder)
        say("restored")


def fill(folder: Path) -> None:
    """Record acts until the disk refuses one, say how many were acknowledged, and try a last one after making room."""
    ballast = folder.parent / "ballast"
    with open_stores(folder) as stores:
        number = 0
        try:
            while True:
                stores.feedback.record(an_act(f"e{number}"))
                number += 1
        except StorageUnavailable as error:
            say(f"refused after {number}: {error}")
        ballast.unlink(missing_ok=True)
        stores.feedback.record(an_act("last"))
        say("went on")


def fill_up_to(folder: Path, cap: str) -> None:
    """Let no file grow beyond ``cap`` bytes, which the database meets as a write that fails."""
    with open_stores(folder) as stores:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(cap), resource.RLIM_INFINITY))
        number = 0
        try:
            while True:
                stores.feedback.record(an_act(f"e{number}"))
                number += 1
        except StorageUnavailable as error:
            say(f"refused after {number}: {error}")
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        stores.feedback.record(an_act("last"))
        say("went on")


def migrate_and_die(folder: Path, last_statement: str) -> None:
    """Upgrade an empty database and die just before its n-th statement."""
    left = int(last_statement)

    def count(_: str) -> None:
        nonlocal left
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1

    database = folder / DATABASE
    database.touch()
    connection: sqlite3.Connection = open_connection(database)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.set_trace_callback(count)
    migrate(connection)
    say(f"finished with {left} left")


def restore_and_die(folder: Path, copy: str, stride: str) -> None:
    """Restore over copies of a folder, dying some file operations later each time; say when one ended."""
    for last in range(0, 1000, int(stride)):
        data = folder.with_name(f"at{last}")
        shutil.copytree(folder, data)
        child = os.fork()
        if child == 0:
            _die_at(last)
            restore(Path(copy), data)
            os._exit(0)
        if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0:
            say(str(last))
            return


def _die_at(operation: int) -> None:
    """Let this process die just before it opens, renames or removes a file for the n-th time."""
    left = operation

    def count(event: str, _: object) -> None:
        nonlocal left
        if event in {"open", "os.rename", "os.remove", "os.mkdir", "sqlite3.connect"}:
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            left -= 1

    sys.addaudithook(count)


DEEDS = {
    deed.__name__: deed
    for deed in (
        hold,
        lock_writes,
        record,
        send,
        back_up_again_and_again,
        restore_again_and_again,
        fill,
        fill_up_to,
        migrate_and_die,
        restore_and_die,
    )
}

if __name__ == "__main__":
    DEEDS[sys.argv[1]](Path(sys.argv[2]), *sys.argv[3:])
