"""How good the picks were: hit rates and the honesty of the percentages."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

BINS = 10


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one pick.

    Attributes:
        probability: As it was shown, 0..1; None when a word stood there.
    """

    day: date
    probability: float | None
    liked: bool


@dataclass(frozen=True, slots=True)
class Reliability:
    """How far stated probabilities are from what happened.

    Attributes:
        ece: Expected calibration error over `BINS` bins of equal width, 0..1.
        brier: Mean squared difference of probability and outcome, 0..1.
    """

    count: int
    ece: float
    brier: float


def reliability(outcomes: Sequence[Outcome]) -> Reliability | None:
    """Return the reliability of the probabilities shown; None without any.

    ECE as in Naeini, Cooper & Hauskrecht (2015): the mean over bins, weighted by size, of
    |mean probability − share liked|.
    """
    told = [(outcome.probability, outcome.liked) for outcome in outcomes if outcome.probability is not None]
    if not told:
        return None
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for probability, liked in told:
        bins[min(int(probability * BINS), BINS - 1)].append((probability, liked))
    error = sum(
        abs(sum(probability for probability, _ in members) - sum(liked for _, liked in members))
        for members in bins.values()
    )
    brier = sum((probability - liked) ** 2 for probability, liked in told)
    return Reliability(len(told), error / len(told), brier / len(told))


def hit_rate_by_week(outcomes: Sequence[Outcome]) -> list[tuple[date, str]]:
    """Return each week's Monday with ``"7 of 25"``, oldest first."""
    weeks: dict[date, list[bool]] = defaultdict(list)
    for outcome in outcomes:
        weeks[outcome.day - timedelta(days=outcome.day.weekday())].append(outcome.liked)
    return [(monday, f"{sum(liked)} of {len(liked)} liked") for monday, liked in sorted(weeks.items())]
