"""`ingest`: what came in is told, and a kill half-way costs nothing."""

import json
import signal
import sqlite3
import time
from pathlib import Path

import pytest

from tests.adapters.cli.conftest import Run, begin, process

MANY = 4_000
# So few words that making the index, which is not the matter here, takes no time.
ABSTRACT = "One abstract for all of them."


def test_the_report_adds_up_and_a_second_run_adds_nothing(run: Run, papers: Path) -> None:
    first = run("ingest", "file", str(papers), "--json")
    assert first.document == {"read": 6, "added": 6, "updated": 0, "duplicates": 0, "rejected": []}
    again = run("ingest", "file", str(papers), "--json")
    assert again.document == {"read": 6, "added": 0, "updated": 0, "duplicates": 6, "rejected": []}


def test_a_bad_line_is_named_and_the_rest_is_kept(run: Run, papers: Path) -> None:
    with papers.open("a") as lines:
        lines.write('\n{"id": broken\n')
    report = run("ingest", "file", str(papers), "--json")
    assert report.status == 0
    assert report.document["added"] == 6
    (bad,) = report.document["rejected"]
    assert bad["where"] == "line 7"
    assert bad["why"]
    assert "line 7: " in run("ingest", "file", str(papers)).out


def test_an_unknown_source_is_refused_with_those_that_are_known(run: Run) -> None:
    refused = run("ingest", "arxvi")
    assert refused.status == 2
    assert refused.err.startswith("The source 'arxvi' cannot be used: there is no kind of source 'arxvi'")
    assert all(kind in refused.err for kind in ("arxiv", "huggingface", "pubmed", "feed", "file", "sample"))
    assert len(refused.err.splitlines()) == 1


def test_a_file_that_is_not_there_is_named(run: Run) -> None:
    refused = run("ingest", "file", "nowhere.jsonl")
    assert refused.status == 1
    assert "nowhere.jsonl" in refused.err
    assert len(refused.err.splitlines()) == 1


def test_a_file_that_holds_no_papers_is_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "noise.bin").write_bytes(bytes(range(256)) * 8)
    refused = run("ingest", "file", "noise.bin")
    assert refused.status == 1
    assert "noise.bin" in refused.err
    assert len(refused.err.splitlines()) == 1


def test_file_takes_one_path(run: Run) -> None:
    assert run("ingest", "file").status == 2


def test_two_sources_are_read_in_one_go(run: Run, papers: Path) -> None:
    report = run("ingest", f"file:{papers}", "sample", "--json").document
    assert report["added"] == report["read"] > 80


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("arxiv", "CS"), "'CS' is no category of arXiv"),
        (("arxiv:cs.LG", "quux"), "'quux'"),
        (("arxiv", "--categories", "cs.LG,CS", "--since", "2d"), "'CS' is no category of arXiv"),
        (("arxiv", "cs.LG", "--since", "yesterday"), "yesterday"),
        (("sample", "--since", "7d"), "--since has no meaning"),
    ],
)
def test_wrong_words_for_a_source_are_named_before_anything_is_asked(
    run: Run, words: tuple[str, ...], named: str
) -> None:
    refused = run("ingest", *words)
    assert refused.status == 2
    assert named in refused.err
    assert len(refused.err.splitlines()) == 1


def test_the_whole_bundled_sample_can_be_ingested_and_begins_on_the_same_day_ever_after(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = run("ingest", "sample", "--json").document
    assert first["added"] == first["read"] >= 80
    monkeypatch.setenv("PAPERROUND_CLOCK", "2026-04-12T08:00Z")
    assert run("ingest", "sample", "--json").document["duplicates"] == first["read"]


def test_killed_half_way_and_run_again_it_completes_without_doubles(tmp_path: Path) -> None:
    path = tmp_path / "many.jsonl"
    with path.open("w") as lines:
        for number in range(MANY):
            title = f"{number:012b}".replace("0", "zero ").replace("1", "one ")
            lines.write(json.dumps({"id": f"2603.{number:05}", "title": title, "abstract": ABSTRACT}) + "\n")
    database = tmp_path / "data" / "paperround.db"
    running = begin("ingest", "file", str(path), "--json")
    kept = 0
    while running.poll() is None and not kept:
        time.sleep(0.01)
        kept = stored(database)
    running.send_signal(signal.SIGKILL)
    running.communicate(timeout=60)
    assert 0 < stored(database) < MANY
    report = process("ingest", "file", str(path), "--json")
    assert report.status == 0
    assert report.document["read"] == MANY
    assert stored(database) == MANY


def stored(database: Path) -> int:
    if not database.exists():
        return 0
    try:
        with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
            return int(connection.execute("SELECT count(*) FROM papers").fetchone()[0])
    except sqlite3.OperationalError:
        return 0  # the tables are just being made


def test_a_dry_run_counts_exactly_what_a_run_would_do_and_changes_nothing(run: Run, papers: Path) -> None:
    lines = papers.read_text().splitlines()
    papers.write_text("\n".join([*lines, lines[0]]))
    dry = run("ingest", "file", str(papers), "--dry-run", "--json")
    assert dry.document == {"read": 7, "added": 6, "updated": 0, "duplicates": 1, "rejected": [], "dry_run": True}
    assert "this was a dry run" in run("ingest", "file", str(papers), "--dry-run").out
    assert run("ingest", "file", str(papers), "--json").document["added"] == 6
    again = run("ingest", "file", str(papers), "--dry-run", "--json")
    assert (again.document["added"], again.document["duplicates"]) == (0, 7)


def test_a_dry_run_of_the_sample_does_not_begin_it(run: Run, tmp_path: Path) -> None:
    assert run("ingest", "sample", "--dry-run", "--json").document["added"] > 0
    assert not list(tmp_path.rglob("sample-start"))
