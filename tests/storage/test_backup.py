import random
import threading
import time
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from bot.deliveries import PlannedPart, Sent
from bot.model import DeliveryKey, MessageId, destination_of
from bot.ports import DataFolderInUse, StorageUnusable
from storage.archives import back_up_to
from storage.backup import back_up
from storage.connections import open_connection
from storage.folder import DATABASE
from storage.restore import restore
from storage.sqlite import SqliteStores, open_stores
from tests.builders import MORNING, a_channel, a_member, a_paper
from tests.storage.children import LEASE, an_act
from tests.storage.conftest import Start


def test_a_backup_taken_under_load_holds_what_was_acknowledged_before(tmp_path: Path) -> None:
    with open_stores(tmp_path / "data") as stores:
        done = threading.Event()

        def load() -> None:
            number = 0
            while not done.is_set():
                stores.feedback.record(an_act(f"later{number}"))
                number += 1

        for number in range(50):
            stores.feedback.record(an_act(f"e{number}"))
        writing = threading.Thread(target=load)
        writing.start()
        back_up(tmp_path / "data" / DATABASE, tmp_path / "copy.db")
        done.set()
        writing.join()
    assert not list(tmp_path.glob("copy.db?*"))
    restore(tmp_path / "copy.db", tmp_path / "elsewhere")
    with open_stores(tmp_path / "elsewhere") as stores:
        kept = {act.event for act in stores.feedback.of_member(a_member("ana"))}
    assert kept >= {f"e{number}" for number in range(50)}


def test_what_is_only_in_the_log_is_in_the_backup(tmp_path: Path) -> None:
    with open_stores(tmp_path / "data") as stores:
        stores.papers.upsert([a_paper()], MORNING)
        assert (tmp_path / "data" / f"{DATABASE}-wal").stat().st_size > 0
        back_up(tmp_path / "data" / DATABASE, tmp_path / "copy.db")
    restore(tmp_path / "copy.db", tmp_path / "elsewhere")
    with open_stores(tmp_path / "elsewhere") as stores:
        assert stores.papers.count() == 1


def test_a_damaged_database_gives_no_backup(data_dir: Path, tmp_path: Path) -> None:
    with (data_dir / DATABASE).open("r+b") as file:
        file.seek(3 * 4096)
        file.write(b"\xa5" * 2048)
    with pytest.raises(StorageUnusable, match="damaged"):
        back_up(data_dir / DATABASE, tmp_path / "copy.db")
    assert not list(tmp_path.glob("copy.db*"))


def test_there_is_no_backup_of_nothing_and_none_to_nowhere(data_dir: Path, tmp_path: Path) -> None:
    with pytest.raises(StorageUnusable, match="nothing to back up"):
        back_up(tmp_path / "nowhere.db", tmp_path / "copy.db")
    with pytest.raises(StorageUnusable, match="cannot be written"):
        back_up(data_dir / DATABASE, tmp_path / "no" / "such" / "folder" / "copy.db")


def test_restoring_moves_the_old_database_aside_with_its_log(data_dir: Path, tmp_path: Path) -> None:
    back_up(data_dir / DATABASE, tmp_path / "copy.db")
    with open_stores(data_dir) as stores:
        stores.papers.upsert([a_paper()], MORNING)
    aside = restore(tmp_path / "copy.db", data_dir)
    assert aside == data_dir / "replaced-1"
    with open_stores(data_dir) as stores:
        assert stores.papers.count() == 0
    with closing(open_connection(aside / DATABASE)) as old:
        assert old.execute("SELECT count(*) FROM papers").fetchone()[0] == 1
    assert restore(tmp_path / "copy.db", data_dir) == data_dir / "replaced-2"


def test_the_log_of_a_killed_bot_does_not_leak_into_the_restored_database(
    data_dir: Path, tmp_path: Path, start: Start
) -> None:
    back_up(data_dir / DATABASE, tmp_path / "copy.db")
    bot = start("record", data_dir)
    assert bot.stdout is not None
    for _ in range(30):
        bot.stdout.readline()
    bot.kill()
    bot.wait()
    assert (data_dir / f"{DATABASE}-wal").stat().st_size > 0
    restore(tmp_path / "copy.db", data_dir)
    with open_stores(data_dir) as stores:
        assert stores.feedback.of_member(a_member("ana")) == []
        assert stores.papers.count() == 0


