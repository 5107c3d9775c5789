"""`papers`: what was taken for one work, and taking it apart."""

import json
from pathlib import Path

from tests.adapters.cli.conftest import Run

TITLE = "On the entropy of paper rounds and their readers"


def stocked(run: Run, tmp_path: Path) -> None:
    lines = [
        {"id": "arxiv:2603.00001", "title": TITLE, "abstract": "It \\emph{is} measured.", "authors": ["Ana Bo"]},
        {"id": "doi:10.1000/x", "title": TITLE.title(), "abstract": "", "authors": ["Bo, Ana"]},
    ]
    path = tmp_path / "papers.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in lines))
    report = run("ingest", "file", str(path), "--json").document
    assert (report["added"], report["read"]) == (1, 2)


def test_a_record_that_was_taken_for_a_paper_is_listed_and_taken_apart_for_good(run: Run, tmp_path: Path) -> None:
    stocked(run, tmp_path)
    (merge,) = run("papers", "merged", "--json").document["merged"]
    assert (merge["record"], merge["paper"], merge["title"]) == ("doi:10.1000/x", "arxiv:2603.00001", TITLE.title())
    assert f"doi:10.1000/x is arxiv:2603.00001: {TITLE.title()}" in run("papers", "merged").out
    assert run("papers", "unmerge", "https://doi.org/10.1000/X").status == 0
    assert run("papers", "merged").out == "No record was taken for a paper of another id.\n"
    again = run("papers", "unmerge", "doi:10.1000/x")
    assert again.status == 1
    assert "was taken for no other paper" in again.err
    report = run("ingest", "file", str(tmp_path / "papers.jsonl"), "--json").document
    assert (report["added"], report["duplicates"]) == (0, 2)


def test_abstracts_are_read_anew_from_their_originals(run: Run, tmp_path: Path) -> None:
    stocked(run, tmp_path)
    assert run("papers", "clean").out == "0 abstracts read otherwise now.\n"
