"""Disks that are full or fail: what was acknowledged is there, the rest is refused, and later it goes on."""

import re
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bot.deliveries import PlannedPart
from bot.model import DeliveryKey, destination_of
from bot.ports import StorageUnavailable, StorageUnusable
from storage.backup import back_up
from storage.connections import open_connection
from storage.folder import DATABASE
from storage.index_cache import FileIndexCache
from storage.sqlite import open_stores
from tests.builders import MORNING, a_channel, a_member, a_paper
from tests.storage.children import LEASE
from tests.storage.conftest import Start


def acknowledged(said: str) -> int:
    found = re.search(r"refused after (\d+): The database did not take it", said)
    assert found, said
    return int(found[1])


def assert_whole(folder: Path, acts: int) -> None:
    with open_stores(folder) as stores:
        events = {act.event for act in stores.feedback.of_member(a_member("ana"))}
    assert events == {"last", *(f"e{number}" for number in range(acts))}
    with closing(open_connection(folder / DATABASE)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


def test_s1_on_a_full_disk_what_was_acknowledged_stays_and_with_room_it_goes_on(
    mount: Callable[..., Path], start: Start
) -> None:
    disk = mount("size=1536k")
    (disk / "ballast").write_bytes(b"x" * 128 * 1024)
    said = start("fill", disk / "data").communicate()[0]
    assert acknowledged(said) > 0
    assert "went on" in said
    assert_whole(disk / "data", acknowledged(said))


def test_s2_a_write_that_fails_changes_nothing_and_with_room_it_goes_on(data_dir: Path, start: Start) -> None:
    said = start("fill_up_to", data_dir, 600_000).communicate()[0]
    assert acknowledged(said) > 0
    assert "went on" in said
    assert_whole(data_dir, acknowledged(said))


def test_s1_no_claim_is_given_out_that_the_disk_did_not_take(mount: Callable[..., Path]) -> None:
    disk = mount("size=2m")
    key = DeliveryKey(destination_of(a_channel()), MORNING.date())
    with open_stores(disk / "data") as stores:
        part = PlannedPart(0, "payload", "marker", None)
        stores.ledger.plan(key, a_channel().profile, a_channel(), [part], late=False, digest=None, now=MORNING)
        ballast = disk / "ballast"
        with pytest.raises(OSError, match="No space left"):
            ballast.write_bytes(b"x" * 4 * 1024 * 1024)
        with pytest.raises(StorageUnavailable, match="full"):
            stores.papers.upsert([a_paper(abstract="x" * 100_000)], MORNING)
        with pytest.raises(StorageUnavailable, match="full"):
            stores.ledger.claim(MORNING, LEASE)
        ballast.unlink()
        claim = stores.ledger.claim(MORNING, LEASE)
    assert claim is not None
    assert (claim.attempt, claim.doubtful) == (1, False)


def test_a_disk_too_small_for_a_database_is_said_at_the_start(mount: Callable[..., Path]) -> None:
    disk = mount("size=64k")
    with pytest.raises((StorageUnavailable, StorageUnusable), match=r"full|No space left"):
        open_stores(disk / "data")


def test_a_backup_that_does_not_fit_leaves_no_file_under_its_name(data_dir: Path, mount: Callable[..., Path]) -> None:
    disk = mount("size=64k")
    with pytest.raises(StorageUnavailable, match="full"):
        back_up(data_dir / DATABASE, disk / "copy.db")
    assert list(disk.iterdir()) == []


def test_an_index_that_does_not_fit_leaves_the_old_one(mount: Callable[..., Path]) -> None:
    cache = FileIndexCache(mount("size=64k") / "index", "i")
    cache.save([b"small"])
    with pytest.raises(StorageUnavailable, match="No space left"):
        cache.save([b"x" * 100_000])
    assert bytes(cache.load() or b"") == b"small"
