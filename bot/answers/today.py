"""``today`` and the making of digests: which picks, kept so that asking again shows the same ones."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice

from bot.answers.asked import (
    Answer,
    Asked,
    direct_channel,
    for_owner,
    present,
    say_button,
    zone_of_member,
)
from bot.answers.finding import rising_since, trending_pick
from bot.answers.interests import how_to_follow
from bot.answers.offers import offered_picks
from bot.answers.tastes import taste_of
from bot.candidates import Candidates
from bot.desk import Desk
from bot.interleaving import opponent_of
from bot.learning import Taste
from bot.library import Selection
from bot.model import Channel, DeliveryKey, Digest, Draft, Member, PaperId, ProfileId, destination_of
from bot.preferences import chosen
from bot.replies import NothingReply, PicksReply
from bot.words import ENGLISH, decimal, marked, say, spoken, whole

# A paper may be picked this long after it was announced: good ones that did not fit the first day have their turn.
FRESH = timedelta(days=14)
DEFAULT_COUNT = 5

# A day has few editions; this many of the newest digests surely hold the last scheduled one.
RECENT_EDITIONS = 20


@dataclass(frozen=True, slots=True)
class Made:
    """A digest that was made or found.

    Attributes:
        selection: What the ranking saw; None for a digest that was kept before, or made of what is trending.
    """

    digest: Digest
    selection: Selection | None


def today(desk: Desk, asked: Asked) -> Answer:
    owner = owner_of_today(desk, asked)
    subscription = desk.stores.subscriptions.get(destination_of(home_of(owner)))
    zone = subscription.zone if subscription else zone_of_member(desk, asked.member)
    count = subscription.count if subscription else DEFAULT_COUNT
    made = digest_for_today(desk, owner, asked.public_channel, asked.now.astimezone(zone).date(), count, asked.now)
    if not made.digest.picks:
        return Answer(nothing_today(desk, owner, made, asked.now))
    offered = offered_picks(desk, asked, made.digest.picks)
    heading = for_owner(owner, marked("Today's picks for you"), marked("Today's picks for {channel}"))
    return Answer(PicksReply(heading, offered, notes_for(desk, owner), footer_for(owner)))


def owner_of_today(desk: Desk, asked: Asked) -> Member | Channel:
    """Return whose picks ``today`` shows: the channel's in a channel, unless only the asker follows anything."""
    channel = asked.public_channel
    if channel is None:
        return asked.member
    if desk.stores.profiles.get(channel.profile).interests or desk.stores.subscriptions.get(destination_of(channel)):
        return channel
    return asked.member if desk.stores.profiles.get(asked.member.profile).interests else channel


def home_of(owner: Member | Channel) -> Channel:
    """Return where the digest of a profile goes."""
    return owner if isinstance(owner, Channel) else direct_channel(owner)


def digest_for_today(
    desk: Desk, owner: Member | Channel, beside: Channel | None, day: date, count: int, now: datetime
) -> Made:
    """Return the digest of a local date, made now if there is none for the interests as they are.

    One that was posted already stands; with changed interests the further picks are an edition of their own.

    Args:
        beside: The channel in which a member asks (see `taste_of`).
    """
    editions = desk.stores.digests.of_day(owner.profile, day)
    revision = desk.stores.profiles.get(owner.profile).revision
    fitting = [found for found in editions if found.revision == revision and found.picks]
    if fitting:
        return Made(max(fitting, key=lambda found: found.edition), None)
    newest = max((found.edition for found in editions), default=0)
    posted = bool(desk.stores.ledger.of(DeliveryKey(destination_of(home_of(owner)), day, newest)))
    made = make_digest(desk, owner, beside, DigestPlace(day, newest + 1 if posted else newest), count, now)
    if made.digest.picks or not posted:
        desk.stores.digests.keep(made.digest)
    return made


def scheduled_digest(desk: Desk, owner: Member | Channel, day: date, count: int, now: datetime) -> Made:
    """Return the digest to post on a local date: what ``today`` showed already, if it still fits the interests."""
    kept = desk.stores.digests.get(owner.profile, day, 0)
    if kept is not None and kept.picks and kept.revision == desk.stores.profiles.get(owner.profile).revision:
        return Made(replace(kept, picks=kept.picks[:count]), None)
    return make_digest(desk, owner, None, DigestPlace(day, among_many=True), count, now)


def extra_digest(desk: Desk, owner: Member | Channel, day: date, count: int, now: datetime) -> Made:
    """Return a further digest of the next best papers for a local date; nothing is kept yet."""
    editions = [found.edition for found in desk.stores.digests.of_day(owner.profile, day)]
    place = DigestPlace(day, max(editions, default=0) + 1)
    return make_digest(desk, owner, None, place, count, now)


@dataclass(frozen=True, slots=True)
class DigestPlace:
    """Which digest of a profile: its local date, and 0 for the scheduled one or the number of an extra one.

    Attributes:
        among_many: It is made with those of thousands; nobody waits to press *like* and see what changes.
    """

    day: date
    edition: int = 0
    among_many: bool = False


def make_digest(
    desk: Desk, owner: Member | Channel, beside: Channel | None, place: DigestPlace, count: int, now: datetime
) -> Made:
    """Choose the picks of a digest; nothing is kept yet. No paper that the profile was ever shown is chosen again.

    The words of its reasons are kept in English; to each who reads them they are said anew (`bot.reasons`).
    """
    with spoken(ENGLISH):
        return _chosen(desk, owner, beside, place, count, now)


