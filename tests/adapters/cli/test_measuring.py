"""`eval` and `bench`: figures come from the code that serves members, in the promised shapes."""

import json
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import pytest

from adapters.evaluation_measures import average_precision, ndcg, recall
from tests.adapters.cli.conftest import Run, process


@pytest.fixture
def judged(tmp_path: Path) -> Path:
    """A small judged set in the form of the public ones."""
    folder = tmp_path / "sets" / "small"
    folder.mkdir(parents=True)
    fields = ("entropy gas heat", "robot arm grasp", "protein fold cell", "galaxy star dust")
    corpus = [
        {"id": f"d{number}", "title": f"{words} number{number}", "abstract": f"We study {words}. Again {words}."}
        for number, words in enumerate(word for word in fields for _ in range(4))
    ]
    write(folder / "corpus.jsonl", corpus)
    write(
        folder / "queries.jsonl", [{"id": "q1", "text": 'what is: "entropy" of a gas?'}, {"id": "q2", "text": "-robot"}]
    )
    task = {"keywords": ["star"], "liked": ["d0"], "disliked": ["d4"], "exclude": ["d0", "d4"], "candidates": None}
    write(folder / "tasks.jsonl", [{**task, "id": "t1@s0", "liked": [], "disliked": []}, {**task, "id": "t1@s3"}])
    (folder / "qrels.txt").write_text("q1 0 d0 2\nq1 0 d1 1\nq2 0 d4 1\n")
    (folder / "tasks_qrels.txt").write_text("t1@s0 0 d1 1\nt1@s3 0 d1 1\n")
    return folder


def write(path: Path, lines: Sequence[Mapping[str, object]]) -> None:
    path.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")


def run_lines(path: Path) -> list[list[str]]:
    return [line.split() for line in path.read_text().splitlines()]


def test_a_search_run_reads_any_text_as_words_and_ranks_strictly(run: Run, judged: Path, tmp_path: Path) -> None:
    corpus, queries = str(judged / "corpus.jsonl"), str(judged / "queries.jsonl")
    ended = run("eval", "search", "--corpus", corpus, "--queries", queries, "--out", "s.trec", "--depth", "3")
    assert ended.status == 0
    lines = run_lines(tmp_path / "s.trec")
    assert {line[0] for line in lines} == {"q1", "q2"}
    assert {line[2] for line in lines if line[0] == "q1"} <= {"d0", "d1", "d2", "d3"}
    assert {line[2] for line in lines if line[0] == "q2"} <= {"d4", "d5", "d6", "d7"}
    for query in ("q1", "q2"):
        mine = [line for line in lines if line[0] == query]
        assert [line[3] for line in mine] == [str(rank) for rank in range(1, len(mine) + 1)]
        scores = [float(line[4]) for line in mine]
        assert all(higher > lower for higher, lower in pairwise(scores))


def test_a_feedback_run_never_ranks_what_is_excluded_and_follows_the_likes(
    run: Run, judged: Path, tmp_path: Path
) -> None:
    corpus, tasks = str(judged / "corpus.jsonl"), str(judged / "tasks.jsonl")
    assert run("eval", "feedback", "--corpus", corpus, "--tasks", tasks, "--out", "f.trec").status == 0
    lines = run_lines(tmp_path / "f.trec")
    ranked = {task: [line[2] for line in lines if line[0] == task] for task in ("t1@s0", "t1@s3")}
    assert not {"d0", "d4"} & {*ranked["t1@s0"], *ranked["t1@s3"]}
    before = ranked["t1@s0"].index("d1") if "d1" in ranked["t1@s0"] else 99
    assert ranked["t1@s3"].index("d1") < before


def test_a_file_that_is_wrong_is_named_with_its_line(run: Run, judged: Path) -> None:
    (judged / "queries.jsonl").write_text('{"id": "q1", "text": "x"}\nnonsense\n')
    words = ("--corpus", str(judged / "corpus.jsonl"), "--queries", str(judged / "queries.jsonl"), "--out", "s.trec")
    ended = run("eval", "search", *words)
    assert ended.status == 1
    assert "line 2" in ended.err


