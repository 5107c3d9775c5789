"""Rounds that are kept back by more than their own channel: the bot is shut out, or its platform lets it wait."""

from dataclasses import replace
from datetime import datetime

from bot.answers.asked import direct_channel, owner_in_words
from bot.model import Channel, destination_of
from bot.ports import SHUT_OUT, Stores
from bot.replies import NoticeReply


def shut_out(stores: Stores, platform: str, community: str, why: str) -> None:
    """Pause every round of a community; nobody there can be told, so the reason stands with each for the host."""
    for found in stores.subscriptions.all():
        here = (found.channel.platform, found.channel.community) == (platform, community)
        if here and found.paused is None:
            stores.subscriptions.set(replace(found, paused=f"{SHUT_OUT}{why}"))


def lateness(stores: Stores, channel: Channel, why: str, now: datetime) -> tuple[Channel, str, NoticeReply] | None:
    """Return whom to tell that the round of a channel comes late, what names the telling (one a day), and the words.

    None where nobody set it, and in a direct conversation, which is late itself.
    """
    found = stores.subscriptions.get(destination_of(channel))
    if found is None or found.set_by is None or channel.direct:
        return None
    said = f"The paper round for {owner_in_words(channel)} comes late: {why}."
    then = "It goes on by itself. Whoever runs the bot reads more by: paperround doctor"
    about = f"late {destination_of(channel)} {now.astimezone(found.zone).date()}"
    return direct_channel(found.set_by), about, NoticeReply(said, (then,))
