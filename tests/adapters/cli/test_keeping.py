"""What is kept, in and out: backups, exports, reactions."""

import json
from pathlib import Path

import pytest

from storage.sqlite import open_stores
from tests.adapters.cli.conftest import Run


def lines_of(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_backup_brings_everything_back(stocked: Run) -> None:
    stocked("say", "follow entropy")
    assert stocked("backup", "kept.db").status == 0
    stocked("say", "unfollow 1")
    restored = stocked("restore", "kept.db")
    assert restored.status == 0
    assert "replaced-1" in restored.out
    assert "1. entropy" in stocked("say", "interests").out


def test_a_backup_is_taken_while_the_bot_runs_but_nothing_is_restored_over_it(stocked: Run, tmp_path: Path) -> None:
    with open_stores(tmp_path / "data"):
        assert stocked("backup", "kept.db").status == 0
        assert stocked("restore", "kept.db").status == 3


def test_what_is_no_backup_is_refused(stocked: Run, papers: Path) -> None:
    refused = stocked("restore", str(papers))
    assert refused.status == 4
    assert len(refused.err.splitlines()) == 1


def test_nothing_to_back_up_is_said(run: Run) -> None:
    assert run("backup", "kept.db").status == 4


def test_an_export_holds_a_line_for_each_row(stocked: Run, tmp_path: Path) -> None:
    stocked("say", "follow entropy")
    stocked("say", "like arxiv:2603.00001")
    assert stocked("export", "all.jsonl").status == 0
    rows = lines_of(tmp_path / "all.jsonl")
    tables = {str(row["table"]) for row in rows}
    assert {"papers", "interests", "feedback"} <= tables
    assert sum(row["table"] == "papers" for row in rows) == 6
    assert not any(table.startswith(("paper_texts", "sqlite_")) for table in tables)
    assert stocked("export", "-").out == (tmp_path / "all.jsonl").read_text(encoding="utf-8")


def test_reactions_exported_and_imported_elsewhere_teach_the_same(
    stocked: Run, papers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stocked("say", "like arxiv:2603.00001")
    stocked("say", "dislike arxiv:2603.00004", "--channel", "lab")
    stocked("say", "undo", "--channel", "lab")
    assert stocked("feedback", "export", "acts.jsonl").status == 0
    acts = lines_of(tmp_path / "acts.jsonl")
    assert [act["verdict"] for act in acts] == ["like", "not-for-me", "undo"] or len(acts) == 3
    monkeypatch.setenv("PAPERROUND_DATA_DIR", "elsewhere")
    stocked("ingest", "file", str(papers))
    assert stocked("feedback", "import", "acts.jsonl", "--json").document == {
        "read": 3,
        "added": 3,
        "duplicates": 0,
        "rejected": [],
    }
    assert stocked("feedback", "import", "acts.jsonl", "--json").document["duplicates"] == 3
    stocked("feedback", "export", "again.jsonl")
    assert lines_of(tmp_path / "again.jsonl") == acts


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{", "Expecting"),
        ("[]", "no JSON object"),
        ('{"event": "e"}', "no platform"),
        (
            '{"event":"e","platform":"p","community":"c","member":"m","verdict":"love","paper":"x","at":"2026-03-12T08:00Z"}',
            "love",
        ),
        (
            '{"event":"e","platform":"p","community":"c","member":"m","verdict":"like","at":"2026-03-12T08:00Z"}',
            "needs a paper",
        ),
        (
            '{"event":"e","platform":"p","community":"c","member":"m","verdict":"like","paper":"x","at":"2026-03-12T08:00"}',
            "no time zone",
        ),
    ],
)
def test_a_line_that_is_no_reaction_is_named(run: Run, tmp_path: Path, line: str, why: str) -> None:
    (tmp_path / "acts.jsonl").write_text(line + "\n")
    report = run("feedback", "import", "acts.jsonl", "--json")
    assert report.status == 1
    (bad,) = report.document["rejected"]
    assert bad["where"] == "line 1"
    assert why in bad["why"]


def test_migrate_says_that_all_is_up_to_date(stocked: Run) -> None:
    assert "holds 6 papers" in stocked("migrate").out
