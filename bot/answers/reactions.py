"""Emoji under posted papers: one that came or went, and all of a message after a time in which nobody listened.

The acts themselves tell later which emoji the core knows of: the event of a verdict by emoji begins with ``on:`` and
the message, the event that took one back because its emoji went begins with ``off:``.
"""

from collections import Counter
from collections.abc import Callable, Collection
from datetime import date

from bot.answers.asked import Answer, Asked, Refused, stored
from bot.answers.tastes import standing_acts
from bot.answers.verdicts import take_back, tell, undo_on
from bot.desk import Desk
from bot.model import Channel, DeliveryState, Feedback, Member, MessageId, PaperId, Verdict
from bot.ports import Ledger

OFF = "off:"


def put_on(message: MessageId) -> str:
    """Return how the events of verdicts by emoji on a message begin."""
    return f"on:{message}:"


def react_to(desk: Desk, asked: Asked, paper: PaperId, verdict: Verdict) -> Answer:
    """Take an emoji as a verdict."""
    try:
        return tell(desk, asked, stored(desk, paper), verdict)
    except Refused as refused:
        return Answer(refused.reply)


def react_no_more(desk: Desk, asked: Asked, message: MessageId, paper: PaperId, verdict: Verdict) -> Answer:
    """Take the removal of an emoji as taking back what it said, else the member's newest verdict of that kind."""
    acts = standing_acts(desk.stores.feedback.of_member(asked.member))
    here = [act for act in acts if act.event.startswith(put_on(message)) and act.verdict is verdict]
    return take_back(desk, asked, here[-1]) if here else undo_on(desk, asked, paper, verdict)


def settle(
    desk: Desk,
    channel: Channel,
    message: MessageId,
    paper: PaperId,
    standing: Collection[tuple[Member, Verdict]],
    asking: Callable[[Member, str], Asked],
) -> bool:
    """Bring the verdicts by emoji on a message in step with the emoji that stand on it; True when that changed any.

    A verdict that was taken back otherwise, by a button or in words, is not renewed because its emoji still stands.

    Args:
        asking: Returns the circumstances of a member's act, given the member and the event.
    """
    acts = desk.stores.feedback.of_paper(paper, channel.community, channel.platform)
    undone = {act.undoes: act for act in acts if act.verdict is Verdict.UNDO}
    known: dict[tuple[Member, Verdict], Feedback] = {}
    count: Counter[tuple[Member, Verdict]] = Counter()
    for act in acts:
        if act.event.startswith(put_on(message)):
            known[act.member, act.verdict] = act
            count[act.member, act.verdict] += 1
    changed = False
    for mark, act in known.items():
        if mark not in standing and act.event not in undone:
            changed |= take_back(desk, asking(act.member, f"{OFF}{act.event}"), act).changed
    for member, verdict in sorted(standing, key=lambda mark: (mark[0].id, mark[1])):
        last = known.get((member, verdict))
        undo = undone.get(last.event) if last else None
        if last is None or (undo is not None and undo.event.startswith(OFF)):
            # The same each time, so that two processes that settle one message record one act.
            asked = asking(member, f"{put_on(message)}{member.id}:{verdict}:{count[member, verdict]}")
            changed |= react_to(desk, asked, paper, verdict).changed
    return changed


def posted_papers(ledger: Ledger, platform: str, first: date) -> list[tuple[Channel, MessageId]]:
    """Return the messages of one paper each that were posted for local dates from ``first`` on."""
    mine = sorted(
        (key for key in ledger.planned_since(first) if key.destination.startswith(f"{platform}:")),
        key=lambda key: (key.destination, key.local_date, key.edition),
    )
    return [
        (record.channel, record.message)
        for key in mine
        for record in ledger.of(key)
        if record.state is DeliveryState.SENT and record.paper is not None and record.message is not None
    ]
