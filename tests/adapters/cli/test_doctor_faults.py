"""Each fault is made for real; `doctor` names it, and `--fix` puts right what loses nothing."""

import sqlite3
import sys
import zoneinfo
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from bot.deliveries import Held, PlannedPart
from bot.model import DeliveryKey, destination_of
from storage.sqlite import open_stores
from tests.adapters.cli.conftest import Run
from tests.adapters.cli.test_doctor import findings
from tests.builders import MORNING, a_channel
from tests.storage.conftest import mount

__all__ = ["mount"]


def execute(folder: Path, *statements: str) -> None:
    with sqlite3.connect(folder / "paperround.db") as database:
        for statement in statements:
            database.execute(statement)


def planned(folder: Path, *, held: bool) -> None:
    with open_stores(folder) as stores:
        place = a_channel()
        part = PlannedPart(0, "payload", "marker", None)
        at = MORNING - timedelta(hours=1)
        key = DeliveryKey(destination_of(place), date(2026, 3, 12))
        assert stores.ledger.plan(key, place.profile, place, [part], late=False, digest=None, now=at)
        if held:
            claim = stores.ledger.claim(at, timedelta(minutes=2))
            assert claim is not None
            stores.ledger.settle(claim, Held("nobody knows"), at)


def test_messages_that_nobody_sends_are_named(stocked: Run, tmp_path: Path) -> None:
    planned(tmp_path / "data", held=False)
    assert findings(stocked, 0)["1 messages of digests wait to be sent."] == ("database", "warning")


def test_held_messages_are_named(stocked: Run, tmp_path: Path) -> None:
    planned(tmp_path / "data", held=True)
    assert ("database", "warning") in findings(stocked, 0).values()
    assert "1 messages are held" in stocked("doctor").out


def test_an_older_and_a_newer_database_are_named(stocked: Run, tmp_path: Path) -> None:
    step = "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('paperround', 'm0999_later', '')"
    execute(tmp_path / "data", step)
    found = findings(stocked, 1)
    assert found["The database was written by a newer release."] == ("database", "fault")
    execute(tmp_path / "data", "DELETE FROM _sqlite_migrations WHERE name > 'm0025'")
    assert findings(stocked, 0)["The database is of an older release."] == ("database", "warning")


def test_a_disk_that_is_nearly_full_is_named(run: Run, tmp_path: Path, mount: Callable[..., Path]) -> None:
    mount("size=20m", tmp_path / "data")
    (found,) = (means for means, what in findings(run, 1).items() if what == ("disk", "fault"))
    assert "20 MB are free" in found


def test_a_machine_without_time_zones_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tzdata", None)
    zoneinfo.reset_tzpath(to=())
    try:
        assert findings(run, 1)["This machine knows no time zones."] == ("time zones", "fault")
    finally:
        zoneinfo.reset_tzpath()


def test_a_postgresql_that_does_not_answer_is_named_without_its_password(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAPERROUND_DATABASE_URL", "postgresql://bot:hunter2hunter2@127.0.0.1:1/paperround")
    ended = run("doctor", "--json")
    assert ended.status == 1
    assert [check["check"] for check in ended.document["checks"] if check["state"] == "fault"] == ["database"]
    assert "hunter2hunter2" not in ended.out + ended.err


def test_an_env_file_that_others_may_read_is_a_fault_until_it_is_fixed(run: Run, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PAPERROUND_CONTACT=ana@example.org\n")
    (tmp_path / ".env").chmod(0o644)
    assert ("settings", "fault") in findings(run, 1).values()
    fixed = run("doctor", "--fix", "--json")
    assert fixed.status == 0
    assert fixed.document["fixed"] == [".env is its owner's alone now."]
    assert (tmp_path / ".env").stat().st_mode & 0o777 == 0o600
    assert run("doctor", "--fix", "--json").document["fixed"] == []


def test_a_fix_closes_the_folder_rebuilds_the_texts_and_drops_a_strange_index(stocked: Run, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.chmod(0o755)
    execute(folder, "INSERT INTO paper_texts (paper_texts) VALUES ('delete-all')")
    (folder / "paperround.index").write_bytes(b"of another database")
    assert findings(stocked, 0)["The full-text index is out of step with the papers."] == ("database", "warning")
    said = stocked("doctor", "--fix").out
    assert "fixed    data is its owner's alone now." in said
    assert "fixed    The full-text index was made anew from the papers." in said
    assert "fixed    paperround.index belonged to another database" in said
    assert folder.stat().st_mode & 0o777 == 0o700
    assert "0 faults" in said
    with open_stores(folder) as stores:
        assert len(stores.index.search(["entropy"], 10)) == 3
    assert stocked("doctor", "--fix", "--json").document["fixed"] == []


def test_nothing_is_fixed_under_a_running_bot_nor_in_a_damaged_file(stocked: Run, tmp_path: Path) -> None:
    with open_stores(tmp_path / "data"):
        assert "stop the bot first" in stocked("doctor", "--fix").out
    before = b"SQLite format 3\0" + b"\xff" * 5000
    (tmp_path / "data" / "paperround.db").write_bytes(before)
    ended = stocked("doctor", "--fix", "--json")
    assert ended.status == 1
    assert ended.document["fixed"] == ["The database was left as it is: it cannot be read."]
    assert (tmp_path / "data" / "paperround.db").read_bytes() == before


@pytest.mark.parametrize(
    ("served", "state", "said"),
    [
        ("healthz", "ok", "The pages answer at"),
        ("other", "warning", "something else is there"),
        ("", "warning", "Nothing"),
    ],
)
def test_the_pages_are_asked_for_at_the_address_that_people_are_given(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, served: str, state: str, said: str
) -> None:
    (tmp_path / "www").mkdir()
    (tmp_path / "www" / (served or "none")).write_text("ok")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=tmp_path / "www"))
    with server:
        address = f"http://127.0.0.1:{server.server_port}"
        monkeypatch.setenv("PAPERROUND_PUBLIC_URL", address)
        if served:
            Thread(target=server.serve_forever, daemon=True).start()
        else:
            server.server_close()
        (means,) = (means for means, what in findings(run, 0).items() if what == ("public address", state))
        if served:
            server.shutdown()
    assert said in means