def test_the_report_measures_every_set_and_stage(run: Run, judged: Path) -> None:
    told = run("eval", "report", "--data", str(judged.parent)).out
    assert "| small | 16 | 2 | 1 |" in told
    assert "| method | after 0 | after 3 |" in told
    assert "| without the verdicts’ `words` |" in told


def test_measures_are_those_of_the_books() -> None:
    grades = {"a": 3, "b": 2, "c": 0, "d": 1}
    assert ndcg(grades, ["a", "b", "d"], 10) == 1.0
    assert ndcg(grades, ["c", "x"], 10) == 0.0
    assert round(ndcg(grades, ["b", "a"], 10), 4) == 0.8175
    assert average_precision(grades, ["a", "x", "b"]) == pytest.approx((1 + 2 / 3) / 3)
    assert recall(grades, ["a", "x", "b", "d"], 3) == pytest.approx(2 / 3)


def test_bench_search_tells_figures_beside_a_peer(run: Run, judged: Path) -> None:
    words = ("--corpus", str(judged / "corpus.jsonl"), "--queries", str(judged / "queries.jsonl"))
    figures = run("bench", "search", *words, "--peer", "fts5", "--json").document
    assert {"index_s", "p50_ms", "p95_ms", "p99_ms", "rss_mb", "papers", "queries", "ratio"} <= set(figures)
    assert (figures["papers"], figures["queries"]) == (16, 2)
    assert 0 < figures["p50_ms"] <= figures["p95_ms"] <= figures["p99_ms"]


def test_bench_search_serves_a_line_for_each_line(judged: Path) -> None:
    words = ("bench", "search", "--corpus", str(judged / "corpus.jsonl"), "--lines")
    ended = process(*words, said='entropy gas\n"robot arm" -grasp\n((\n\n')
    assert ended.status == 0
    answers = [json.loads(line) for line in ended.out.splitlines()]
    assert len(answers) == 4
    assert set(answers[0]) == {"d0", "d1", "d2", "d3"}
    assert answers[1] == answers[3] == []


def test_bench_search_needs_queries(run: Run, judged: Path) -> None:
    assert run("bench", "search", "--corpus", str(judged / "corpus.jsonl")).status == 2


def test_bench_feedback_tells_when_a_like_is_durable_and_when_it_is_known(run: Run, judged: Path) -> None:
    words = ("--corpus", str(judged / "corpus.jsonl"), "--reactions", "30")
    figures = run("bench", "feedback", *words, "--json").document
    assert figures["reactions"] == 30
    assert figures["ack_p50_ms"] > 0
    assert figures["changed"] > 0


def test_bench_batch_picks_a_day_for_every_profile(run: Run, judged: Path, tmp_path: Path) -> None:
    profiles = [{"id": f"p{number}", "keywords": ["star"], "liked": ["d0"], "disliked": []} for number in range(5)]
    write(tmp_path / "profiles.jsonl", profiles)
    write(tmp_path / "day.jsonl", [{"id": "x1", "title": "A star of dust", "abstract": "The star shines."}])
    ended = run(
        "bench",
        "batch",
        "--corpus",
        "day.jsonl",
        "--profiles",
        "profiles.jsonl",
        "--background",
        str(judged / "corpus.jsonl"),
        "--json",
    )
    figures = ended.document
    assert (figures["profiles"], figures["papers"], figures["background"]) == (5, 1, 16)
    assert figures["profiles_per_s"] > 0
    assert figures["rss_mb"] > 0


def test_bench_batch_needs_a_day_and_profiles_or_made_up_ones(run: Run) -> None:
    ended = run("bench", "batch", "--json")
    assert ended.status == 2
    assert "--made" in ended.err
