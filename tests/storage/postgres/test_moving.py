"""An SQLite installation moved to PostgreSQL: all of it, once, or nothing."""

import hashlib
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from bot.deliveries import PlannedPart, Sent
from bot.markers import Markers
from bot.model import DeliveryKey, MessageId, destination_of
from bot.ports import DataFolderInUse, StorageUnavailable, StorageUnusable
from storage.folder import DATABASE
from storage.postgres import move, moving, open_postgres, rows_of
from storage.sqlite import open_stores
from tests.builders import MORNING, a_channel, a_member, a_paper
from tests.contracts.test_communities import leave_traces
from tests.postgres import a_database
from tests.storage.conftest import ROOT

LEASE = timedelta(minutes=2)
PAPERS = 3000


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """A data folder with something of every kind in it."""
    folder = tmp_path / "data"
    with open_stores(folder) as stores:
        stores.papers.upsert([a_paper(number, doi=f"10.1000/{number}") for number in range(PAPERS)], MORNING)
        for name in ("ana", "ben"):
            leave_traces(stores, a_member(name))
        stores.installations.keep("fake", "lab", b"\x00sealed\xff", MORNING)
        stores.access.signing_key()
    return folder


@pytest.fixture
def empty() -> Iterator[str]:
    with a_database("template0") as address:
        yield address


def content(folder: Path) -> str:
    return hashlib.sha256((folder / DATABASE).read_bytes()).hexdigest()


def test_everything_is_moved_and_goes_on_where_it_was(data_dir: Path, empty: str, tmp_path: Path) -> None:
    before = content(data_dir)
    moved = dict(move(data_dir, empty))
    assert content(data_dir) == before
    assert moved["papers"] == PAPERS
    with open_stores(data_dir) as old, open_postgres(empty, tmp_path / "new") as new:
        for name in ("ana", "ben"):
            assert new.communities.data_of(a_member(name)) == old.communities.data_of(a_member(name))
        assert new.papers.changed_after(0) == old.papers.changed_after(0)
        assert list(new.papers.all()) == list(old.papers.all())
        assert new.installations.get("fake", "lab") == b"\x00sealed\xff"
        assert new.access.signing_key() == old.access.signing_key()
        assert new.index.search(["question"], 3)
        # New rows are numbered after the moved ones, and what was planned is sent from there.
        leave_traces(new, a_member("eve"))
        assert new.papers.upsert([a_paper(PAPERS + 1)], MORNING).added == 1
        lab = a_channel("lab")
        parts = [PlannedPart(0, "payload", "marker", None)]
        key = DeliveryKey(destination_of(lab), MORNING.date())
        assert new.ledger.plan(key, lab.profile, lab, parts, late=False, digest=None, now=MORNING)
        while claim := new.ledger.claim(MORNING, LEASE):
            new.ledger.settle(claim, Sent(MessageId(claim.marker)), MORNING)
        assert len({record.message for record in new.ledger.recent(None, 100)}) == 4


def test_a_second_move_doubles_nothing_and_brings_what_came_since(data_dir: Path, empty: str) -> None:
    first = dict(move(data_dir, empty))
    assert dict(move(data_dir, empty)) == first
    with open_stores(data_dir) as stores:
        stores.papers.upsert([a_paper(PAPERS + number) for number in range(7)], MORNING)
    assert dict(move(data_dir, empty))["papers"] == PAPERS + 7
    assert sum(table == "papers" for table, _ in rows_of(empty)) == PAPERS + 7


def test_a_database_that_was_written_to_since_is_left_alone(data_dir: Path, empty: str, tmp_path: Path) -> None:
    move(data_dir, empty)
    with open_postgres(empty, tmp_path / "new") as stores:
        stores.saves.add(a_member("eve"), a_paper(1).id, MORNING)
    with pytest.raises(StorageUnusable, match="was written to since it was moved"):
        move(data_dir, empty)
    with open_postgres(empty, tmp_path / "new") as stores:
        assert stores.saves.of(a_member("eve")) == [a_paper(1).id]


