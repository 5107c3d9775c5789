"""How good the picks were: hit rates and the honesty of the percentages."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.words import say

BINS = 10
# With fewer picks that carried a percentage an error would be chance, whatever it is.
FEWEST_TOLD = 20


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
class Bin:
    """The picks whose percentage lay in one tenth.

    Attributes:
        lowest: Where the tenth begins, 0..0.9.
        said, liked: Mean probability, and share that was liked, 0..1.
    """

    lowest: float
    count: int
    said: float
    liked: float

    @property
    def highest(self) -> float:
        """Where the tenth ends, 0.1..1."""
        return self.lowest + 1 / BINS


@dataclass(frozen=True, slots=True)
class Reliability:
    """How far stated probabilities are from what happened.

    Attributes:
        bins: Those with any pick, the lowest first: the reliability diagram as a table.
        ece: Expected calibration error over `BINS` bins of equal width, 0..1.
        brier: Mean squared difference of probability and outcome, 0..1.
    """

    count: int
    ece: float
    brier: float
    bins: tuple[Bin, ...] = ()


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
    table = tuple(
        Bin(
            number / BINS,
            len(members),
            sum(probability for probability, _ in members) / len(members),
            sum(liked for _, liked in members) / len(members),
        )
        for number, members in sorted(bins.items())
    )
    error = sum(each.count * abs(each.said - each.liked) for each in table)
    brier = sum((probability - liked) ** 2 for probability, liked in told)
    return Reliability(len(told), error / len(told), brier / len(told), table)


def liked_by_week(outcomes: Sequence[Outcome]) -> list[tuple[date, float]]:
    """Return each week's Monday with the share of its picks that were liked, in percent, oldest first."""
    return [(monday, 100 * sum(liked) / len(liked)) for monday, liked in by_week(outcomes)]


def hit_rate_by_week(outcomes: Sequence[Outcome]) -> list[tuple[date, str]]:
    """Return each week's Monday with ``"7 of 25 liked"``, oldest first."""
    return [
        (monday, say("{liked} of {shown} liked", liked=sum(liked), shown=len(liked)))
        for monday, liked in by_week(outcomes)
    ]


def by_week(outcomes: Sequence[Outcome]) -> list[tuple[date, list[bool]]]:
    """Return each week's Monday with whether each of its picks was liked, oldest first."""
    weeks: dict[date, list[bool]] = defaultdict(list)
    for outcome in outcomes:
        weeks[outcome.day - timedelta(days=outcome.day.weekday())].append(outcome.liked)
    return sorted(weeks.items())
