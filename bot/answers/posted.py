"""What a posted digest says, beside its picks: when it is for, what it stands for too, what is left over."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from bot.answers.asked import for_owner, paper_buttons
from bot.answers.clicks import with_counted_links
from bot.answers.today import footer_for, last_round, notes_for
from bot.desk import Desk
from bot.model import Cadence, Channel, Digest, Member, Paper, Subscription
from bot.reasons import in_words
from bot.replies import OfferedPick, PicksReply
from bot.words import count, day_in_words, day_of_year_in_words, marked, weekday_in_words, whole

FUTURE = datetime.max.replace(tzinfo=UTC)


def digest_reply(desk: Desk, owner: Member | Channel, digest: Digest, *, late: bool) -> PicksReply:
    """Return what a digest says: the same facts on every platform."""
    day = digest.local_date
    heading = for_owner(
        owner,
        marked("Your paper round of {weekday}, {day}"),
        marked("{channel}'s paper round of {weekday}, {day}"),
        weekday=weekday_in_words(day),
        day=day_in_words(day),
    )
    picks = with_counted_links(desk, owner, in_words(digest.picks))
    offered = tuple(
        OfferedPick(number, pick, paper_buttons(pick.paper.id)) for number, pick in enumerate(picks, start=1)
    )
    return PicksReply(heading, offered, notes_for(desk, owner), footer_for(owner), late=late)


def missed_in_words(subscription: Subscription, missed: Sequence[date]) -> tuple[str, ...]:
    """Say that a digest stands for others too that did not come."""
    if not missed:
        return ()
    told = {"covered": whole(len(missed) + 1), "days": ", ".join(day_of_year_in_words(day) for day in missed)}
    if subscription.cadence is Cadence.WEEKLY:
        said = count(
            len(missed),
            "This round covers {covered} rounds: the one of {days} did not come.",
            "This round covers {covered} rounds: those of {days} did not come.",
            **told,
        )
    else:
        said = count(
            len(missed),
            "This round covers {covered} days: the one of {days} did not come.",
            "This round covers {covered} days: those of {days} did not come.",
            **told,
        )
    return (said,)


def left_over_in_words(desk: Desk, digest: Digest) -> tuple[str, ...]:
    """Say which picks were announced before the last round already."""
    before = last_round(desk, digest.profile, digest.local_date)
    if before is None:
        return ()
    old = [number for number, pick in enumerate(digest.picks, start=1) if came_at(pick.paper) < before.made_at]
    if not old:
        return ()
    if len(old) == len(digest.picks):
        said = count(
            len(old),
            "This one was announced before the last round and did not fit into it.",
            "All of these were announced before the last round and did not fit into it.",
        )
    else:
        # Translators: the numbers under which papers are listed: "2, 4 were announced …"
        said = count(
            len(old),
            "{numbers} was announced before the last round and did not fit into it.",
            "{numbers} were announced before the last round and did not fit into it.",
            numbers=", ".join(map(str, old)),
        )
    return (said,)


def came_at(paper: Paper) -> datetime:
    """Return when a paper could first be picked: it was announced, or stored here if that was later."""
    return max((instant for instant in (paper.announced, paper.first_seen) if instant is not None), default=FUTURE)
