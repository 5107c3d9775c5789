"""The vote of a journal club: on what it reads next."""

from dataclasses import dataclass
from datetime import date

from bot.answers.asked import Answer, Asked, Refused
from bot.desk import Desk
from bot.model import Channel, DeliveryState, Paper, PaperId, destination_of
from bot.ports import Stores
from bot.replies import NoticeReply
from bot.words import count, say

CLUB = "club "

# More parts than a channel posts between two clubs.
PARTS_BACK = 400


@dataclass(frozen=True, slots=True)
class ClubPost:
    """A choice that was posted: the date that it belongs to and its papers in order."""

    week: date
    papers: tuple[PaperId, ...]


def club_posts(stores: Stores, channel: Channel) -> list[ClubPost]:
    """Return the choices posted in a channel, newest first."""
    papers: dict[date, list[PaperId]] = {}
    for record in stores.ledger.recent(destination_of(channel), PARTS_BACK):
        arrived = record.state is DeliveryState.SENT and record.paper is not None
        if arrived and record.about is not None and record.about.startswith(CLUB) and record.paper is not None:
            papers.setdefault(week_of(record.about), []).insert(0, record.paper)
    return [ClubPost(week, tuple(papers[week])) for week in sorted(papers, reverse=True)]


def week_of(about: str) -> date:
    return date.fromisoformat(about.removeprefix(CLUB))


def votes_in_words(votes: int) -> str:
    return count(votes, "{n} vote", "{n} votes")


def vote(desk: Desk, asked: Asked, paper: Paper) -> Answer:
    """Keep the asker's vote, in place of the one they gave before."""
    channel = asked.public_channel
    if channel is None:
        raise Refused("vote", say("A vote belongs into the channel of the journal club."))
    posts = club_posts(desk.stores, channel)
    if not posts or paper.id not in posts[0].papers:
        why = say("That vote is over; nothing was changed. The newest choice of the journal club counts.")
        raise Refused("vote", why)
    changed = desk.stores.club_votes.vote(asked.member, channel, posts[0].week, paper.id, asked.now)
    again = say("You have one vote; press another paper's button to change it.")
    if changed:
        said = say("Your vote is for: {title}", title=paper.title)
    else:
        said = say("Your vote is already for: {title}", title=paper.title)
    return Answer(NoticeReply(said, (again,)), changed=changed)
