"""Backups as archives: what is in them, what is refused, and what of them stays."""

import hashlib
import json
import os
import random
import shutil
import time
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest

from bot.ports import DataFolderInUse, StorageUnusable
from storage.archives import back_up_to, manifest_of
from storage.folder import DATABASE, DataFolder
from storage.migrations import known_steps
from storage.restore import restore
from storage.rotation import BACKUPS, daily_backup
from storage.sqlite import open_stores
from tests.builders import MORNING, a_member, a_paper
from tests.storage.children import an_act
from tests.storage.conftest import Start


@pytest.fixture
def archive(data_dir: Path, tmp_path: Path) -> Path:
    """An archive of a database with two papers and an act."""
    with open_stores(data_dir) as stores:
        stores.papers.upsert([a_paper(1), a_paper(2)], MORNING)
        stores.feedback.record(an_act("e1"))
    back_up_to(data_dir / DATABASE, tmp_path / "kept.zip", "1.2.3", MORNING)
    return tmp_path / "kept.zip"


def test_an_archive_says_what_is_in_it(archive: Path) -> None:
    manifest = manifest_of(archive)
    with zipfile.ZipFile(archive) as opened:
        assert sorted(opened.namelist()) == ["manifest.json", "paperround.db"]
        assert hashlib.sha256(opened.read("paperround.db")).hexdigest() == manifest.sha256
        assert json.loads(opened.read("manifest.json"))["version"] == "1.2.3"
    assert manifest.made_at == MORNING.isoformat()
    assert manifest.schema == known_steps()
    assert (manifest.rows["papers"], manifest.rows["feedback"], manifest.rows["saves"]) == (2, 1, 0)


def test_an_archive_is_read_by_its_owner_alone_and_leaves_nothing_beside_it(archive: Path) -> None:
    assert archive.stat().st_mode & 0o777 == 0o600
    assert not list(archive.parent.glob("kept.zip.*"))


def test_an_archive_is_restored_like_a_copy(archive: Path, data_dir: Path) -> None:
    with open_stores(data_dir) as stores:
        stores.feedback.record(an_act("e2"))
    assert restore(archive, data_dir) == data_dir / "replaced-1"
    with open_stores(data_dir) as stores:
        assert len(stores.feedback.of_member(a_member("ana"))) == 1
        assert stores.papers.count() == 2
    assert not list(data_dir.glob("*.tmp"))


def changed(archive: Path, **entries: bytes) -> Path:
    """Return a copy of an archive in which some entries hold something else."""
    path = archive.with_name("changed.zip")
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            new.writestr(name, entries.get(name.partition(".")[0], old.read(name)))
    return path


def test_an_archive_that_is_not_what_its_manifest_says_is_refused(archive: Path, data_dir: Path) -> None:
    before = (data_dir / DATABASE).read_bytes()
    other = data_dir.parent / "other"
    open_stores(other).close()
    with pytest.raises(StorageUnusable, match="not what its manifest says"):
        restore(changed(archive, paperround=(other / DATABASE).read_bytes()), data_dir)
    for manifest in (b"{", b"{}", b"[]", b" " * 2**21):
        with pytest.raises(StorageUnusable, match="no backup of Paperround"):
            restore(changed(archive, manifest=manifest), data_dir)
    assert (data_dir / DATABASE).read_bytes() == before


def test_an_archive_cut_short_is_refused(archive: Path, data_dir: Path) -> None:
    before = (data_dir / DATABASE).read_bytes()
    content = archive.read_bytes()
    archive.write_bytes(content[: len(content) // 2])
    with pytest.raises(StorageUnusable):
        restore(archive, data_dir)
    middle = len(content) // 3
    archive.write_bytes(content[:middle] + bytes(64) + content[middle + 64 :])
    with pytest.raises(StorageUnusable, match="damaged"):
        restore(archive, data_dir)
    assert (data_dir / DATABASE).read_bytes() == before


def test_nothing_is_unpacked_under_a_running_bot(archive: Path, data_dir: Path) -> None:
    with open_stores(data_dir), pytest.raises(DataFolderInUse):
        restore(archive, data_dir)
    assert not list(data_dir.glob("*.tmp"))


def test_a_daily_backup_is_taken_once_a_day_and_the_oldest_go(data_dir: Path) -> None:
    for day in range(5):
        at = MORNING + timedelta(days=day)
        assert daily_backup(data_dir / DATABASE, "1", 3, at) is not None
        assert daily_backup(data_dir / DATABASE, "1", 3, at + timedelta(hours=2)) is None
    kept = sorted(path.name for path in (data_dir / BACKUPS).iterdir())
    assert kept == ["daily-2026-03-14.zip", "daily-2026-03-15.zip", "daily-2026-03-16.zip"]


def test_rotation_leaves_what_people_put_there_and_a_young_copy_before_an_upgrade(data_dir: Path) -> None:
    folder = data_dir / BACKUPS
    folder.mkdir()
    for name in ("mine.zip", "daily-mine.zip", "before-m0009.db", "before-m0010.db"):
        (folder / name).write_bytes(b"")
        os.utime(folder / name, (MORNING.timestamp(),) * 2)
    (folder / "daily-2026-03-01.zip.tmp").write_bytes(b"half")
    young = (MORNING + timedelta(days=20)).timestamp()
    os.utime(folder / "before-m0010.db", (young, young))
    daily_backup(data_dir / DATABASE, "1", 1, MORNING + timedelta(days=31))
    kept = {path.name for path in folder.iterdir()}
    assert kept == {"mine.zip", "daily-mine.zip", "before-m0010.db", "daily-2026-04-12.zip"}


def test_no_backup_is_dropped_before_the_new_one_is_whole(data_dir: Path) -> None:
    daily_backup(data_dir / DATABASE, "1", 1, MORNING)
    (data_dir / DATABASE).write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    for log in data_dir.glob("*.db-*"):
        log.unlink()
    with pytest.raises(Exception, match=r"not a database|damaged|malformed"):
        daily_backup(data_dir / DATABASE, "1", 1, MORNING + timedelta(days=1))
    assert [path.name for path in (data_dir / BACKUPS).glob("*.zip")] == ["daily-2026-03-12.zip"]


def test_a_damaged_database_is_told_where_its_newest_archive_is(data_dir: Path) -> None:
    made = daily_backup(data_dir / DATABASE, "1", 1, MORNING)
    assert DataFolder(data_dir).newest_backup() == made


@pytest.mark.parametrize("seed", range(3))
def test_s8_killed_while_restoring_leaves_a_database_or_says_that_one_is_missing(
    archive: Path, tmp_path: Path, start: Start, seed: int
) -> None:
    folder = tmp_path / "restored"
    child = start("restore_again_and_again", folder, archive)
    assert child.stdout is not None
    child.stdout.readline()
    time.sleep(random.Random(seed).uniform(0.0, 0.2))  # noqa: S311  # when to kill is no secret
    child.kill()
    child.wait()
    if (folder / DATABASE).exists():
        with open_stores(folder) as stores:
            assert stores.papers.count() == 2
    else:
        with pytest.raises(StorageUnusable, match="is missing, but this folder had one"):
            open_stores(folder)
    # Whatever was left half-done, the same words put it right.
    restore(archive, folder)
    with open_stores(folder) as stores:
        assert stores.papers.count() == 2
    shutil.rmtree(folder)
