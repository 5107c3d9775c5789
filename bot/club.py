"""The journal club of a channel: once a week its most liked picks, to vote on what is read next."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.actions import Verb
from bot.answers.asked import button, present
from bot.answers.offers import bare_pick
from bot.answers.tastes import standing_acts
from bot.answers.verdicts import tally
from bot.answers.voting import CLUB, club_posts, votes_in_words, week_of
from bot.deliveries import DeliveryRecord, Note
from bot.desk import Desk
from bot.model import (
    Channel,
    Member,
    Paper,
    PaperId,
    Pick,
    Reason,
    ReasonKind,
    Subscription,
    Verdict,
    destination_of,
)
from bot.notes import Notes
from bot.preferences import CLUB_DAYS
from bot.replies import Button, ButtonStyle, OfferedPick, PicksReply
from bot.schedule import due_digests
from bot.words import count, say, spoken

WEEK = timedelta(days=7)
CHOICES = 3
# More digests than a week has, extra ones included.
DIGESTS_BACK = 60


class Club:
    """Callers: the round."""

    def __init__(self, desk: Desk, notes: Notes) -> None:
        self._desk = desk
        self._stores = desk.stores
        self._notes = notes
        # Saves asking again all day long; what decides is the ledger.
        self._settled: set[tuple[str, date]] = set()

    def plan(self, now: datetime) -> int:
        """Plan the choices that are due; return how many."""
        return sum(self._planned(subscription, day, now) for subscription, day in self._due(now))

    def shown_again(self, record: DeliveryRecord) -> PicksReply | None:
        """Return what a message of a choice should now say: its paper with the votes so far."""
        paper = record.paper
        if paper is None or record.about is None or not record.about.startswith(CLUB):
            return None
        found = self._stores.papers.get([paper]).get(paper)
        if found is None:
            return None
        shown = [part.paper for part in self._stores.ledger.of(record.key) if part.paper is not None]
        votes = self._stores.club_votes.counts(record.channel, week_of(record.about)).get(paper, 0)
        said = [votes_in_words(votes)] if votes else []
        said += [told] if (told := tally(self._desk, record.channel, paper)) else []
        number = list(dict.fromkeys(shown)).index(paper) + 1
        offered = OfferedPick(number, bare_pick(found), club_buttons(paper), tally=", ".join(said))
        return PicksReply(heading_for(record.channel), (offered,))

    def _due(self, now: datetime) -> Iterable[tuple[Subscription, date]]:
        for choice, weekday in CLUB_DAYS.items():
            for profile in self._stores.preferences.profiles_with("club", choice):
                subscription = self._stores.subscriptions.get(profile.removeprefix("channel:"))
                if subscription is None or subscription.channel.direct:
                    continue
                weekly = replace(subscription, weekdays=frozenset({weekday}))
                for due in due_digests([weekly], now, ()):
                    yield subscription, due.key.local_date

    def _planned(self, subscription: Subscription, day: date, now: datetime) -> bool:
        key = (destination_of(subscription.channel), day)
        if key in self._settled:
            return False
        about = f"{CLUB}{day.isoformat()}"
        with spoken(self._notes.language_in(subscription.channel)):
            reply = self._choice(subscription.channel, day, now)
        if reply is None:
            why = "nobody liked a pick of the week"
            note = Note(subscription.profile, subscription.channel, about, day, (), why=why)
            self._stores.ledger.plan_note(note, now)
            planned = False
        else:
            planned = self._notes.plan(subscription.channel, about, reply, now)
        self._settled.add(key)
        return planned

    def _choice(self, channel: Channel, day: date, now: datetime) -> PicksReply | None:
        """Return the most liked picks of the week, to vote on; None when nobody liked any."""
        likes = self._likes(channel, now - WEEK)
        week = [
            pick
            for digest in self._stores.digests.recent(channel.profile, DIGESTS_BACK)
            if day - WEEK <= digest.local_date <= day
            for pick in digest.picks
        ]
        picks = {pick.paper.id: pick for pick in week if pick.paper.id in likes and not pick.paper.withdrawn}
        most = sorted(picks.values(), key=lambda pick: (-len(likes[pick.paper.id]), pick.paper.id))[:CHOICES]
        if not most:
            return None
        offered = tuple(
            OfferedPick(number, _liked(pick, len(likes[pick.paper.id])), club_buttons(pick.paper.id))
            for number, pick in enumerate(most, start=1)
        )
        how = say("Press a vote: one for each member, the last one counts. Talk about them in the thread.")
        return PicksReply(heading_for(channel), offered, (*self._last_choice(channel), how))

    def _likes(self, channel: Channel, since: datetime) -> dict[PaperId, set[Member]]:
        likes: dict[PaperId, set[Member]] = {}
        for act in standing_acts(self._stores.feedback.in_channel(channel)):
            if act.verdict is Verdict.LIKE and act.at >= since and act.paper is not None:
                likes.setdefault(act.paper, set()).add(act.member)
        return likes

    def _last_choice(self, channel: Channel) -> tuple[str, ...]:
        """Say what won the vote before; nothing when nobody voted, or when it was a tie."""
        posts = club_posts(self._stores, channel)
        counts = self._stores.club_votes.counts(channel, posts[0].week) if posts else {}
        most = max(counts.values(), default=0)
        winners = [paper for paper, votes in counts.items() if votes == most]
        papers: dict[PaperId, Paper] = self._stores.papers.get(winners) if len(winners) == 1 else {}
        return tuple(
            say("The last choice was: {title} ({votes})", title=paper.title, votes=votes_in_words(most))
            for paper in papers.values()
        )


def heading_for(channel: Channel) -> str:
    return say("#{channel}'s journal club: what shall we read next?", channel=channel.name or channel.id)


def club_buttons(paper: PaperId) -> tuple[Button, ...]:
    return present(
        [
            button(say("Vote for this"), Verb.VOTE, paper, ButtonStyle.PRIMARY),
            button(say("Save"), Verb.SAVE, paper),
            button(say("Why"), Verb.WHY, paper),
        ]
    )


def _liked(pick: Pick, likes: int) -> Pick:
    words = count(likes, "{n} like this week", "{n} likes this week")
    return replace(
        pick, reasons=(Reason(ReasonKind.LIKED, words, pick.score),), probability=None, strength="", stretch=False
    )
