"""What company does to a ranking: a paper is drawn to its neighbours' scores, and only the best ones are."""

import numpy as np
import pytest

from bot.feedback_scoring import FEEDBACK, company_part
from bot.learning import lesson_of
from bot.library import Library
from bot.model import Verdict
from bot.postings import Floats
from bot.scoring import Cause, total_of
from bot.weights import RIVALS
from tests.bot.test_learning import DIFFUSION, IDS, PROTEIN, RETRIEVAL, library, verdicts
from tests.builders import MORNING

__all__ = ["library"]


def company(library: Library, total: Floats, liked: int = 3) -> Floats:
    lesson = lesson_of(library.snapshot, verdicts(DIFFUSION[:liked], Verdict.LIKE), MORNING)
    parts = company_part(library.snapshot, total, lesson)
    assert [part.cause for part in parts] == [Cause.COMPANY]
    return total_of(library.snapshot, parts)


def scores_with(library: Library, **by_topic: float) -> Floats:
    topics = {"retrieval": RETRIEVAL, "protein": PROTEIN}
    total = np.zeros(len(IDS), dtype=np.float32)
    for name, score in by_topic.items():
        total[library.snapshot.rows_of(topics[name])] = score
    return total


def test_a_paper_below_its_neighbours_is_lifted_and_one_above_them_is_lowered(library: Library) -> None:
    total = scores_with(library, retrieval=1.0, protein=0.5)
    low, high = library.snapshot.row_of[RETRIEVAL[4]], library.snapshot.row_of[PROTEIN[4]]
    total[low], total[high] = 0.5, 1.0
    drawn = company(library, total)
    assert drawn[low] > 0 > drawn[high]


def test_no_paper_is_drawn_beyond_its_neighbours(library: Library) -> None:
    rng = np.random.default_rng(5)
    total = np.zeros(len(IDS), dtype=np.float32)
    rows = library.snapshot.rows_of([*RETRIEVAL, *PROTEIN])
    total[rows] = rng.random(len(rows))
    after = total + company(library, total)
    assert after[rows].max() <= total.max()
    assert after[rows].min() >= min(0.0, float(total.min()))
    assert after[rows].std() < total[rows].std()


def test_equals_among_equals_keep_their_scores(library: Library) -> None:
    drawn = company(library, scores_with(library, retrieval=1.0))
    assert drawn[library.snapshot.rows_of(RETRIEVAL)] == pytest.approx(0)


def test_what_scores_nothing_and_what_was_judged_stay_as_they_are(library: Library) -> None:
    total = scores_with(library, retrieval=1.0, protein=0.5)
    total[library.snapshot.row_of[RETRIEVAL[4]]] = 0.2
    judged = library.snapshot.rows_of(DIFFUSION[:3])
    total[judged] = 5.0
    drawn = company(library, total)
    assert drawn[judged] == pytest.approx(0)
    assert not drawn[total == 0].any()


def test_company_counts_more_with_each_verdict_and_not_at_all_without(library: Library) -> None:
    total = scores_with(library, retrieval=1.0)
    low = library.snapshot.row_of[RETRIEVAL[4]]
    total[low] = 0.2
    assert 0 < company(library, total, 1)[low] < company(library, total, 6)[low]
    assert company_part(library.snapshot, total, lesson_of(library.snapshot, (), MORNING)) == []


def test_the_rival_without_company_has_none(library: Library) -> None:
    lesson = lesson_of(library.snapshot, verdicts(DIFFUSION[:3], Verdict.LIKE), MORNING)
    total = scores_with(library, retrieval=1.0)
    assert company_part(library.snapshot, total, lesson, weights=RIVALS["no-company"].feedback) == []
    assert company_part(library.snapshot, total, lesson, weights=FEEDBACK) != []
