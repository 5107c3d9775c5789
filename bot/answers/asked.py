"""What every answer is given: who asked what, where and when, and the shelves to answer from."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.actions import Action, Verb, token_of
from bot.commands import Ask
from bot.desk import Desk
from bot.identity import links_in, paper_id_from
from bot.model import Channel, Member, Paper, PaperId, Subscription, destination_of
from bot.preferences import ZONE
from bot.replies import Button, ButtonStyle, RefusalReply, Reply
from bot.words import count, language_spoken, say


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
        language: What the reply's own words are in, for what is said around them where it is rendered.
    """

    reply: Reply
    changed: bool = False
    planned: bool = False
    language: str = field(default_factory=language_spoken)


class Refused(Exception):
    """The answer is a refusal; raised where it is found, said by the facade."""

    def __init__(self, piece: str, why: str, instead: Button | None = None) -> None:
        super().__init__(why)
        self.reply = RefusalReply(piece, why, instead)


def channel_in_words(channel: Channel) -> str:
    return f"#{channel.name or channel.id}"


def for_owner(owner: Member | Channel, yours: str, channels: str, /, **values: object) -> str:
    """Say a sentence about what is the member's own, or the one about a channel's, which is filled in as {channel}."""
    if isinstance(owner, Member):
        return say(yours, **values)
    return say(channels, channel=channel_in_words(owner), **values)


def refuse_unless_manager(asked: Asked) -> None:
    """Refuse a change of a channel's profile by somebody who may not manage that channel."""
    if isinstance(asked.owner, Channel) and not asked.member.manager:
        name = asked.ask.command.name
        why = say(
            "Only someone who manages this channel may say {command} here. For yourself say: {command} …", command=name
        )
        raise Refused("here", why)


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
            raise Refused(str(ask.number), _no_number(ask.number, len(shown)))
        return stored(desk, shown[ask.number - 1])
    meant = ask.paper or paper_id_from(ask.text) or next(iter(links_in(ask.text)), None)
    if meant is not None:
        return stored(desk, meant)
    by_title = desk.stores.papers.by_title(ask.text)
    if by_title is None:
        raise Refused(ask.text[:200], say("No stored paper has this number, link or title. Say search … to find it."))
    return by_title


def _no_number(number: int, shown: int) -> str:
    if not shown:
        return say("There is no number {number}. No list of papers was shown to you here yet.", number=number)
    return count(
        shown,
        "There is no number {number}. The newest list has {n} paper.",
        "There is no number {number}. The newest list has {n} papers.",
        number=number,
    )


def stored(desk: Desk, paper: PaperId) -> Paper:
    found = desk.stores.papers.get([paper]).get(paper)
    if found is None:
        raise Refused(paper, say("This paper is not stored here. Say add <link> to submit it."))
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
    # Translators: a button under a paper, for whoever reads it.
    return present(
        [
            button(say("Like"), Verb.LIKE, paper, ButtonStyle.PRIMARY),
            button(say("Not for me"), Verb.NOT_FOR_ME, paper),
            button(say("Save"), Verb.SAVE, paper),
            button(say("More like this"), Verb.MORE, paper),
            button(say("Why"), Verb.WHY, paper),
        ]
    )
