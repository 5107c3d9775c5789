"""The compiled batch chooses what the plain one chooses."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.batch.day import Day, Picked, Profiles, Rules
from bot.batch.picking import pick_all
from storage.compiled import machine_code
from tests.days import day_from, made_day, made_profiles, profiles_from

pytestmark = pytest.mark.skipif(not machine_code.is_there(), reason="the extra fast is not installed")

# Halves, quarters and eighths add up without a rounding, so that ties are ties in any order of adding.
EIGHTHS = st.integers(-8, 16).map(lambda eighths: eighths / 8)
FIFTHS = st.integers(0, 5).map(lambda fifths: fifths / 5)


def assert_same(day: Day, profiles: Profiles, rules: Rules, threads: int = 1) -> Picked:
    from storage.compiled.batch import CompiledPicker  # noqa: PLC0415 - it is there only with the compiler

    plain, compiled = pick_all(day, profiles, rules), CompiledPicker(threads)(day, profiles, rules)
    assert compiled.papers.tolist() == plain.papers.tolist()
    np.testing.assert_allclose(compiled.scores, plain.scores, rtol=1e-6)
    np.testing.assert_allclose(compiled.chances, plain.chances, atol=1e-6)
    return plain


@st.composite
def days(draw: st.DrawFn) -> Day:
    n = draw(st.integers(0, 12))
    words = st.lists(st.tuples(st.integers(0, 5), EIGHTHS), max_size=4, unique_by=lambda pair: pair[0])
    held = draw(st.lists(words, min_size=n, max_size=n))
    likeness = np.array(draw(st.lists(FIFTHS, min_size=n * n, max_size=n * n)), dtype=np.float32).reshape(n, n)
    prior = draw(st.lists(EIGHTHS, min_size=n, max_size=n))
    # Some word of each number is there, so that profiles may want any.
    held.append([(word, 1.0) for word in range(6)])
    grown = np.zeros((n + 1, n + 1), dtype=np.float32)
    grown[:n, :n] = np.maximum(likeness, likeness.T)
    return day_from(held, grown, [*prior, 0.0])


@settings(deadline=None)
@given(days(), st.data(), st.integers(1, 4), st.integers(0, 9), st.sampled_from([0.0, 0.5, 0.72, 1.0]))
def test_ties_bars_pools_and_seen_papers_are_seen_alike(
    day: Day, data: st.DataObject, count: int, more: int, lambda_: float
) -> None:
    words = st.lists(st.tuples(st.integers(0, 5), EIGHTHS), max_size=5, unique_by=lambda pair: pair[0])
    seen = st.lists(st.integers(0, len(day) - 1), max_size=4)
    profiles = profiles_from(data.draw(st.lists(st.tuples(words, seen), max_size=4)))
    assert_same(
        day,
        profiles,
        Rules(count=count, pool=count + more, bar=data.draw(st.sampled_from([0.125, 0.5, 2.0])), lambda_=lambda_),
    )


@pytest.mark.parametrize("papers", [1, 63, 64, 65, 700])
def test_days_of_any_size_are_picked_from_alike(papers: int) -> None:
    day = made_day(papers)
    assert_same(day, made_profiles(day, 200), Rules())


def test_where_variety_counts_most_papers_from_below_the_cut_are_picked_too() -> None:
    # So many picks that all papers above the cut are used up.
    day = made_day(400)
    picked = assert_same(day, made_profiles(day, 100), Rules(count=60, pool=200, lambda_=0.3))
    assert (picked.papers >= 0).sum() > 100 * 30


def test_equal_papers_far_above_a_low_bar_are_picked_alike() -> None:
    day = day_from([[(0, 1.0)]] * 100, np.ones((100, 100)))
    assert_same(day, profiles_from([([(0, 1.0)], [])]), Rules(count=3, pool=200, bar=1e-9))


def test_any_number_of_threads_picks_the_same() -> None:
    day = made_day(100)
    profiles = made_profiles(day, 10_000)
    assert_same(day, profiles, Rules(), threads=3)


def test_profiles_of_another_day_are_refused() -> None:
    from storage.compiled.batch import CompiledPicker  # noqa: PLC0415 - it is there only with the compiler

    with pytest.raises(ValueError, match="not among the day's"):
        CompiledPicker(1)(made_day(3), profiles_from([([(9_999, 1.0)], [])]), Rules())
