"""Picks of a day for many profiles at once are the picks that each profile gets alone."""

from dataclasses import replace

import numpy as np
import pytest

from bot.batch.day import MOST_PAPERS, Day, Profiles, Rules
from bot.batch.picking import pick_all
from bot.calibration import Calibration
from bot.choosing import chosen
from tests.days import day_from, made_day, made_profiles, made_vectors, profiles_from


def alone(day: Day, profiles: Profiles, rules: Rules, number: int) -> tuple[list[int], list[float], list[float]]:
    """Pick for one profile with what picks for one member."""
    scores = day.prior.astype(np.float64)
    for j in range(profiles.starts[number], profiles.starts[number + 1]):
        here = slice(*day.starts[profiles.words[j] : profiles.words[j] + 2])
        scores[day.papers[here]] += profiles.weights[j] * day.impacts[here]
    scores[profiles.seen[profiles.seen_starts[number] : profiles.seen_starts[number + 1]]] = -np.inf
    best = np.lexsort((np.arange(len(day)), -scores))
    pool = best[scores[best] >= rules.bar][: rules.pool]
    places = chosen(scores[pool].astype(np.float32), made_vectors(len(day))[pool], rules.count, rules.lambda_)
    curve = Calibration(float(profiles.slopes[number]), float(profiles.intercepts[number]))
    picks = pool[places]
    return picks.tolist(), scores[picks].tolist(), [curve.probability(score) for score in scores[picks]]


def test_a_batch_picks_what_each_profile_gets_alone() -> None:
    day, rules = made_day(150), Rules()
    profiles = made_profiles(day, 300)
    picked = pick_all(day, profiles, rules)
    for number in range(len(profiles)):
        papers, scores, chances = alone(day, profiles, rules, number)
        found = picked.papers[number] >= 0
        assert picked.papers[number][found].tolist() == papers
        np.testing.assert_allclose(picked.scores[number][found], scores, rtol=1e-6)
        np.testing.assert_allclose(picked.chances[number][found], chances, atol=1e-6)
    assert (picked.papers[:, 0] >= 0).mean() > 0.9
    assert (picked.papers[:, -1] < 0).any()


def test_nobody_gets_what_was_seen() -> None:
    day = made_day(150)
    profiles = made_profiles(day, 300)
    picked = pick_all(day, profiles, Rules())
    for number, papers in enumerate(picked.papers):
        seen = profiles.seen[profiles.seen_starts[number] : profiles.seen_starts[number + 1]]
        assert not set(papers.tolist()) & set(seen.tolist())


def test_of_equal_papers_the_earlier_one_is_picked_and_likeness_counts() -> None:
    # Two equal papers, the second a copy of the first; the third is of another kind.
    day = day_from([[(0, 1.0)], [(0, 1.0)], [(0, 0.9)]], [[1, 1, 0], [1, 1, 0], [0, 0, 1]])
    picked = pick_all(day, profiles_from([([(0, 1.0)], [])]), Rules(count=3))
    assert picked.papers.tolist() == [[0, 2, 1]]


def test_a_day_without_papers_has_no_picks() -> None:
    picked = pick_all(day_from([], np.zeros((0, 0))), profiles_from([([], []), ([], [])]), Rules(count=2))
    assert picked.papers.tolist() == [[-1, -1], [-1, -1]]


def test_fewer_papers_than_picks_leave_places_open() -> None:
    day = day_from([[(0, 1.0)]], [[1]])
    picked = pick_all(day, profiles_from([([(0, 1.0)], []), ([(0, 1.0)], [0])]), Rules(count=3))
    assert picked.papers.tolist() == [[0, -1, -1], [-1, -1, -1]]
    assert picked.chances[0, 0] == pytest.approx(1 / (1 + np.exp(-1)), abs=1e-6)
    assert not picked.chances[0, 1:].any()


def test_what_fits_no_day_is_refused() -> None:
    whole, profiles = made_day(3), profiles_from([([(0, 1.0)], [])])
    with pytest.raises(ValueError, match="at most"):
        replace(whole, prior=np.zeros(MOST_PAPERS + 1, dtype=np.float32))
    with pytest.raises(ValueError, match="shape"):
        replace(whole, likeness=whole.likeness[:2])
    with pytest.raises(ValueError, match="a posting of paper 7"):
        replace(whole, papers=np.array([7], dtype=np.uint16))
    with pytest.raises(ValueError, match="bar=0"):
        Rules(bar=0)
    with pytest.raises(ValueError, match="lengths"):
        replace(profiles, slopes=np.ones(2, dtype=np.float32))
    with pytest.raises(ValueError, match="a word has a part"):
        replace(whole, impacts=whole.impacts[:-1])
    for name, values in (
        ("starts", [0, 2]),
        ("starts", [1, 0]),
        ("starts", [-1, 1]),
        ("weights", []),
        ("seen_starts", [0, 1]),
    ):
        array = np.array(values, dtype=getattr(profiles, name).dtype)
        with pytest.raises(ValueError, match="a profile has a part"):
            replace(profiles, **{name: array})


@pytest.mark.parametrize(("words", "seen"), [([(9_999, 1.0)], []), ([(-1, 1.0)], []), ([(0, 1.0)], [3])])
def test_profiles_of_another_day_are_refused(words: list[tuple[int, float]], seen: list[int]) -> None:
    with pytest.raises(ValueError, match="not among the day's"):
        pick_all(made_day(3), profiles_from([(words, seen)]), Rules())
