import io
import json
from pathlib import Path

import pytest

from benchmarks.corpus import made_papers, made_queries
from benchmarks.filed_papers import FiledPapers
from benchmarks.peers import as_interest, fts5_expression
from benchmarks.search import answer_lines, measure_search
from benchmarks.typos import measure_typos
from storage.compiled import machine_code

needs_compiler = pytest.mark.skipif(not machine_code.is_there(), reason="the extra fast is not installed")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("corpus")
    papers, queries = folder / "papers.jsonl", folder / "queries.jsonl"
    papers.write_text("".join(json.dumps(paper) + "\n" for paper in made_papers(300)), "utf-8")
    queries.write_text("".join(json.dumps(query) + "\n" for query in list(made_queries(300))[:5]), "utf-8")
    return papers, queries


@needs_compiler
def test_figures_say_which_index_served_and_what_a_peer_found_too(corpus: tuple[Path, Path]) -> None:
    figures = measure_search(*corpus, "fts5", 10, "compiled")
    assert figures["index"] == "compiled"
    assert figures["papers"] == 300
    assert isinstance(figures["overlap"], float)
    assert figures["overlap"] > 0.8


@needs_compiler
@pytest.mark.parametrize("index", ["compiled", "fts5"])
def test_lines_are_answered_by_the_index_that_is_asked_for(corpus: tuple[Path, Path], index: str) -> None:
    title = next(iter(FiledPapers(corpus[0]).all())).title
    words = title.split()
    answers = io.StringIO()
    asked = io.StringIO(f'"{words[0]} {words[1]}"\n{words[0]} -{words[0]}\n')
    assert answer_lines(corpus[0], 5, asked, answers, index) == 2
    phrase, nothing = map(json.loads, answers.getvalue().splitlines())
    assert "made:0" in phrase
    assert nothing == []


def test_a_file_is_read_as_a_store_page_by_page(corpus: tuple[Path, Path]) -> None:
    papers = FiledPapers(corpus[0])
    first, change = papers.changed_after(0, 100)
    rest, last = papers.changed_after(change, 5_000)
    assert [paper.id for paper in [*first, *rest]] == [f"made:{number}" for number in range(300)]
    assert papers.changed_after(last) == ([], 300)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("graph entropy", '"graph" OR "entropy"'),
        ("+graph +entropy tree", '"graph" AND "entropy"'),
        ('"black holes" -"white dwarfs"', '("black holes") NOT ("white dwarfs")'),
    ],
)
def test_interests_are_said_in_the_words_of_sql(typed: str, said: str) -> None:
    assert fts5_expression(as_interest(typed)) == said


def test_a_slip_in_a_frequent_word_is_corrected_among_many_others(corpus: tuple[Path, Path]) -> None:
    figures = measure_typos([corpus[0]], vocabulary=20_000)
    assert figures["words"] == 20_000
    assert isinstance(figures["first_right"], float)
    assert figures["first_right"] > 0.5
