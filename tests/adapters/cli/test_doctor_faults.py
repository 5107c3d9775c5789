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

import psycopg
import pytest

from bot.deliveries import Held, PlannedPart
from bot.model import DeliveryKey, destination_of
from storage.sqlite import open_stores
from tests.adapters.cli.conftest import Run
from tests.adapters.cli.test_doctor import findings
from tests.builders import MORNING, a_channel
from tests.postgres import a_database
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
    told = "1 messages are held: nobody knows whether they arrived."
    assert findings(stocked, 0)[told] == ("database", "warning")


def test_an_older_and_a_newer_database_are_named(stocked: Run, tmp_path: Path) -> None:
    step = "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('paperround', 'm0999_later', '')"
    execute(tmp_path / "data", step)
    found = findings(stocked, 1)
    assert found["The database was written by a newer release."] == ("database", "fault")
    execute(tmp_path / "data", "DELETE FROM _sqlite_migrations WHERE name > 'm0025'")
    assert findings(stocked, 0)["The database is of an older release."] == ("database", "warning")


@pytest.mark.parametrize(("size", "state"), [(20, "fault"), (200, "warning")])
def test_a_disk_that_is_nearly_full_is_named(
    run: Run, tmp_path: Path, mount: Callable[..., Path], size: int, state: str
) -> None:
    mount(f"size={size}m", tmp_path / "data")
    (found,) = (means for means, what in findings(run, int(state == "fault")).items() if what == ("disk", state))
    assert f"{size} MB are free" in found


def test_a_folder_that_cannot_be_written_is_named(run: Run, tmp_path: Path, mount: Callable[..., Path]) -> None:
    mount("ro", tmp_path / "data")
    assert findings(run, 1)["Nothing can be written in data."] == ("data folder", "fault")


def test_a_damaged_database_is_named_with_the_way_back(stocked: Run, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "data" / "paperround.db") as database:
        (root,) = database.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'papers_normal_title'").fetchone()
        (page,) = database.execute("PRAGMA page_size").fetchone()
        database.execute("PRAGMA journal_mode = DELETE")
    with (tmp_path / "data" / "paperround.db").open("r+b") as file:
        # An index of which nothing is left: every paper is still there, and SQLite misses their titles.
        file.seek((root - 1) * page)
        file.write(b"\x0a\x00\x00\x00\x00\x10\x00\x00".ljust(8, b"\x00"))
    ended = stocked("doctor", "--json")
    assert ended.status == 1
    (found,) = (check for check in ended.document["checks"] if check["state"] == "fault")
    assert found["means"].startswith("The database is damaged: ")
    assert found["do"] == "Stop the bot; paperround restore the newest backup."


def test_an_address_that_is_not_encrypted_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERROUND_PUBLIC_URL", "http://papers.invalid")
    told = "PAPERROUND_PUBLIC_URL is not encrypted, so what people click can be read on the way."
    assert findings(run, 0)[told] == ("public address", "warning")


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


def test_a_postgresql_is_looked_over_and_mended(run: Run, papers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with a_database() as address:
        monkeypatch.setenv("PAPERROUND_DATABASE_URL", address)
        assert run("ingest", "file", str(papers)).status == 0
        assert findings(run, 0)["The database is whole; it holds 6 papers."] == ("database", "ok")
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("DELETE FROM paper_texts WHERE paper < 4")
        assert findings(run, 0)["The full-text index is out of step with the papers."] == ("database", "warning")
        ended = run("doctor", "--fix", "--json").document
        assert ended["fixed"] == ["The full-text index has the papers that it lacked."]
        assert ended["warnings"] == 1  # the clock that was set
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("INSERT INTO _paperround_steps (name, applied_at) VALUES ('m0999_later', now())")
        found = findings(run, 1)
        assert found["The database was written by a newer release."] == ("database", "fault")
        assert run("doctor", "--fix", "--json").document["fixed"] == []
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("DELETE FROM _paperround_steps WHERE name > 'm0025'")
        assert findings(run, 0)["The database is of an older release."] == ("database", "warning")


def test_an_env_file_that_others_may_read_is_a_fault_until_it_is_fixed(run: Run, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PAPERROUND_CONTACT=ana@example.org\n")
    (tmp_path / ".env").chmod(0o644)
    told = ".env holds tokens and can be read by other users of this machine."
    assert findings(run, 1)[told] == ("settings", "fault")
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
        ("other", "warning", ", so something else is there."),
        ("", "warning", "Nothing answers at"),
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
