"""What a posted digest says, beside its picks: when it is for, what it stands for too, what is left over."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from bot.answers.asked import owners_in_words, paper_buttons
from bot.answers.clicks import with_counted_links
from bot.answers.today import footer_for, last_round, notes_for
from bot.desk import Desk
from bot.model import Cadence, Channel, Digest, Member, Paper, Subscription
from bot.replies import OfferedPick, PicksReply

FUTURE = datetime.max.replace(tzinfo=UTC)


def digest_reply(desk: Desk, owner: Member | Channel, digest: Digest, *, late: bool) -> PicksReply:
    """Return what a digest says: the same facts on every platform."""
    day = digest.local_date
    heading = f"{owners_in_words(owner).capitalize()} paper round of {day:%A}, {day.day} {day:%B %Y}"
    picks = with_counted_links(desk, owner, digest.picks)
    offered = tuple(
        OfferedPick(number, pick, paper_buttons(pick.paper.id)) for number, pick in enumerate(picks, start=1)
    )
    return PicksReply(heading, offered, notes_for(desk, owner), footer_for(owner), late=late)


def missed_in_words(subscription: Subscription, missed: Sequence[date]) -> tuple[str, ...]:
    """Say that a digest stands for others too that did not come."""
    if not missed:
        return ()
    span = "rounds" if subscription.cadence is Cadence.WEEKLY else "days"
    named = ", ".join(f"{day.day} {day:%B}" for day in missed)
    which = f"the one of {named}" if len(missed) == 1 else f"those of {named}"
    return (f"This round covers {len(missed) + 1} {span}: {which} did not come.",)


def left_over_in_words(desk: Desk, digest: Digest) -> tuple[str, ...]:
    """Say which picks were announced before the last round already."""
    before = last_round(desk, digest.profile, digest.local_date)
    if before is None:
        return ()
    old = [number for number, pick in enumerate(digest.picks, start=1) if came_at(pick.paper) < before.made_at]
    if not old:
        return ()
    if len(old) == len(digest.picks):
        which = "All of these were" if len(old) > 1 else "This one was"
    else:
        which = f"{', '.join(map(str, old))} {'was' if len(old) == 1 else 'were'}"
    return (f"{which} announced before the last round and did not fit into it.",)


def came_at(paper: Paper) -> datetime:
    """Return when a paper could first be picked: it was announced, or stored here if that was later."""
    return max((instant for instant in (paper.announced, paper.first_seen) if instant is not None), default=FUTURE)
