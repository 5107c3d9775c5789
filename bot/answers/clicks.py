"""Links that are counted, for members and channels that chose so: what is opened is a weak sign of interest."""

from dataclasses import replace
from datetime import datetime

from bot.desk import Desk
from bot.identity import url_of
from bot.model import Channel, Feedback, Member, PaperId, Pick, Verdict
from bot.preferences import chosen

# The member of a click in a channel.
NOBODY = ""


def counts_clicks(desk: Desk, owner: Member | Channel) -> bool:
    return chosen(desk.stores.preferences.of(owner.profile), "clicks") == "on"


def with_counted_links(desk: Desk, owner: Member | Channel, picks: tuple[Pick, ...]) -> tuple[Pick, ...]:
    """Return picks whose links are counted, as they were where nobody chose that or no public address is set."""
    link = desk.click_link
    if link is None or not picks or not counts_clicks(desk, owner):
        return picks
    return tuple(replace(pick, paper=replace(pick.paper, url=link(pick.paper.id, owner))) for pick in picks)


def click(
    desk: Desk, paper: PaperId, member: Member | None, channel: Channel | None, event: str, now: datetime
) -> str | None:
    """Record that somebody opened a counted link; return where it leads, None for a paper that is not stored.

    Whoever unset the choice meanwhile is led on uncounted. In a channel nobody is named: the channel alone learns.

    Args:
        member: Who was shown the link alone; None for one in a channel.
    """
    found = desk.stores.papers.get([paper]).get(paper)
    if found is None:
        return None
    owner = member or channel
    if owner is not None and counts_clicks(desk, owner):
        who = member or Member(owner.platform, owner.community, NOBODY)
        place = None if member is not None else channel
        desk.stores.feedback.record(Feedback(event, who, place, found.id, Verdict.CLICK, now))
    return found.url if found.url.startswith(("https://", "http://")) else url_of(found.id) or None
