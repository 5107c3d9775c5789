"""Two rankers in one digest by team-draft interleaving (Radlinski, Kurup & Joachims 2008): members say who is better.

As in a game between two teams, the rankers take turns at choosing their best paper that is not taken yet; a coin says
who begins each turn. Nothing in the digest tells whose a pick is, so a like is a vote without a bias.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from hashlib import sha256
from math import comb
from random import Random
from typing import TypeVar

from bot.model import Draft, PaperId, ProfileId, Team
from bot.weights import RIVALS, Weights

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a host has compared.

    Attributes:
        share: Of all digests, 0..1.
        rival: A name of `bot.weights.RIVALS`.
    """

    share: float
    rival: str


@dataclass(frozen=True, slots=True)
class Score:
    """How the served weights did against one rival, in digests."""

    wins: int = 0
    losses: int = 0
    ties: int = 0

    @property
    def p_value(self) -> float:
        """The two-sided sign test: how likely so one-sided a result is between equals, ties left out; 0..1."""
        n = self.wins + self.losses
        # Whole numbers up to the last step: a float holds no 2 to the power of a thousand digests.
        ways = sum(comb(n, k) for k in range(min(self.wins, self.losses) + 1))
        return min(1.0, float(Fraction(2 * ways, 1 << n)))


@dataclass(frozen=True, slots=True)
class Opponent:
    """What one digest is drafted against, and the coin that is tossed."""

    weights: Weights
    coin: Random


def opponent_of(comparison: Comparison, profile: ProfileId, day: date, edition: int) -> Opponent | None:
    """Return the opponent in a digest that is to compare, the same each time it is made; None for the other digests."""
    told = f"{comparison.rival} {profile} {day.isoformat()} {edition}"
    rng = Random(int.from_bytes(sha256(told.encode()).digest()[:8]))  # noqa: S311  # fair, not secret
    return Opponent(RIVALS[comparison.rival], rng) if rng.random() < comparison.share else None


def team_draft(served: Sequence[T], rival: Sequence[T], count: int, rng: Random) -> list[tuple[T, Team | None]]:
    """Draft at most ``count`` of two rankings, best first; what follows when one has no more is nobody's.

    Where both have the same next best the coin decides whose it is, so that agreement favours neither.
    """
    rankings = {Team.SERVED: served, Team.RIVAL: rival}
    drafted: list[tuple[T, Team | None]] = []
    taken: set[T] = set()
    chose = dict.fromkeys(Team, 0)
    while len(drafted) < count:
        lead = chose[Team.SERVED] - chose[Team.RIVAL]
        # Drawn in every turn, so that one that is ahead changes no later coin.
        head = rng.random() < 0.5
        team = Team.SERVED if lead < 0 or (lead == 0 and head) else Team.RIVAL
        best = next((item for item in rankings[team] if item not in taken), None)
        if best is None:
            break
        drafted.append((best, team))
        taken.add(best)
        chose[team] += 1
    rest = [item for item in (*served, *rival) if item not in taken]
    return [*drafted, *((item, None) for item in dict.fromkeys(rest))][:count]


def score_by_rival(results: Iterable[tuple[Draft, Collection[PaperId]]]) -> dict[str, Score]:
    """Count what drafts came to, by the name of the rival.

    Args:
        results: Each draft with the papers of its digest that were liked or saved: one vote each for who gave it.
    """
    scores: dict[str, Score] = {}
    for draft, liked in results:
        votes = [team for paper, team in draft.gave if paper in liked]
        lead = votes.count(Team.SERVED) - votes.count(Team.RIVAL)
        old = scores.get(draft.rival, Score())
        scores[draft.rival] = Score(old.wins + (lead > 0), old.losses + (lead < 0), old.ties + (lead == 0))
    return scores
