"""A newer release upgrades the database while processes of this one run: they go on, or are shut out for good."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from bot.deliveries import PlannedPart, Sent
from bot.model import DeliveryKey, MessageId, destination_of
from bot.ports import StorageOvertaken, StorageUnusable
from storage.postgres import inspect, open_postgres
from storage.postgres.stores import PostgresStores
from storage.sql import Connection
from tests.builders import MORNING, a_channel
from tests.postgres import a_database
from tests.storage.conftest import ROOT
from tests.storage.postgres.next_release import ADDS, CHANGES, INDEXES
from tests.storage.postgres.senders import LEASE

PATIENCE_S = 120
# Then a statement is a prepared one on each of the few connections.
OFTEN = 30

VALID = """
    SELECT indisvalid FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid WHERE relname = 'deliveries_community'
"""
WAITS_FOR_A_LOCK = "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'deliveries'::regclass"
WAITS_FOR_OTHERS = "SELECT 1 FROM pg_stat_progress_create_index WHERE relid = 'deliveries'::regclass"

Upgrade = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def address() -> Iterator[str]:
    with a_database() as address:
        yield address


@pytest.fixture
def upgrade(address: str) -> Iterator[Upgrade]:
    with ExitStack() as ends:

        def start(*steps: str) -> "subprocess.Popen[str]":
            child = subprocess.Popen(
                [sys.executable, "-m", "tests.storage.postgres.next_release", address, *steps],
                cwd=ROOT,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            ends.callback(child.communicate)
            ends.callback(child.kill)
            return child

        yield start


def taken(child: "subprocess.Popen[str]") -> list[str]:
    said, wrong = child.communicate(timeout=PATIENCE_S)
    assert child.returncode == 0, wrong
    return said.split()


def send_one(stores: PostgresStores, name: str) -> None:
    channel = a_channel(name)
    key = DeliveryKey(destination_of(channel), MORNING.date())
    parts = [PlannedPart(0, "payload", f"marker {name}", None)]
    assert stores.ledger.plan(key, channel.profile, channel, parts, late=False, digest=None, now=MORNING)
    claim = stores.ledger.claim(MORNING, LEASE)
    assert claim is not None
    stores.ledger.settle(claim, Sent(MessageId(name)), MORNING)
    assert [record.message for record in stores.ledger.of(key)] == [name]


def until(address: str, question: str) -> None:
    end = time.monotonic() + PATIENCE_S
    with psycopg.connect(address, autocommit=True) as connection:
        while not connection.execute(question.encode()).fetchall():
            assert time.monotonic() < end
            time.sleep(0.02)


def test_beside_steps_that_only_add_an_older_process_goes_on_and_may_start(
    address: str, upgrade: Upgrade, tmp_path: Path
) -> None:
    with open_postgres(address, tmp_path) as stores, open_postgres(address, tmp_path) as reading:
        for number in range(OFTEN):
            send_one(stores, f"before-{number}")
            assert len(reading.ledger.recent(None, 100)) == number + 1
        assert taken(upgrade(ADDS, INDEXES)) == [ADDS, INDEXES]
        # What was prepared before would now return another column.
        assert len(reading.ledger.recent(None, 100)) == OFTEN
        for number in range(OFTEN):
            send_one(stores, f"after-{number}")
    with open_postgres(address, tmp_path) as stores:
        send_one(stores, "started-again")
    found = inspect(address, MORNING)
    assert found is not None
    assert (found.unknown, found.papers) == ((), 0)
    with psycopg.connect(address) as connection:
        assert connection.execute(VALID).fetchone() == (True,)


def test_by_any_other_step_an_older_process_is_shut_out_for_good(
    address: str, upgrade: Upgrade, tmp_path: Path
) -> None:
    with open_postgres(address, tmp_path) as stores:
        send_one(stores, "before")
        assert taken(upgrade(ADDS, CHANGES)) == [ADDS, CHANGES]
        for ask in (stores.ledger.newest, lambda: stores.ledger.claim(MORNING, LEASE), stores.papers.count):
            with pytest.raises(StorageOvertaken, match=f"{CHANGES} is unknown here.*Install that release"):
                ask()
    with pytest.raises(StorageUnusable, match=CHANGES):
        open_postgres(address, tmp_path)
    found = inspect(address, MORNING)
    assert found is not None
    assert found.unknown == (CHANGES,)


def test_what_an_older_process_has_under_way_when_it_is_shut_out_does_not_happen(
    address: str, upgrade: Upgrade, tmp_path: Path
) -> None:
    with open_postgres(address, tmp_path) as stores:

        def wait_and_write(connection: Connection) -> None:
            connection.execute("INSERT INTO marks (name, number) VALUES ('late', 1)")
            assert taken(upgrade(CHANGES)) == [CHANGES]
            connection.execute("UPDATE marks SET number = 2 WHERE name = 'late'")

        with pytest.raises(Exception, match="PostgreSQL"):
            stores.communities._writer.write(wait_and_write)  # noqa: SLF001  # a transaction that takes its time
    with psycopg.connect(address) as connection:
        assert connection.execute("SELECT count(*) FROM marks WHERE name = 'late'").fetchone() == (0,)


@pytest.mark.parametrize(("step", "seen"), [(ADDS, WAITS_FOR_A_LOCK), (INDEXES, WAITS_FOR_OTHERS)])
def test_an_upgrade_that_has_to_wait_for_somebody_lets_everybody_else_pass(
    address: str, upgrade: Upgrade, tmp_path: Path, step: str, seen: str
) -> None:
    with open_postgres(address, tmp_path) as stores, ThreadPoolExecutor(1) as thread:
        send_one(stores, "before")
        with psycopg.connect(address) as somebody:
            somebody.execute("UPDATE deliveries SET late = late")
            child = upgrade(step)
            until(address, seen)
            thread.submit(send_one, stores, "meanwhile").result(PATIENCE_S)
            assert child.poll() is None
        assert taken(child) == [step]


@pytest.mark.parametrize("steps", [[INDEXES], [INDEXES, CHANGES]])
def test_an_index_that_a_killed_upgrade_left_half_built_is_built_anew(
    address: str, upgrade: Upgrade, steps: list[str]
) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE INDEX deliveries_community ON deliveries (community)")
        connection.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'deliveries_community'::regclass")
        assert taken(upgrade(*steps)) == steps
        assert connection.execute(VALID).fetchone() == (True,)
