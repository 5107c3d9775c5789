"""A community moves from one installation to another by a file."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.cli.conftest import Run


@pytest.fixture
def used(stocked: Run) -> Run:
    """A community that follows, likes, saves, and has had its digest of today."""
    for text in ("follow entropy", "like arxiv:2603.00001", "save arxiv:2603.00002", "digest daily 08:00 UTC"):
        assert stocked("say", text).status == 0
    assert stocked("deliver", "--at", "2026-03-13T08:00Z", "--json").document["deliveries"]
    return stocked


def deliveries(run: Run, at: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = run("deliver", "--at", at, "--json").document["deliveries"]
    return found


@pytest.mark.parametrize("words", [(), ("--community", "terminal:terminal")])
def test_an_imported_community_goes_on_where_it_was(
    used: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    assert used("export", "all.jsonl", *words).status == 0
    shown = {paper for _, paper in _shown(tmp_path / "all.jsonl")}
    monkeypatch.setenv("PAPERROUND_DATA_DIR", "elsewhere")
    assert used("import", "all.jsonl", "--json").document["added"]["interests"] == 1
    assert used("import", "all.jsonl", "--json").document["added"] == {"papers": 0}
    assert "1. entropy" in used("say", "interests").out
    assert len(used("say", "saved", "--json").document["papers"]) == 1
    assert deliveries(used, "2026-03-13T08:00Z") == []
    (later,) = deliveries(used, "2026-03-14T08:00Z")
    assert not shown & set(later["papers"])


def _shown(path: Path) -> set[tuple[str, object]]:
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return {("shown", line["row"]["paper"]) for line in lines if line["table"] == "shown_papers"}


def test_another_community_is_not_exported(used: Run, tmp_path: Path) -> None:
    assert used("export", "other.jsonl", "--community", "slack:T1").status == 0
    assert (tmp_path / "other.jsonl").read_text() == ""


@pytest.mark.parametrize("community", ["slack", "T1", "slack:", "Slack:T1", "slack:T1:C1", "slack:T 1"])
def test_what_is_no_community_is_refused(used: Run, community: str) -> None:
    assert used("export", "-", "--community", community).status == 2


@pytest.mark.parametrize(
    "line", ["{", "[]", '{"table": "papers"}', '{"table": 1, "row": {}}', '{"table": "a", "row": 1}']
)
def test_a_line_that_export_does_not_write_is_named(stocked: Run, tmp_path: Path, line: str) -> None:
    (tmp_path / "bad.jsonl").write_text(f"\n{line}\n")
    refused = stocked("import", "bad.jsonl")
    assert refused.status == 1
    assert "Line 2" in refused.err


def test_a_paper_of_another_shape_is_refused(stocked: Run, tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_text('{"table": "papers", "row": {"number": 1, "id": "x"}}\n')
    assert stocked("import", "bad.jsonl").status == 4
