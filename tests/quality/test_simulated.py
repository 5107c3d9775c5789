"""Simulated members and the variety of picks, on a set small enough to know its outcome."""

import numpy as np
import pytest

from adapters.evaluation_contenders import Ours
from adapters.evaluation_figures import SetFigures
from adapters.evaluation_members import PICKS, SimulatedMember, members_of, stated
from adapters.evaluation_picks_page import calibration, variety
from adapters.evaluation_sets import JudgedSet, Task
from adapters.evaluation_variety import varieties
from bot.library import Library
from bot.model import PaperId
from tests.bot.test_learning import IDS, PAPERS, PROTEIN, RETRIEVAL

TASKS = (
    Task("r@s0", "retrieval"),
    Task("r@s1", "retrieval", liked=(RETRIEVAL[0],)),
    Task("p@s0", "protein", within=frozenset(PROTEIN)),
)
JUDGED: dict[str, dict[str, int]] = {
    "r@s0": {str(paper): 1 for paper in RETRIEVAL[:6]},
    "r@s1": {str(paper): 1 for paper in RETRIEVAL[1:6]},
    "p@s0": {PROTEIN[0]: 1, PROTEIN[1]: 0},
}
KNOWN = JudgedSet("made", tuple(PAPERS), (), (), TASKS, JUDGED)


@pytest.fixture(scope="module")
def library() -> Library:
    return Ours(PAPERS).library


def test_a_member_likes_what_was_judged_relevant_at_any_stage_and_nothing_else() -> None:
    retrieval, protein = members_of(KNOWN)
    assert retrieval == SimulatedMember("retrieval", frozenset(RETRIEVAL[:6]), tuple(IDS))
    assert protein.relevant == {PROTEIN[0]}
    assert protein.papers == tuple(PaperId(paper) for paper in sorted(PROTEIN))


def test_what_is_stated_is_a_chance_and_the_same_each_time(library: Library) -> None:
    told = stated(KNOWN, library)
    assert told == stated(KNOWN, library)
    assert all(outcome.probability is not None and 0 < outcome.probability < 1 for outcome in told)


def test_variety_sets_picks_apart_and_ranks_no_other_papers(library: Library) -> None:
    found = varieties(KNOWN, library)
    assert set(found) == {0, 1}
    for plain, varied in found.values():
        assert len(plain.ndcg) == len(varied.ndcg) > 0
        assert varied.meaning.mean() >= plain.meaning.mean()
        assert (plain.ndcg <= 1).all()
        assert (varied.entropy <= np.log2(PICKS) + 1e-9).all()


def test_the_page_tells_errors_and_distances_of_each_set(library: Library) -> None:
    one = SetFigures("made", len(PAPERS), 0, 2, {}, {}, {}, {})
    one.stated, one.variety = stated(KNOWN, library), varieties(KNOWN, library)
    errors, distances = calibration([one]), variety([one])
    assert "| made |" in distances
    assert "Distance +15% at a loss of at most 2% of nDCG@5:" in distances
    assert ("| made |" in errors) == bool(one.stated)
    assert calibration([]) == variety([]) == ""
