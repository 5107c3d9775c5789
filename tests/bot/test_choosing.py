import numpy as np

from bot.calibration import Calibration
from bot.choosing import chosen, stretch
from bot.semantics import unit

SCORES = np.array([1.0, 0.98, 0.97, 0.6, 0.2], dtype=np.float32)
# The first three are nearly one another's copies, the fourth is of its own kind.
VECTORS = unit(np.array([[1, 0, 0], [1, 0.01, 0], [1, 0, 0.01], [0, 1, 0], [0, 0, 1]], dtype=np.float32))


def test_relevance_alone_keeps_the_order() -> None:
    assert chosen(SCORES, VECTORS, 3, lambda_=1.0) == [0, 1, 2]


def test_variety_prefers_another_kind_to_a_near_copy() -> None:
    assert chosen(SCORES, VECTORS, 2, lambda_=0.5) == [0, 3]


def test_no_more_is_chosen_than_there_is() -> None:
    assert sorted(chosen(SCORES, VECTORS, 50)) == [0, 1, 2, 3, 4]
    assert chosen(SCORES[:0], VECTORS[:0], 5) == []


def test_the_stretch_is_the_open_paper_nearest_to_even_odds() -> None:
    even_at_one_half = Calibration(10.0, -5.0)
    assert stretch(np.array([0.9, 0.7, 0.52, 0.3]), {0}, 0.3, even_at_one_half) == 2


def test_nothing_far_below_the_bar_is_a_stretch() -> None:
    assert stretch(np.array([0.9, 0.1, 0.05]), {0}, 0.3, None) is None
