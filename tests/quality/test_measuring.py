"""What the report of quality rests on: fair tasks, weights put back, and floors that are seen when they are broken."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from adapters.evaluation import JUDGED_AT
from adapters.evaluation_contenders import ALONE, OURS, Ours, taste_of_task, without
from adapters.evaluation_figures import SetFigures
from adapters.evaluation_measures import interval_of_mean, mean_of
from adapters.evaluation_page import below
from adapters.evaluation_sets import JudgedSet, Task, temporal_split
from bot.model import Paper, PaperId
from bot.weights import SERVED, Weights
from tests.quality.typing_errors import with_one_error


def test_the_past_teaches_and_only_the_future_is_ranked() -> None:
    papers = tuple(
        Paper(PaperId(f"p{year}"), f"Of {year}", "Text.", published=date(year, 1, 1)) for year in range(1990, 2000)
    )
    task = Task("t@s0", "text")
    known = JudgedSet("made", papers, (), (), (task,), {"t@s0": {f"p{year}": 1 for year in (1991, 1993, 1994, 1998)}})
    tasks, judged = temporal_split(known)
    assert tasks[0].liked == ("p1991", "p1993", "p1994")
    assert tasks[0].within == frozenset(f"p{year}" for year in range(1995, 2000))
    assert judged == {"t": {"p1998": 1}}


@pytest.mark.parametrize("table", ["keywords", "feedback"])
def test_a_part_is_taken_out_of_a_copy_and_of_nothing_else(table: str) -> None:
    name = "plain" if table == "keywords" else "company"
    assert without(table, name) != SERVED
    assert replace(without(table, name), **{table: getattr(SERVED, table)}) == SERVED
    assert Weights() == SERVED


def test_a_ranking_with_other_weights_leaves_no_trace_in_the_next_one() -> None:
    engine = Ours([Paper(PaperId(f"p{n}"), f"Sparse graph {n}", "Of graphs and of retrieval.") for n in range(9)])
    taste, words = taste_of_task(Task("t@s1", "graph retrieval", liked=("p1",))), without("keywords", "expanded")
    before = engine.library.rank(taste, JUDGED_AT)
    other = engine.library.rank(taste, JUDGED_AT, weights=words)
    fresh = Ours([Paper(PaperId(f"p{n}"), f"Sparse graph {n}", "Of graphs and of retrieval.") for n in range(9)])
    assert fresh.library.rank(taste, JUDGED_AT, weights=words) == other
    assert engine.library.rank(taste, JUDGED_AT) == before


def test_a_floor_that_is_broken_is_named() -> None:
    search = {OURS: np.array([0.4]), "BM25": np.array([0.5])}
    stage = {OURS: np.array([0.3]), ALONE: np.array([0.3]), "averaged cosine": np.array([0.31])}
    told = below([SetFigures("made", 1, 1, 1, search, {}, {3: stage}, {})])
    assert [where.partition(":")[0] for where in told] == ["made, search", "made, after 3 verdicts"]
    assert "averaged cosine" in told[1]


def test_an_interval_holds_its_mean_and_narrows_with_more_queries() -> None:
    few, many = np.array([0.0, 1.0] * 10), np.array([0.0, 1.0] * 1000)
    wide, narrow = interval_of_mean([few]), interval_of_mean([many])
    assert wide[0] < narrow[0] < mean_of([few]) < narrow[1] < wide[1]


def test_a_typing_error_changes_one_word_and_is_the_same_each_time() -> None:
    title = "Learning Entropy of a Graph"
    wrong = with_one_error(title)
    assert wrong == with_one_error(title) != title
    assert sum(a != b for a, b in zip(wrong.split(), title.split(), strict=True)) == 1
    assert with_one_error("To be or not") == "To be or not"
