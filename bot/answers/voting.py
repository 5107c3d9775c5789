"""The vote of a journal club: on what it reads next."""

from dataclasses import dataclass
from datetime import date

from bot.answers.asked import Answer, Asked, Refused
from bot.desk import Desk
from bot.model import Channel, DeliveryState, Paper, PaperId, destination_of
from bot.ports import Stores
from bot.replies import NoticeReply

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


def votes_in_words(count: int) -> str:
    return "1 vote" if count == 1 else f"{count} votes"


def vote(desk: Desk, asked: Asked, paper: Paper) -> Answer:
    """Keep the asker's vote, in place of the one they gave before."""
    channel = asked.public_channel
    if channel is None:
        raise Refused("vote", "A vote belongs into the channel of the journal club.")
    posts = club_posts(desk.stores, channel)
    if not posts or paper.id not in posts[0].papers:
        raise Refused("vote", "That vote is over; nothing was changed. The newest choice of the journal club counts.")
    changed = desk.stores.club_votes.vote(asked.member, channel, posts[0].week, paper.id, asked.now)
    again = "You have one vote; press another paper's button to change it."
    said = "Your vote is for" if changed else "Your vote is already for"
    return Answer(NoticeReply(f"{said}: {paper.title}", (again,)), changed=changed)
