from math import exp
from random import Random

from bot.calibration import FEWEST, fit_calibration, strength
from bot.quality import Outcome, reliability
from tests.builders import MORNING


def simulated(rng: Random, count: int, shift: float = 0.0) -> tuple[list[float], list[bool]]:
    """Picks of a member who likes the likelier the higher the score, by a curve that nobody told."""
    scores = [rng.uniform(0.3, 1.3) for _ in range(count)]
    return scores, [rng.random() < 1 / (1 + exp(-(3.5 * (score - 0.8) + shift))) for score in scores]


def test_without_enough_verdicts_there_is_no_number() -> None:
    scores, liked = simulated(Random(2), FEWEST - 1)  # noqa: S311 - a simulation, repeatable
    assert len(set(liked)) == 2
    assert fit_calibration(scores, liked) is None


def test_with_likes_alone_or_none_there_is_no_number() -> None:
    assert fit_calibration([0.5] * 50, [True] * 50) is None
    assert fit_calibration([0.5] * 50, [False] * 50) is None


def test_a_higher_score_is_never_less_likely_to_be_liked() -> None:
    backwards = fit_calibration([float(n) for n in range(60)], [n < 30 for n in range(60)])
    assert backwards is not None
    assert backwards.probability(1) <= backwards.probability(50)


def test_scores_that_separate_perfectly_stay_short_of_certainty() -> None:
    calibration = fit_calibration([float(n) for n in range(60)], [n >= 30 for n in range(60)])
    assert calibration is not None
    assert 0 < calibration.probability(-1e9) < 0.05
    assert 0.95 < calibration.probability(1e9) < 1


def test_the_stated_chance_is_what_happens_for_members_with_thirty_verdicts() -> None:
    rng = Random(4)  # noqa: S311 - a simulation, repeatable
    members = [(rng.gauss(0, 0.7)) for _ in range(60)]
    past = [simulated(rng, 30, shift) for shift in members]
    pooled = fit_calibration([s for scores, _ in past for s in scores], [y for _, liked in past for y in liked])
    assert pooled is not None
    outcomes = []
    for shift, (scores, liked) in zip(members, past, strict=True):
        own = pooled.for_profile(scores, liked)
        later_scores, later_liked = simulated(rng, 60, shift)
        outcomes += [
            Outcome(MORNING.date(), own.probability(score), yes)
            for score, yes in zip(later_scores, later_liked, strict=True)
        ]
    measured = reliability(outcomes)
    assert measured is not None
    assert measured.ece <= 0.05


def test_a_profile_without_verdicts_is_told_what_holds_for_all() -> None:
    pooled = fit_calibration(*simulated(Random(1), 100))  # noqa: S311 - a simulation, repeatable
    assert pooled is not None
    assert pooled.for_profile([], []) is pooled


def test_words_stand_where_no_number_is_honest() -> None:
    assert [strength(score) for score in (1.1, 0.6, 0.1)] == ["strong match", "good match", "loose match"]
