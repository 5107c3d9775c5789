"""Members of a judged set, simulated: what they are told of their picks, and what they then say of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from adapters.evaluation import JUDGED_AT
from adapters.evaluation_sets import JudgedSet, Task
from bot.calibration import Calibration, fit_calibration
from bot.corrections import words_interest
from bot.learning import Judged, Taste
from bot.library import Library
from bot.model import PaperId, Verdict
from bot.quality import Outcome

# So many verdicts a member has given when the first percentage is stated that counts.
TAUGHT_BY = 30
PICKS = 5
# The papers of the set are announced over so many days, each once.
DAYS = 14
SEED = 11

Said = tuple[float, bool]


@dataclass(frozen=True, slots=True)
class SimulatedMember:
    """A topic as a person who likes what was judged relevant to it, and nothing else."""

    words: str
    relevant: frozenset[str]
    papers: tuple[PaperId, ...]


def members_of(known: JudgedSet) -> list[SimulatedMember]:
    """Return a member for each topic that has every stage."""
    relevant: dict[str, set[str]] = {}
    first: dict[str, Task] = {}
    for task in known.tasks:
        first.setdefault(task.topic, task)
        found = relevant.setdefault(task.topic, set())
        found.update(task.liked, (paper for paper, grade in known.judged[task.id].items() if grade > 0))
    everything = tuple(paper.id for paper in known.papers)
    return [
        SimulatedMember(
            task.words,
            frozenset(relevant[topic]),
            everything if task.within is None else tuple(PaperId(paper) for paper in sorted(task.within)),
        )
        for topic, task in first.items()
    ]


def stated(known: JudgedSet, library: Library, seed: int = SEED) -> list[Outcome]:
    """Return what members were told of picks after their first verdicts, and whether they liked them.

    Everything is as in the product: picks of the engine for what was typed and judged so far; one curve for all
    profiles, fitted on their first verdicts; moved before each digest to what the profile said of all its former ones.
    """
    rng = Random(seed)  # noqa: S311 - a simulation, repeatable
    lives = [_life(library, member, rng) for member in members_of(known)]
    taught = [_first_digests(digests) for digests in lives]
    past = [[said for digest in digests[:n] for said in digest] for digests, n in zip(lives, taught, strict=True)]
    pooled = fit_calibration(
        [score for said in past for score, _ in said], [liked for said in past for _, liked in said]
    )
    if pooled is None:
        return []
    return [
        outcome
        for digests, n, own in zip(lives, taught, past, strict=True)
        for outcome in _stated_after(pooled, own, digests[n:])
    ]


def _stated_after(pooled: Calibration, own: list[Said], digests: Sequence[Sequence[Said]]) -> Iterator[Outcome]:
    """Yield what one member is told of later digests; ``own`` is all that was said before each."""
    said = list(own)
    for digest in digests:
        curve = pooled.for_profile([score for score, _ in said], [liked for _, liked in said])
        for score, liked in digest:
            yield Outcome(JUDGED_AT.date(), curve.probability(score), liked)
        said += digest


def _life(library: Library, member: SimulatedMember, rng: Random) -> list[list[Said]]:
    """Return the digests of one member, oldest first: each pick's score and whether it was liked."""
    judged: list[Judged] = []
    digests: list[list[Said]] = []
    announced = rng.sample(member.papers, len(member.papers))
    for day in range(DAYS):
        now = JUDGED_AT + timedelta(days=day)
        taste = Taste((words_interest(member.words),), judged=tuple(judged))
        picks = library.pick(taste, now, candidates=announced[day::DAYS], count=PICKS).picks
        liked = [str(pick.paper.id) in member.relevant for pick in picks]
        digests.append([(pick.score, yes) for pick, yes in zip(picks, liked, strict=True)])
        judged += [
            Judged(pick.paper.id, Verdict.LIKE if yes else Verdict.NOT_FOR_ME, now)
            for pick, yes in zip(picks, liked, strict=True)
        ]
    return digests


def _first_digests(digests: Sequence[Sequence[Said]]) -> int:
    """Return how many digests it took until enough verdicts were given."""
    given = 0
    for count, digest in enumerate(digests, start=1):
        given += len(digest)
        if given >= TAUGHT_BY:
            return count
    return len(digests)
