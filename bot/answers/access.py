"""``archive``, ``feed``, ``token``: addresses and tokens for what the web pages show to whoever holds them."""

from bot.addresses import ARCHIVE, ARCHIVE_LASTS, TOKEN
from bot.answers.asked import Answer, Asked, Refused, owner_in_words, owners_in_words, refuse_unless_manager, say_button
from bot.desk import Desk
from bot.model import Channel, Member
from bot.replies import NoticeReply


def archive(desk: Desk, asked: Asked) -> Answer:
    """Answer with a link to the past picks of the channel, or in a direct conversation of the member."""
    owner: Member | Channel = asked.public_channel or asked.member
    if asked.ask.text.lower() == "revoke":
        if isinstance(owner, Channel) and not asked.member.manager:
            raise Refused("revoke", "Only someone who manages this channel may make its links useless.")
        gone = desk.addresses.revoke(owner, ARCHIVE)
        said = "Every link to this archive that was given so far opens nothing any more."
        return Answer(NoticeReply(said if gone else "No link to this archive was given yet."), changed=gone)
    _need_pages(desk, "archive")
    link = desk.addresses.archive(owner, asked.now)
    lines = (
        link,
        f"Whoever has this link can read them for {ARCHIVE_LASTS.days} days. To end it sooner say: archive revoke",
    )
    back = say_button("Revoke", "archive revoke")
    return Answer(NoticeReply(f"All past picks of {_of_whom(owner)}:", lines, (back,) if back else ()), changed=True)


def feed(desk: Desk, asked: Asked) -> Answer:
    """Answer with the secret address of a feed of picks."""
    refuse_unless_manager(asked)
    _need_pages(desk, "feed")
    new = asked.ask.text.lower() == "new"
    address = desk.addresses.feed(asked.owner, asked.now, new=new)
    here = " here" if isinstance(asked.owner, Channel) else ""
    lines = (address, f"It is a secret: whoever has it reads along. For another one say: feed{here} new")
    done = " The former address opens nothing any more." if new else ""
    whose = owners_in_words(asked.owner)
    return Answer(NoticeReply(f"The feed of {whose} picks, for any feed reader.{done}", lines), changed=True)


def token(desk: Desk, asked: Asked) -> Answer:
    """Answer with a fresh token for the member's own data."""
    if not asked.channel.direct and asked.ask.text.lower() != "revoke":
        # Elsewhere an answer may be seen by others: on some platforms for good.
        raise Refused("token", "A token is for you alone: ask for it in your direct conversation with me.")
    if asked.ask.text.lower() == "revoke":
        gone = desk.addresses.revoke(asked.member, TOKEN)
        return Answer(NoticeReply("Your token opens nothing any more." if gone else "You have no token."), changed=gone)
    _need_pages(desk, "token")
    given = desk.addresses.give_token(asked.member, asked.now)
    lines = (
        given,
        f"It is shown this once. Send it as: Authorization: Bearer …, to {desk.addresses.public_url}/api/v1/me",
        f"What can be asked is told at {desk.addresses.public_url}/api/openapi.json; to end it say: token revoke",
    )
    back = say_button("Revoke", "token revoke")
    return Answer(NoticeReply("Your token, in place of any former one:", lines, (back,) if back else ()), changed=True)


def _need_pages(desk: Desk, command: str) -> None:
    if not desk.addresses.public_url:
        why = "The web pages have no public address. Whoever runs Paperround can set PAPERROUND_PUBLIC_URL."
        raise Refused(command, why)


def _of_whom(owner: Member | Channel) -> str:
    return "yours" if isinstance(owner, Member) else owner_in_words(owner)