def test_a_database_that_was_started_and_no_more_takes_everything(data_dir: Path, empty: str, tmp_path: Path) -> None:
    with open_postgres(empty, tmp_path / "new") as new:
        # What every start does.
        Markers(new.access)
    assert dict(move(data_dir, empty))["papers"] == PAPERS
    with open_stores(data_dir) as old, open_postgres(empty, tmp_path / "new") as new:
        assert new.access.signing_key() == old.access.signing_key()


def test_a_database_of_others_is_left_alone(data_dir: Path, empty: str, tmp_path: Path) -> None:
    with psycopg.connect(empty, autocommit=True) as connection:
        connection.execute("CREATE TABLE theirs (id int)")
    with pytest.raises(StorageUnusable, match="tables of another program"):
        move(data_dir, empty)
    other = tmp_path / "other"
    open_stores(other).close()
    with a_database() as used:
        with open_postgres(used, tmp_path / "new") as stores:
            stores.saves.add(a_member("eve"), a_paper(1).id, MORNING)
        with pytest.raises(StorageUnusable, match="has data of its own"):
            move(other, used)
    with a_database() as moved:
        move(data_dir, moved)
        with pytest.raises(StorageUnusable, match="another installation"):
            move(other, moved)


def test_nothing_is_moved_while_the_bot_runs_or_when_there_is_nothing(
    data_dir: Path, empty: str, tmp_path: Path
) -> None:
    with open_stores(data_dir), pytest.raises(DataFolderInUse):
        move(data_dir, empty)
    with pytest.raises(StorageUnusable, match="nothing to move"):
        move(tmp_path / "nowhere", empty)


def test_a_copy_that_is_not_what_was_copied_counts_for_nothing(data_dir: Path, empty: str) -> None:
    open_postgres(empty, data_dir / "new").close()
    with psycopg.connect(empty, autocommit=True) as connection:
        # A server that changes a text on its way, as a wrong encoding would.
        connection.execute(
            "CREATE FUNCTION spoil() RETURNS TRIGGER LANGUAGE plpgsql AS "
            "$$ BEGIN new.title := upper(new.title); RETURN new; END $$"
        )
        connection.execute("CREATE TRIGGER spoil BEFORE INSERT ON papers FOR EACH ROW EXECUTE FUNCTION spoil()")
        with pytest.raises(StorageUnusable, match="differs in papers"):
            move(data_dir, empty)
        assert connection.execute("SELECT count(*) FROM papers").fetchone() == (0,)
        connection.execute("DROP TRIGGER spoil ON papers")
    assert dict(move(data_dir, empty))["papers"] == PAPERS


@pytest.mark.parametrize("after_s", [0.6, 1.0, 1.5])
def test_a_move_that_is_killed_moved_nothing_and_can_be_repeated(data_dir: Path, empty: str, after_s: float) -> None:
    before = content(data_dir)
    code = f"from pathlib import Path; from storage.postgres import move; move(Path({str(data_dir)!r}), {empty!r})"
    child = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})
    time.sleep(after_s)
    child.kill()
    child.wait()
    moved = dict(Counter(table for table, _ in rows_of(empty))) if _has_schema(empty) else {}
    # It may die of the signal when it had moved everything already.
    assert moved.keys() <= {"installation", "marks"} or moved["papers"] == PAPERS
    assert dict(move(data_dir, empty))["papers"] == PAPERS
    assert content(data_dir) == before


def test_a_move_whose_server_is_lost_moved_nothing_and_can_be_repeated(
    data_dir: Path, empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = iter(range(PAPERS * 10))
    kept = moving._kept  # noqa: SLF001  # each value passes here on its way

    def cut_off(value: object) -> object:
        if next(counted) == PAPERS:
            with psycopg.connect(empty, autocommit=True) as connection:
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
        return kept(value)

    with monkeypatch.context() as patched:
        patched.setattr(moving, "_kept", cut_off)
        with pytest.raises(StorageUnavailable):
            move(data_dir, empty)
    assert {table for table, _ in rows_of(empty)} <= {"installation", "marks"}
    assert dict(move(data_dir, empty))["papers"] == PAPERS


def _has_schema(address: str) -> bool:
    with psycopg.connect(address) as connection:
        row = connection.execute("SELECT to_regclass('_paperround_steps') IS NOT NULL").fetchone()
        return bool(row and row[0])