def _chosen(
    desk: Desk, owner: Member | Channel, beside: Channel | None, place: DigestPlace, count: int, now: datetime
) -> Made:
    taste = taste_of(desk.stores, owner, beside)
    candidates = candidates_for(desk, owner, taste, place, now)
    selection = draft = None
    if is_empty(taste):
        risen = rising_since(desk.stores, owner, now - FRESH, now)
        picks = tuple(islice((trending_pick(entry) for entry in risen if entry.paper.id in candidates), count))
    else:
        calibration = desk.calibration_for(owner)
        compared = desk.comparison
        against = None if compared is None else opponent_of(compared, owner.profile, place.day, place.edition)
        selection = desk.library.pick(
            taste,
            now,
            candidates=candidates,
            count=count,
            calibration=calibration,
            against=against,
            among_many=place.among_many,
        )
        picks = selection.picks
        draft = Draft(compared.rival, selection.gave) if compared is not None and selection.gave else None
    revision = desk.stores.profiles.get(owner.profile).revision
    return Made(Digest(owner.profile, place.day, place.edition, revision, picks, now, draft), selection)


def candidates_for(desk: Desk, owner: Member | Channel, taste: Taste, place: DigestPlace, now: datetime) -> Candidates:
    """Return the fresh papers that this profile was never shown and nobody judged for it.

    The picks of the very digest that is being replaced count as not shown.
    """
    replaced = desk.stores.digests.get(owner.profile, place.day, place.edition)
    again = {pick.paper.id for pick in replaced.picks} if replaced else set()
    shown = desk.stores.digests.ever_shown(owner.profile) - again
    told = {verdict.paper for verdict in taste.judged}
    brought = desk.stores.submissions.since(owner.platform, owner.community, now - FRESH)
    also = frozenset(found.paper for found in brought)
    fresh = desk.fresh(now, FRESH)
    return replace(fresh, also=also, without=frozenset(shown | told | _left_over(desk, owner, fresh, place.day)))


def _left_over(desk: Desk, owner: Member | Channel, fresh: Candidates, day: date) -> set[PaperId]:
    """Return what had its turn in the last round, for a profile that wants only what came since."""
    if chosen(desk.stores.preferences.of(owner.profile), "carry-over") == "on":
        return set()
    before = last_round(desk, owner.profile, day)
    return set() if before is None else set(fresh) - set(desk.library.fresh(before.made_at))


def last_round(desk: Desk, profile: ProfileId, day: date) -> Digest | None:
    """Return the newest scheduled digest of a profile before a local date."""
    recent = desk.stores.digests.recent(profile, RECENT_EDITIONS)
    return next((found for found in recent if found.edition == 0 and found.local_date < day), None)


def is_empty(taste: Taste) -> bool:
    prior = taste.prior
    return not taste.interests and not taste.judged and (prior is None or is_empty(prior))


def nothing_today(desk: Desk, owner: Member | Channel, made: Made, now: datetime) -> NothingReply:
    """Say exactly why there is no pick: what was announced, how many were read, the nearest miss and the bar."""
    day = timedelta(days=1)
    announced = desk.stores.papers.per_source(now - day)
    told = ", ".join(f"{source} {whole(count)}" for source, count in sorted(announced.items()))
    stored = whole(desk.stores.papers.count())
    if told:
        lines = [say("Announced in the last 24 hours: {counts}. Stored in all: {stored}.", counts=told, stored=stored)]
    else:
        lines = [say("Announced in the last 24 hours: nothing. Stored in all: {stored}.", stored=stored)]
    selection = made.selection
    if selection is None:
        lines.append(
            for_owner(
                owner,
                marked("Every paper of the last {days} days was shown to you before."),
                marked("Every paper of the last {days} days was shown to {channel} before."),
                days=FRESH.days,
            )
        )
    else:
        lines.append(
            for_owner(
                owner,
                marked("Read for you: {read} papers of the last {days} days not shown before."),
                marked("Read for {channel}: {read} papers of the last {days} days not shown before."),
                read=whole(selection.read),
                days=FRESH.days,
            )
        )
        if selection.nearest_miss is not None:
            missed = desk.stores.papers.get([selection.nearest_miss.paper]).get(selection.nearest_miss.paper)
            title = missed.title if missed else selection.nearest_miss.paper
            lines.append(
                say(
                    "Nearest miss: {title} with {score}; the bar is {bar}.",
                    title=title,
                    score=decimal(selection.nearest_miss.score),
                    bar=decimal(selection.bar),
                )
            )
    buttons = present([say_button(say("Trending"), "trending"), say_button(say("Interests"), "interests")])
    heading = for_owner(owner, marked("No picks today for you"), marked("No picks today for {channel}"))
    return NothingReply(heading, tuple(lines), buttons)


def notes_for(desk: Desk, owner: Member | Channel) -> tuple[str, ...]:
    if desk.stores.profiles.get(owner.profile).interests:
        return ()
    return (f"{say('There are no interests yet, so this is what is trending.')} {how_to_follow(owner)}",)


def footer_for(owner: Member | Channel) -> str:
    return for_owner(
        owner,
        marked("A reaction teaches your picks."),
        marked("A reaction teaches {channel}'s picks and your own."),
    )
