"""Rounds that are kept back by more than their own channel: the bot is shut out, or its platform lets it wait."""

from dataclasses import replace
from datetime import datetime

from bot.answers.asked import channel_in_words, direct_channel
from bot.languages import language_of
from bot.model import Channel, destination_of
from bot.ports import SHUT_OUT, Stores
from bot.replies import NoticeReply
from bot.words import say, spoken

# A destination that got nothing on so many dates in a row is paused, until somebody sets its round again.
FAILED_DATES = 3
NOTHING_ARRIVED = f"nothing arrived on {FAILED_DATES} dates in a row, the last time because: "


def shut_out(stores: Stores, platform: str, community: str, why: str) -> None:
    """Pause every round of a community; nobody there can be told, so the reason stands with each for the host."""
    for found in stores.subscriptions.all():
        here = (found.channel.platform, found.channel.community) == (platform, community)
        if here and found.paused is None:
            stores.subscriptions.set(replace(found, paused=f"{SHUT_OUT}{why}"))


def cause_in_words(why: str) -> str:
    """Return why a round stopped in the language spoken: it is stored in English, or as a platform said it."""
    if why.startswith(SHUT_OUT):
        return say("not connected any more: {why}", why=cause_in_words(why.removeprefix(SHUT_OUT)))
    if why.startswith(NOTHING_ARRIVED):
        return say(
            "nothing arrived on {number} dates in a row, the last time because: {why}",
            number=FAILED_DATES,
            why=cause_in_words(why.removeprefix(NOTHING_ARRIVED)),
        )
    # Behind our words there may stand what the platform itself calls it, in brackets.
    words, bracket, code = why.rpartition(" (") if why.endswith(")") else (why, "", "")
    return f"{_said(words)}{bracket}{code}"


def _said(words: str) -> str:
    """Return words of ours in the language spoken: all of them, or those before a colon and then what is behind it."""
    head, colon, rest = words.partition(": ")
    whole, begun = say(words), say(head)
    if not colon or whole != words or begun == head:
        return whole
    # Translators: what went wrong, and behind the colon what another program says of it.
    return say("{what}: {detail}", what=begun, detail=cause_in_words(rest))


def lateness(stores: Stores, channel: Channel, why: str, now: datetime) -> tuple[Channel, str, NoticeReply] | None:
    """Return whom to tell that the round of a channel comes late, what names the telling (one a day), and the words.

    None where nobody set it, and in a direct conversation, which is late itself.
    """
    found = stores.subscriptions.get(destination_of(channel))
    if found is None or found.set_by is None or channel.direct:
        return None
    with spoken(language_of(stores.preferences, found.set_by)):
        said = say("The paper round for {channel} comes late: {why}.", channel=channel_in_words(channel), why=say(why))
        then = say("It goes on by itself. Whoever runs the bot reads more by: {command}", command="paperround doctor")
    about = f"late {destination_of(channel)} {now.astimezone(found.zone).date()}"
    return direct_channel(found.set_by), about, NoticeReply(said, (then,))
