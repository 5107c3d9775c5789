"""A member's own data for programs: what a token reads. The fields are a promise: they are added to, never changed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from bot.answers.asked import direct_channel
from bot.answers.tastes import standing_acts
from bot.desk import Desk
from bot.interests import explain_interest
from bot.model import Member, Paper, destination_of

# As many digests as a program that asks once a month may have missed.
DIGESTS = 31
VERDICTS = 1000


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a digest comes: ``at`` on the clock of the wall in ``zone``; ``paused`` says why it does not."""

    cadence: str
    at: str
    zone: str
    count: int
    paused: str | None


@dataclass(frozen=True, slots=True)
class Me:
    """Whose token it is, and when their digest comes."""

    platform: str
    community: str
    member: str
    digest: Schedule | None


@dataclass(frozen=True, slots=True)
class InterestValue:
    number: int
    text: str
    muted: bool
    since: datetime
    meaning: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Interests:
    """The interests and mutes, in the order of their numbers."""

    interests: tuple[InterestValue, ...]


@dataclass(frozen=True, slots=True)
class PaperValue:
    id: str
    title: str
    authors: tuple[str, ...]
    abstract: str
    published: date | None
    url: str


@dataclass(frozen=True, slots=True)
class PickValue:
    """A pick: ``probability`` is the chance of a like, 0..1, null while there is too little to tell it."""

    paper: PaperValue
    score: float
    probability: float | None
    strength: str
    reasons: tuple[str, ...]
    stretch: bool


@dataclass(frozen=True, slots=True)
class DigestValue:
    date: date
    edition: int
    picks: tuple[PickValue, ...]


@dataclass(frozen=True, slots=True)
class Picks:
    """The newest digests with their picks, newest first."""

    digests: tuple[DigestValue, ...]


@dataclass(frozen=True, slots=True)
class Saved:
    """The reading list, newest first."""

    papers: tuple[PaperValue, ...]


@dataclass(frozen=True, slots=True)
class VerdictValue:
    paper: str | None
    verdict: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Verdicts:
    """The newest verdicts that nobody took back, newest first."""

    verdicts: tuple[VerdictValue, ...]


Value = Me | Interests | Picks | Saved | Verdicts


def _me(desk: Desk, member: Member) -> Me:
    found = desk.stores.subscriptions.get(destination_of(direct_channel(member)))
    if found is None:
        return Me(member.platform, member.community, member.id, None)
    digest = Schedule(found.cadence.value, f"{found.at:%H:%M}", found.zone.key, found.count, found.paused)
    return Me(member.platform, member.community, member.id, digest)


def _interests(desk: Desk, member: Member) -> Interests:
    followed = desk.stores.profiles.get(member.profile).interests
    return Interests(
        tuple(
            InterestValue(line.number, line.text, line.muted, line.since, tuple(explain_interest(line.interest)))
            for line in followed
        )
    )


def _picks(desk: Desk, member: Member) -> Picks:
    return Picks(
        tuple(
            DigestValue(
                digest.local_date,
                digest.edition,
                tuple(
                    PickValue(
                        _paper(pick.paper),
                        pick.score,
                        pick.probability,
                        pick.strength,
                        tuple(reason.words for reason in pick.reasons),
                        pick.stretch,
                    )
                    for pick in digest.picks
                ),
            )
            for digest in desk.stores.digests.recent(member.profile, DIGESTS)
        )
    )


def _saved(desk: Desk, member: Member) -> Saved:
    ids = desk.stores.saves.of(member)
    known = desk.stores.papers.get(ids)
    return Saved(tuple(_paper(known[paper]) for paper in ids if paper in known))


def _verdicts(desk: Desk, member: Member) -> Verdicts:
    acts = standing_acts(desk.stores.feedback.of_member(member))[-VERDICTS:]
    return Verdicts(tuple(VerdictValue(act.paper, act.verdict.value, act.at) for act in reversed(acts)))


def _paper(paper: Paper) -> PaperValue:
    return PaperValue(paper.id, paper.title, paper.authors, paper.abstract, paper.published, paper.url)


@dataclass(frozen=True, slots=True)
class Shelf:
    """One thing that can be read: ``form`` is the type of what ``read`` returns."""

    name: str
    form: type[Value]
    read: Callable[[Desk, Member], Value]


SHELVES: Mapping[str, Shelf] = {
    shelf.name: shelf
    for shelf in (
        Shelf("me", Me, _me),
        Shelf("interests", Interests, _interests),
        Shelf("picks", Picks, _picks),
        Shelf("saved", Saved, _saved),
        Shelf("verdicts", Verdicts, _verdicts),
    )
}
