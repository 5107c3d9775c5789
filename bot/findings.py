"""What the engine answers: hits, picks, and why."""

from dataclasses import dataclass

from bot.corrections import Correction
from bot.model import PaperId, Pick, Reason, Team


@dataclass(frozen=True, slots=True)
class Hit:
    """A paper found. The shares of its reasons sum to its score."""

    paper: PaperId
    score: float
    reasons: tuple[Reason, ...]
    key_sentence: str


@dataclass(frozen=True, slots=True)
class Found:
    """One page of hits.

    Attributes:
        total: How many papers match in all.
        corrections: Typed words that no abstract has, with what was searched instead.
    """

    hits: tuple[Hit, ...]
    total: int
    corrections: tuple[Correction, ...] = ()


@dataclass(frozen=True, slots=True)
class Miss:
    paper: PaperId
    score: float


@dataclass(frozen=True, slots=True)
class Selection:
    """Picks for one digest.

    Attributes:
        read: How many candidates were looked at.
        bar: The least score of a pick.
        nearest_miss: The best candidate below the bar; None when there is none.
        gave: Whose each pick is, where two rankers were compared.
    """

    picks: tuple[Pick, ...]
    read: int
    bar: float
    nearest_miss: Miss | None
    gave: tuple[tuple[PaperId, Team], ...] = ()


@dataclass(frozen=True, slots=True)
class Assessment:
    """Why one paper is picked or not.

    Attributes:
        score: For the taste; 0 for a paper that is not stored.
        rank: Its place among the candidates that may be picked, from 1; None when it is not one of them.
        muted_by: Muted interests (and exclusions) that hide it, as words.
        missing: What must be there for an interest and is not, as words.
    """

    score: float
    bar: float
    rank: int | None
    reasons: tuple[Reason, ...]
    muted_by: tuple[str, ...]
    missing: tuple[str, ...]
