import signal
import socket
import sqlite3
from collections.abc import Callable
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest

from bot.ports import DataFolderInUse, StorageUnavailable, StorageUnusable
from storage.backup import back_up
from storage.connections import open_connection
from storage.folder import DATABASE, STAMP
from storage.rotation import BACKUPS
from storage.sqlite import open_stores
from tests.builders import MORNING, a_paper
from tests.storage.conftest import Start


def contents(folder: Path) -> dict[str, str]:
    """Return what an onlooker must find untouched: the database and the stamp."""
    paths = [path for path in folder.iterdir() if path.name in {DATABASE, STAMP}]
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in paths}


def refused(folder: Path) -> str:
    before = contents(folder)
    with pytest.raises(StorageUnusable) as raised:
        open_stores(folder)
    assert contents(folder) == before
    return str(raised.value)


def with_papers(data_dir: Path) -> Path:
    with open_stores(data_dir) as stores:
        stores.papers.upsert([a_paper(number, abstract="word " * 200) for number in range(1, 200)], MORNING)
    return data_dir / DATABASE


def test_s4_a_second_process_is_told_who_holds_the_folder(tmp_path: Path, start: Start) -> None:
    holder = start("hold", tmp_path / "data")
    assert holder.stdout is not None
    pid = holder.stdout.readline().split()[1]
    with pytest.raises(DataFolderInUse, match=f"process {pid} on {socket.gethostname()}"):
        open_stores(tmp_path / "data")
    holder.communicate("end\n")
    assert holder.returncode == 0
    open_stores(tmp_path / "data").close()


def test_a_killed_process_holds_nothing(tmp_path: Path, start: Start) -> None:
    holder = start("hold", tmp_path / "data")
    assert holder.stdout is not None
    holder.stdout.readline()
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    open_stores(tmp_path / "data").close()


def test_one_process_cannot_open_a_folder_twice_either(data_dir: Path) -> None:
    with open_stores(data_dir), pytest.raises(DataFolderInUse):
        open_stores(data_dir)


def test_a_folder_that_was_refused_is_let_go(data_dir: Path) -> None:
    (data_dir / DATABASE).write_bytes(b"")
    assert refused(data_dir) == refused(data_dir)


def test_a_file_where_the_folder_should_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("mine")
    for folder in (tmp_path / "data", tmp_path / "data" / "below"):
        with pytest.raises(StorageUnusable, match="is a file, not a folder"):
            open_stores(folder)
    assert (tmp_path / "data").read_text() == "mine"


def test_s7_a_folder_that_can_only_be_read_is_refused(mount: Callable[..., Path]) -> None:
    folder = mount("size=1m,ro")
    with pytest.raises(StorageUnusable, match="Nothing can be written in the data folder"):
        open_stores(folder)


@pytest.mark.parametrize("left", [None, b""])
def test_s6_a_lost_database_is_never_taken_for_a_fresh_start(data_dir: Path, left: bytes | None) -> None:
    (data_dir / DATABASE).unlink()
    if left is not None:
        (data_dir / DATABASE).write_bytes(left)
    said = refused(data_dir)
    assert "is missing" in said if left is None else "is empty (0 bytes)" in said
    assert "paperround restore" in said


def test_a_first_start_that_was_killed_is_begun_again(tmp_path: Path) -> None:
    (tmp_path / DATABASE).touch()
    open_stores(tmp_path).close()
    assert (tmp_path / STAMP).exists()


@pytest.mark.parametrize("table", ["papers", "feedback", "delivery_parts", "paper_texts_data", "sqlite_schema"])
def test_s5_a_damaged_page_is_seen_at_the_start(data_dir: Path, table: str) -> None:
    database = with_papers(data_dir)
    with closing(open_connection(database)) as connection:
        row = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", [table]).fetchone()
        page_bytes = connection.execute("PRAGMA page_size").fetchone()[0]
    with database.open("r+b") as file:
        # Page 1 begins with the header of the file, 100 bytes that are not the table's.
        file.seek((row["rootpage"] - 1) * page_bytes if row else 100)
        file.write(b"\xa5" * 2048)
    assert "is damaged" in refused(data_dir)


def test_s5_a_file_cut_in_half_is_seen_at_the_start(data_dir: Path) -> None:
    database = with_papers(data_dir)
    with database.open("r+b") as file:
        file.truncate(database.stat().st_size // 2)
    assert "is damaged" in refused(data_dir)


def test_what_is_no_database_at_all_is_refused(data_dir: Path) -> None:
    (data_dir / DATABASE).write_text("Dear diary, " * 500)
    assert "is damaged" in refused(data_dir)


def test_the_newest_backup_is_named_where_one_is_needed(data_dir: Path) -> None:
    (data_dir / BACKUPS).mkdir()
    back_up(data_dir / DATABASE, data_dir / BACKUPS / "monday.db")
    (data_dir / DATABASE).write_bytes(b"")
    assert "monday.db" in refused(data_dir)


def test_a_database_of_another_program_is_refused(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / DATABASE)) as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
    assert "of another program" in refused(tmp_path)


def test_c5_a_time_zone_that_this_machine_does_not_know_is_said_at_the_start(data_dir: Path) -> None:
    with closing(open_connection(data_dir / DATABASE)) as connection:
        connection.execute(
            "INSERT INTO subscriptions VALUES "
            "('a:b:c', 'p', 'a', 'b', 'c', 'c', 0, 'daily', '09:00', 'Mars/Olympus', '1', '', 5, 0, NULL)"
        )
    assert "Mars/Olympus" in refused(data_dir)


def test_s6_a_database_that_vanishes_while_it_is_used_is_not_made_anew(data_dir: Path) -> None:
    with open_stores(data_dir) as stores:
        for path in data_dir.glob(f"{DATABASE}*"):
            path.unlink()
        with pytest.raises(StorageUnavailable):
            stores.papers.count()
        assert not (data_dir / DATABASE).exists()


def test_after_closing_every_part_says_so(data_dir: Path) -> None:
    stores = open_stores(data_dir)
    stores.papers.count()
    stores.close()
    stores.close()
    with pytest.raises(StorageUnavailable, match="closed"):
        stores.papers.count()
    with pytest.raises(StorageUnavailable, match="closed"):
        stores.papers.upsert([], MORNING)
