"""Whatever is wrong is one sentence on standard error, with the status that says of which kind it is."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.cli.endings import ending_of
from storage.sqlite import open_stores
from tests.adapters.cli.conftest import Ended, Run, begin


def refused(ended: Ended, status: int, *told: str) -> None:
    assert ended.status == status
    assert ended.out == ""
    assert len(ended.err.splitlines()) == 1, ended.err
    assert "Traceback" not in ended.err
    for words in told:
        assert words in ended.err


def test_an_unknown_command_ends_with_status_2_and_the_one_that_was_meant(run: Run) -> None:
    refused(run("serch", "entropy"), 2, "serch", "search")


def test_no_command_at_all_is_told_where_to_look(run: Run) -> None:
    refused(run(), 2, "--help")


def test_a_wrong_setting_ends_with_status_2_and_its_name(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERROUND_WEB_PORT", "eighty")
    refused(run("say", "today"), 2, "PAPERROUND_WEB_PORT", "0 to 65535")


def test_a_wrong_line_in_the_env_file_is_found_as_well(run: Run, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PAPERROUND_ROLES=boss\n")
    refused(run("say", "today"), 2, "PAPERROUND_ROLES", "gateway, worker and web")


@pytest.mark.parametrize(
    "address", ["postgresql://u:hunter2@127.0.0.1:1/papers", "postgresql://u:hunter2@127.0.0.1:x/papers?bad=hunter2"]
)
def test_a_database_that_does_not_answer_is_named_without_its_password(
    run: Run, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("PAPERROUND_DATABASE_URL", address)
    refused(run("say", "today"), 4, "PAPERROUND_DATABASE_URL")
    monkeypatch.setenv("PAPERROUND_LOG", "debug")
    told = run("say", "today")
    assert "Traceback" in told.err
    assert "hunter2" not in told.err + told.out


def test_a_folder_that_another_process_holds_ends_with_status_3(run: Run, tmp_path: Path) -> None:
    with open_stores(tmp_path / "data"):
        refused(run("say", "today"), 3, str(os.getpid()))


def test_a_broken_database_ends_with_status_4_and_is_left_as_it_is(stocked: Run, tmp_path: Path) -> None:
    database = tmp_path / "data" / "paperround.db"
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    whole = database.read_bytes()
    broken = whole[:4096] + os.urandom(len(whole) - 4096)
    database.write_bytes(broken)
    refused(stocked("say", "today"), 4, "paperround.db", "restore")
    assert database.read_bytes() == broken


def test_a_data_folder_that_is_a_file_ends_with_status_4(run: Run, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("not a folder")
    refused(run("search", "entropy"), 4, "data")


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "locked"
    folder.mkdir()
    folder.chmod(0o500)
    yield folder
    folder.chmod(0o700)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_ends_with_status_4(
    run: Run, read_only: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAPERROUND_DATA_DIR", str(read_only / "data"))
    refused(run("say", "today"), 4, str(read_only))


def test_a_full_disk_is_told_as_one() -> None:
    ending = ending_of(OSError(28, "No space left on device"))
    assert (ending.status, ending.trace) == (1, "")
    assert "disk is full" in ending.sentence


def test_a_mistake_of_ours_is_one_sentence_too_and_its_trace_is_for_those_who_ask(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mistake = ZeroDivisionError("division\nby zero")
    quiet = ending_of(mistake)
    monkeypatch.setenv("PAPERROUND_LOG", "debug")
    loud = ending_of(mistake)
    assert quiet.status == 1
    assert quiet.sentence.startswith("This went wrong: ZeroDivisionError: division by zero.")
    assert quiet.trace == ""
    assert "ZeroDivisionError" in loud.trace


def test_light_commands_load_neither_the_engine_nor_a_platform() -> None:
    heavy = "{'numpy', 'discord', 'slack_bolt', 'aiohttp', 'pydantic'}"
    loaded = subprocess.run(
        [sys.executable, "-c", f"import sys; from adapters.cli import words; print(set(sys.modules) & {heavy})"],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[3])},
        capture_output=True,
        text=True,
        check=True,
    )
    assert loaded.stdout.strip() == "set()"


def test_every_command_of_the_host_is_in_the_help(run: Run) -> None:
    told = run("--help").out
    asking = {"run", "init", "doctor", "chat", "say", "search", "ingest", "deliver"}
    keeping = {"backup", "restore", "export", "import", "migrate", "version", "feedback", "eval", "bench"}
    keeping |= {"papers", "interests", "audit", "mail"}
    assert {line.split()[0] for line in told.partition("Commands:")[2].splitlines() if line} == asking | keeping


def test_a_reader_that_goes_away_is_no_error() -> None:
    running = begin("say", "help")
    assert running.stdout is not None
    running.stdout.close()
    _, err = running.communicate(timeout=60)
    assert "Traceback" not in err
    assert "BrokenPipe" not in err
