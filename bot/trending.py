"""What is rising: votes at the source and in the community, weighed down by age."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from bot.model import Feedback, Paper, PaperId, Verdict
from bot.words import count, say, whole

# Half of a vote's weight is gone after this: long enough for a weekend, short enough that a week-old hit makes room.
HALF_LIFE = timedelta(days=3)

# A vote of somebody here says more about this community than one of a stranger at the source.
COMMUNITY_WEIGHT = 2.0

LIKING = {Verdict.LIKE: 1.0, Verdict.SAVE: 0.5}


@dataclass(frozen=True, slots=True)
class Rising:
    """A paper with what lifts it.

    Attributes:
        gained: Its upvotes since yesterday.
        likes: Its likes in the community.
    """

    paper: Paper
    score: float
    gained: int
    likes: int

    @property
    def votes(self) -> tuple[int, int, int, int]:
        """What `counts_in_words` says."""
        return self.paper.upvotes or 0, self.gained, self.paper.comments or 0, self.likes

    @property
    def counts(self) -> str:
        """The votes in words; empty when there are none."""
        return counts_in_words(*self.votes)


def rising(
    papers: Iterable[Paper],
    acts: Sequence[Feedback],
    now: datetime,
    yesterday: Mapping[PaperId, int] = MappingProxyType({}),
) -> list[Rising]:
    """Return papers by votes and age, the fastest first; withdrawn ones are left out.

    The score is (log2(1 + upvotes) + log2(1 + upvotes since yesterday) + 2 × likes here) × 2^(−age / 3 days), plus that
    same factor alone, so that without any votes newer papers stand first. Ties: the newer, then the smaller id.

    Args:
        acts: Standing verdicts of the community.
        yesterday: The votes that papers had at the end of yesterday, where they are known.
    """
    likes: Counter[PaperId] = Counter()
    weights: dict[PaperId, float] = {}
    for act in acts:
        if act.paper is not None and act.verdict in LIKING:
            likes[act.paper] += act.verdict is Verdict.LIKE
            weights[act.paper] = weights.get(act.paper, 0.0) + LIKING[act.verdict]
    ranked = [
        _rising(paper, _gained(paper, yesterday), likes[paper.id], weights.get(paper.id, 0.0), now)
        for paper in papers
        if not paper.withdrawn
    ]
    return sorted(ranked, key=lambda entry: (-entry.score, -_arrival(entry.paper, now).timestamp(), entry.paper.id))


def lift(votes: float, age: timedelta) -> float:
    """Return the score of a paper for the sum of its votes' logarithms."""
    return float((1 + votes) * 0.5 ** (age / HALF_LIFE))


def counts_in_words(upvotes: int, gained: int, comments: int, likes: int) -> str:
    """Say what lifts a paper: ``"41 upvotes, 2 likes here"``; of nothing, nothing is said."""
    said = []
    if upvotes:
        said.append(count(upvotes, "{n} upvote", "{n} upvotes"))
    if gained:
        said.append(say("↑ {votes} since yesterday", votes=whole(gained)))
    if comments:
        said.append(count(comments, "{n} comment", "{n} comments"))
    if likes:
        said.append(count(likes, "{n} like here", "{n} likes here"))
    return ", ".join(said)


def _gained(paper: Paper, yesterday: Mapping[PaperId, int]) -> int:
    return max((paper.upvotes or 0) - yesterday[paper.id], 0) if paper.id in yesterday else 0


def _rising(paper: Paper, gained: int, likes: int, weight: float, now: datetime) -> Rising:
    age = max(now - _arrival(paper, now), timedelta())
    votes = math.log2(1 + max(paper.upvotes or 0, 0)) + math.log2(1 + gained) + COMMUNITY_WEIGHT * weight
    return Rising(paper, lift(votes, age), gained, likes)


def _arrival(paper: Paper, now: datetime) -> datetime:
    return min(paper.announced or paper.first_seen or now, now)
