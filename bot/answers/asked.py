"""What every answer is given: who asked what, where and when, and the shelves to answer from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.actions import Action, Verb, token_of
from bot.commands import Ask
from bot.desk import Desk
from bot.identity import links_in, paper_id_from
from bot.model import Channel, Member, Paper, PaperId, Subscription, destination_of
from bot.preferences import ZONE
from bot.replies import Button, ButtonStyle, RefusalReply, Reply


@dataclass(frozen=True, slots=True)
class Asked:
    """One ask with its circumstances.

    Attributes:
        event: The platform's id of it, or a fresh one; what it records counts once.
        now: The instant of asking, aware.
    """

    ask: Ask
    member: Member
    channel: Channel
    event: str
    now: datetime

    @property
    def owner(self) -> Member | Channel:
        """Whose profile is meant: with ``here`` the channel's, else, as in a direct conversation, the member's."""
        return self.channel if self.ask.here and not self.channel.direct else self.member

    @property
    def public_channel(self) -> Channel | None:
        return None if self.channel.direct else self.channel


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said back.

    Attributes:
        changed: Whether anything stored is different now.
        planned: A digest was planned and wants to be sent.
    """

    reply: Reply
    changed: bool = False
    planned: bool = False


class Refused(Exception):
    """The answer is a refusal; raised where it is found, said by the facade."""

    def __init__(self, piece: str, why: str, instead: Button | None = None) -> None:
        super().__init__(why)
        self.reply = RefusalReply(piece, why, instead)


def owner_in_words(owner: Member | Channel) -> str:
    return "you" if isinstance(owner, Member) else f"#{owner.name or owner.id}"


def owners_in_words(owner: Member | Channel) -> str:
    return "your" if isinstance(owner, Member) else f"#{owner.name or owner.id}'s"


def refuse_unless_manager(asked: Asked) -> None:
    """Refuse a change of a channel's profile by somebody who may not manage that channel."""
    if isinstance(asked.owner, Channel) and not asked.member.manager:
        name = asked.ask.command.name
        raise Refused("here", f"Only someone who manages this channel may say {name} here. For yourself say: {name} …")


def destination_for(asked: Asked) -> Channel:
    """Return where the owner's digest goes: the channel, or the direct conversation with the member."""
    if isinstance(asked.owner, Channel) or asked.channel.direct:
        return asked.channel
    member = asked.member
    return direct_channel(member)


def direct_channel(member: Member) -> Channel:
    """Return the direct conversation with a member; adapters find the platform's own by the member's id."""
    return Channel(member.platform, member.community, f"@{member.id}", name=member.name, direct=True)


def subscription_of(desk: Desk, asked: Asked) -> Subscription | None:
    return desk.stores.subscriptions.get(destination_of(destination_for(asked)))


def zone_of(desk: Desk, asked: Asked) -> ZoneInfo:
    """Return the zone whose calendar counts for the asker: the digest's, the member's own, or UTC."""
    if subscription := subscription_of(desk, asked):
        return subscription.zone
    return zone_of_member(desk, asked.member)


def zone_of_member(desk: Desk, member: Member) -> ZoneInfo:
    """Return the zone that the member once said, else the one that the platform tells, else UTC."""
    try:
        return ZoneInfo(kept_zone(desk, member) or member.zone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        # A platform's profile may name a zone that this machine's data does not have; digests then ask for one.
        return ZoneInfo("UTC")


def kept_zone(desk: Desk, member: Member) -> str | None:
    return desk.stores.preferences.of(member.profile).get(ZONE)


def paper_meant(desk: Desk, asked: Asked) -> Paper:
    """Return the stored paper that a number, a link or a title means.

    Raises:
        Refused: Naming what could not be found.
    """
    ask = asked.ask
    if ask.number is not None:
        shown = desk.stores.communities.last_shown(asked.member, asked.channel)
        if not 1 <= ask.number <= len(shown):
            why = (
                f"The newest list has {len(shown)} papers." if shown else "No list of papers was shown to you here yet."
            )
            raise Refused(str(ask.number), f"There is no number {ask.number}. {why}")
        return stored(desk, shown[ask.number - 1])
    meant = ask.paper or paper_id_from(ask.text) or next(iter(links_in(ask.text)), None)
    if meant is not None:
        return stored(desk, meant)
    by_title = desk.stores.papers.by_title(ask.text)
    if by_title is None:
        raise Refused(ask.text[:200], "No stored paper has this number, link or title. Say search … to find it.")
    return by_title


def stored(desk: Desk, paper: PaperId) -> Paper:
    found = desk.stores.papers.get([paper]).get(paper)
    if found is None:
        raise Refused(paper, "This paper is not stored here. Say add <link> to submit it.")
    return found


def button(label: str, verb: Verb, rest: str = "", style: ButtonStyle = ButtonStyle.PLAIN) -> Button | None:
    """Return a button; None when what it means does not fit into a token."""
    token = token_of(Action(verb, rest))
    return Button(label, token, style) if token else None


def say_button(label: str, text: str) -> Button | None:
    return button(label, Verb.SAY, text)


def present(buttons: Sequence[Button | None]) -> tuple[Button, ...]:
    return tuple(found for found in buttons if found)


def paper_buttons(paper: PaperId) -> tuple[Button, ...]:
    return present(
        [
            button("Like", Verb.LIKE, paper, ButtonStyle.PRIMARY),
            button("Not for me", Verb.NOT_FOR_ME, paper),
            button("Save", Verb.SAVE, paper),
            button("More like this", Verb.MORE, paper),
            button("Why", Verb.WHY, paper),
        ]
    )