def test_restoring_is_the_way_back_from_a_lost_database(data_dir: Path, tmp_path: Path) -> None:
    back_up(data_dir / DATABASE, tmp_path / "copy.db")
    (data_dir / DATABASE).unlink()
    assert restore(tmp_path / "copy.db", data_dir) is None
    open_stores(data_dir).close()


def test_a_running_bot_is_not_restored_under(data_dir: Path, tmp_path: Path, start: Start) -> None:
    back_up(data_dir / DATABASE, tmp_path / "copy.db")
    running = start("hold", data_dir)
    assert running.stdout is not None
    running.stdout.readline()
    with pytest.raises(DataFolderInUse):
        restore(tmp_path / "copy.db", data_dir)


def test_a_backup_of_a_newer_release_is_refused(data_dir: Path, tmp_path: Path) -> None:
    with closing(open_connection(data_dir / DATABASE)) as connection:
        connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('paperround', 'm0999_later', '')"
        )
    back_up(data_dir / DATABASE, tmp_path / "copy.db")
    with pytest.raises(StorageUnusable, match="newer release"):
        restore(tmp_path / "copy.db", tmp_path / "elsewhere")


@pytest.mark.parametrize("content", [b"", b"Dear diary", b"SQLite format 3\0" + b"\xff" * 5000])
def test_what_is_no_backup_is_refused_and_the_database_stays(data_dir: Path, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "copy.db").write_bytes(content)
    before = (data_dir / DATABASE).read_bytes()
    with pytest.raises(StorageUnusable, match="no backup of Paperround"):
        restore(tmp_path / "copy.db", data_dir)
    assert (data_dir / DATABASE).read_bytes() == before
    with pytest.raises(StorageUnusable, match="There is no backup"):
        restore(tmp_path / "nowhere.db", data_dir)


def test_a_restored_database_does_not_take_the_index_of_the_one_before(data_dir: Path, tmp_path: Path) -> None:
    back_up(data_dir / DATABASE, tmp_path / "copy.db")
    with open_stores(data_dir) as stores:
        stores.index_cache.save([b"index"])
    with open_stores(data_dir) as stores:
        assert bytes(stores.index_cache.load() or b"") == b"index"
    restore(tmp_path / "copy.db", data_dir)
    with open_stores(data_dir) as stores:
        assert stores.index_cache.load() is None


def test_a_key_planned_before_the_backup_stays_planned_after_it(data_dir: Path, tmp_path: Path) -> None:
    key = DeliveryKey(destination_of(a_channel()), MORNING.date())
    with open_stores(data_dir) as stores:
        stores.ledger.skip(key, a_channel().profile, a_channel(), "nothing new", MORNING)
    back_up(data_dir / DATABASE, tmp_path / "copy.db")
    restore(tmp_path / "copy.db", tmp_path / "elsewhere")
    with open_stores(tmp_path / "elsewhere") as stores:
        assert stores.ledger.planned_since(MORNING.date()) == {key}


