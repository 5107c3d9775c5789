"""``archive``, ``feed``, ``token``: addresses and tokens for what the web pages show to whoever holds them."""

from bot.addresses import ARCHIVE, ARCHIVE_LASTS, TOKEN
from bot.answers.asked import Answer, Asked, Refused, for_owner, present, refuse_unless_manager, say_button
from bot.desk import Desk
from bot.model import Channel, Member
from bot.replies import NoticeReply
from bot.words import marked, say


def archive(desk: Desk, asked: Asked) -> Answer:
    """Answer with a link to the past picks of the channel, or in a direct conversation of the member."""
    owner: Member | Channel = asked.public_channel or asked.member
    if asked.ask.text.lower() == "revoke":
        if isinstance(owner, Channel) and not asked.member.manager:
            raise Refused("revoke", say("Only someone who manages this channel may make its links useless."))
        gone = desk.addresses.revoke(owner, ARCHIVE)
        said = say("Every link to this archive that was given so far opens nothing any more.")
        return Answer(NoticeReply(said if gone else say("No link to this archive was given yet.")), changed=gone)
    _need_pages(desk, "archive")
    link = desk.addresses.archive(owner, asked.now)
    lines = (
        link,
        say(
            "Whoever has this link can read them for {days} days. To end it sooner say: {command}",
            days=ARCHIVE_LASTS.days,
            command="archive revoke",
        ),
    )
    back = say_button(say("Revoke"), "archive revoke")
    said = for_owner(owner, marked("All past picks of yours:"), marked("All past picks of {channel}:"))
    return Answer(NoticeReply(said, lines, present([back])), changed=True)


def feed(desk: Desk, asked: Asked) -> Answer:
    """Answer with the secret address of a feed of picks."""
    refuse_unless_manager(asked)
    _need_pages(desk, "feed")
    new = asked.ask.text.lower() == "new"
    address = desk.addresses.feed(asked.owner, asked.now, new=new)
    here = " here" if isinstance(asked.owner, Channel) else ""
    secret = say(
        "It is a secret: whoever has it reads along. For another one say: {command}", command=f"feed{here} new"
    )
    said = for_owner(
        asked.owner,
        marked("The feed of your picks, for any feed reader."),
        marked("The feed of {channel}'s picks, for any feed reader."),
    )
    if new:
        said = f"{said} {say('The former address opens nothing any more.')}"
    return Answer(NoticeReply(said, (address, secret)), changed=True)


def token(desk: Desk, asked: Asked) -> Answer:
    """Answer with a fresh token for the member's own data."""
    if not asked.channel.direct and asked.ask.text.lower() != "revoke":
        # Elsewhere an answer may be seen by others: on some platforms for good.
        raise Refused("token", say("A token is for you alone: ask for it in your direct conversation with me."))
    if asked.ask.text.lower() == "revoke":
        gone = desk.addresses.revoke(asked.member, TOKEN)
        said = say("Your token opens nothing any more.") if gone else say("You have no token.")
        return Answer(NoticeReply(said), changed=gone)
    _need_pages(desk, "token")
    given = desk.addresses.give_token(asked.member, asked.now)
    lines = (
        given,
        say(
            "It is shown this once. Send it as: {header}, to {address}",
            header="Authorization: Bearer …",
            address=f"{desk.addresses.public_url}/api/v1/me",
        ),
        say(
            "What can be asked is told at {address}; to end it say: {command}",
            address=f"{desk.addresses.public_url}/api/openapi.json",
            command="token revoke",
        ),
    )
    back = say_button(say("Revoke"), "token revoke")
    return Answer(NoticeReply(say("Your token, in place of any former one:"), lines, present([back])), changed=True)


def _need_pages(desk: Desk, command: str) -> None:
    if not desk.addresses.public_url:
        why = say(
            "The web pages have no public address. Whoever runs Paperround can set {setting}.",
            setting="PAPERROUND_PUBLIC_URL",
        )
        raise Refused(command, why)
