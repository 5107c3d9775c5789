"""A profile's past picks, and the figures of how they were taken: what only a signed link opens."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from bot.addresses import Opened, owner_of
from bot.answers.asked import direct_channel
from bot.answers.tastes import standing_acts
from bot.desk import Desk
from bot.model import Channel, DeliveryKey, Digest, Member, PaperId, Pick, ProfileId, Verdict, destination_of
from bot.ports import Messenger
from bot.quality import Outcome, Reliability, by_week, reliability
from bot.reasons import in_words
from bot.words import say

DIGESTS_A_PAGE = 14
PAGES = 50
# As far back as the figures look.
FIGURES_BACK = timedelta(days=90)
FIGURES_DIGESTS = 200


@dataclass(frozen=True, slots=True)
class ArchivePage:
    """Past picks.

    Attributes:
        whose: In words: ``your picks``, ``the picks of #papers``.
        days: Newest first; the picks of a day in their order, each paper once.
        posted: Where a pick is seen in chat, by day and paper; only what stands in the profile's own place.
        older: Whether there is another page after this one.
    """

    opened: Opened
    whose: str
    days: tuple[tuple[date, tuple[Pick, ...]], ...]
    page: int
    older: bool
    posted: Mapping[tuple[date, PaperId], str]


@dataclass(frozen=True, slots=True)
class Week:
    """What became of the picks of one week, by its Monday."""

    monday: date
    shown: int
    liked: int


@dataclass(frozen=True, slots=True)
class ProfileFigures:
    """How well a profile's picks were chosen.

    Attributes:
        reliability: None while no pick was shown with a percentage.
    """

    whose: str
    days: int
    weeks: tuple[Week, ...]
    reliability: Reliability | None


def archive_page(desk: Desk, opened: Opened, page: int, messengers: Mapping[str, Messenger]) -> ArchivePage:
    page = min(max(page, 1), PAGES)
    digests = desk.stores.digests.recent(opened.profile, DIGESTS_A_PAGE * page + 1)[DIGESTS_A_PAGE * (page - 1) :]
    shown = digests[:DIGESTS_A_PAGE]
    days = groupby(shown, key=lambda digest: digest.local_date)
    return ArchivePage(
        opened=opened,
        whose=whose_picks(desk, opened.profile),
        days=tuple(
            (day, in_words(_once([pick for digest in of_day for pick in digest.picks]))) for day, of_day in days
        ),
        page=page,
        older=len(digests) > DIGESTS_A_PAGE and page < PAGES,
        posted=_posted(desk, owner_of(opened.profile), shown, messengers),
    )


def profile_figures(desk: Desk, profile: ProfileId, now: datetime) -> ProfileFigures:
    """Return the figures of a profile's picks of the last `FIGURES_BACK`."""
    first = (now - FIGURES_BACK).date()
    digests = [each for each in desk.stores.digests.recent(profile, FIGURES_DIGESTS) if each.local_date >= first]
    outcomes = _outcomes(desk, profile, digests[::-1])
    return ProfileFigures(
        whose=whose_picks(desk, profile),
        days=FIGURES_BACK.days,
        weeks=tuple(Week(monday, len(liked), sum(liked)) for monday, liked in by_week(outcomes)),
        reliability=reliability(outcomes),
    )


def whose_picks(desk: Desk, profile: ProfileId) -> str:
    owner = owner_of(profile)
    if isinstance(owner, Member):
        return say("your picks")
    subscription = desk.stores.subscriptions.get(f"{owner.platform}:{owner.community}:{owner.id}")
    name = subscription.channel.name if subscription else ""
    return say("the picks of #{channel}", channel=name) if name else say("the picks of your channel")


def _outcomes(desk: Desk, profile: ProfileId, digests: list[Digest]) -> list[Outcome]:
    owner = owner_of(profile)
    log = desk.stores.feedback
    acts = log.in_channel(owner) if isinstance(owner, Channel) else log.of_member(owner)
    liked = {act.paper for act in standing_acts(acts) if act.verdict in {Verdict.LIKE, Verdict.SAVE}}
    return [
        Outcome(digest.local_date, pick.probability, pick.paper.id in liked)
        for digest in digests
        for pick in digest.picks
    ]


def _posted(
    desk: Desk, owner: Member | Channel, digests: Sequence[Digest], messengers: Mapping[str, Messenger]
) -> dict[tuple[date, PaperId], str]:
    """Return where the picks of some digests are seen: in the channel itself, or the member's own conversation."""
    messenger = messengers.get(owner.platform)
    if messenger is None:
        return {}
    channel = owner if isinstance(owner, Channel) else direct_channel(owner)
    addresses: dict[tuple[date, PaperId], str] = {}
    for digest in digests:
        parts = desk.stores.ledger.of(DeliveryKey(destination_of(channel), digest.local_date, digest.edition))
        first = next((part.message for part in parts if part.message is not None), None)
        for part in parts:
            if part.paper is None or part.message is None or first is None:
                continue
            if address := messenger.address(channel, part.message, first):
                addresses.setdefault((digest.local_date, part.paper), address)
    return addresses


def _once(picks: list[Pick]) -> tuple[Pick, ...]:
    first: dict[PaperId, Pick] = {}
    for pick in picks:
        first.setdefault(pick.paper.id, pick)
    return tuple(first.values())