def test_after_a_restore_the_first_digest_of_a_destination_is_looked_up_before_it_is_posted(
    data_dir: Path, tmp_path: Path
) -> None:
    def plan(stores: SqliteStores, name: str, day: int) -> None:
        channel = a_channel(name)
        key = DeliveryKey(destination_of(channel), date(2026, 3, day))
        part = PlannedPart(0, "payload", "marker", None)
        at = MORNING + timedelta(days=day - 12)
        assert stores.ledger.plan(key, channel.profile, channel, [part], late=False, digest=None, now=at)

    def claimed(stores: SqliteStores, day: int) -> list[datetime | None]:
        at = MORNING + timedelta(days=day - 12)
        found = []
        while claim := stores.ledger.claim(at, LEASE):
            found.append(claim.doubtful_since)
            stores.ledger.settle(claim, Sent(MessageId("m")), at)
        return found

    with open_stores(data_dir) as stores:
        plan(stores, "lab", 11)
        claimed(stores, 11)
        plan(stores, "open", 11)
        back_up(data_dir / DATABASE, tmp_path / "copy.db")
        plan(stores, "lab", 12)
        assert claimed(stores, 12) == [None, None]
    restore(tmp_path / "copy.db", data_dir)
    with open_stores(data_dir) as stores:
        plan(stores, "lab", 12)
        plan(stores, "new", 12)
        assert claimed(stores, 12) == [MORNING - timedelta(days=1)] * 3
        plan(stores, "lab", 13)
        assert claimed(stores, 13) == [None]
        plan(stores, "late", 20)
        assert claimed(stores, 20) == [MORNING + timedelta(days=6)]


@pytest.mark.parametrize(("seed", "suffix"), [(0, ".db"), (1, ".db"), (2, ".zip"), (3, ".zip")])
def test_s8_killed_while_backing_up_leaves_only_backups_that_restore(
    tmp_path: Path, start: Start, seed: int, suffix: str
) -> None:
    child = start("back_up_again_and_again", tmp_path / "data", tmp_path / "copies", suffix)
    assert child.stdout is not None
    begun = int(child.stdout.readline())
    time.sleep(random.Random(seed).uniform(0.0, 0.3))  # noqa: S311  # when to kill is no secret
    child.kill()
    child.wait()
    copies = sorted(path for path in (tmp_path / "copies").iterdir() if path.stem.isdigit() and path.suffix == suffix)
    assert copies
    for number, copy in enumerate(copies):
        restore(copy, tmp_path / f"restored{number}")
        with open_stores(tmp_path / f"restored{number}") as stores:
            assert len(stores.feedback.of_member(a_member("ana"))) >= begun


@pytest.mark.parametrize(
    ("suffix", "stride"),
    [(".db", 11), (".zip", 13), *(pytest.param(end, 1, marks=pytest.mark.long) for end in (".db", ".zip"))],
)
def test_killed_at_any_step_a_restore_loses_neither_database_and_can_be_repeated(
    tmp_path: Path, start: Start, suffix: str, stride: int
) -> None:
    with open_stores(tmp_path / "made") as stores:
        stores.papers.upsert([a_paper(number) for number in range(3)], MORNING)
    copy = tmp_path / f"copy{suffix}"
    back_up_to(tmp_path / "made" / DATABASE, copy, "1", MORNING)
    # A killed bot: what it wrote last is in the log beside its database.
    bot = start("record", tmp_path / "old")
    assert bot.stdout is not None
    for _ in range(5):
        bot.stdout.readline()
    bot.kill()
    bot.wait()
    assert (tmp_path / "old" / f"{DATABASE}-wal").stat().st_size > 0
    steps = int(start("restore_and_die", tmp_path / "old", copy, stride).communicate()[0])
    left = [left_after(tmp_path / f"at{step}") for step in range(0, steps + 1, stride)]
    assert left[0] == "old"
    assert left[-1] == "restored"
    assert left == sorted(left, key=["old", "refused", "restored"].index)
    for step in range(0, steps + 1, stride):
        folder = tmp_path / f"at{step}"
        restore(copy, folder)
        assert left_after(folder) == "restored"
        assert max(acts_in(aside) for aside in folder.glob("replaced-*")) >= 5


def left_after(folder: Path) -> str:
    """Return which of the two databases a start finds, or that it refuses to begin without one."""
    try:
        with open_stores(folder) as stores:
            if stores.papers.count() == 3:
                return "restored"
            return "old" if len(stores.feedback.of_member(a_member("ana"))) >= 5 else "neither"
    except StorageUnusable as refused:
        return "refused" if "Restore a backup" in str(refused) else "unusable"


def acts_in(folder: Path) -> int:
    with SqliteStores(folder / DATABASE, folder / "index") as stores:
        return len(stores.feedback.of_member(a_member("ana")))
