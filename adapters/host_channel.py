"""Where the host reads what the bot has to tell it: one conversation, named in the settings."""

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from adapters.settings import BadSettings
from adapters.sources.polling import HostNews
from bot.model import Channel
from bot.paperround import Paperround
from bot.ports import Messenger
from bot.replies import NoticeReply

WHERE_ELSE = "Its reason, and when it is asked next: paperround doctor"


def channel_named(words: str) -> Channel:
    """Return the conversation that ``platform:community:channel`` names, or with ``@`` the one with a member.

    Raises:
        ValueError: It names none.
    """
    platform, community, place = (part.strip() for part in words.split(":", maxsplit=2))
    if not (platform and community and place.removeprefix("@")):
        raise ValueError("a part is missing")
    return Channel(platform.lower(), community, place, direct=place.startswith("@"))


def set_channel(words: str, messengers: Mapping[str, Messenger]) -> Channel | None:
    """Return the conversation that a host has set, None when it has set none.

    Raises:
        BadSettings: It is on a platform that this process is not connected to, so nothing would ever arrive.
    """
    if not words:
        return None
    channel = channel_named(words)
    if channel.platform not in messengers:
        connected = " or ".join(sorted(messengers))
        raise BadSettings("PAPERROUND_HOST_CHANNEL", f"on a platform that is connected here ({connected})")
    return channel


class HostChannel:
    """Tells the host of sources, each occasion once; with no conversation set the log alone tells it.

    Args:
        wake: Called when a message wants to be sent.
    """

    def __init__(self, paperround: Paperround, channel: Channel | None, wake: Callable[[], None]) -> None:
        self._paperround = paperround
        self._channel = channel
        self._wake = wake

    async def tell(self, source: str, news: HostNews, now: datetime) -> None:
        """Plan a message; a process that dies right after it tells it all the same, and not twice.

        Args:
            source: The words of the source; they may hold a key, so that only a digest of them is kept here.
        """
        if self._channel is None:
            return
        occasion = f"source {hashlib.sha256(source.encode()).hexdigest()[:16]} {news.about}"
        reply = NoticeReply(news.said, (WHERE_ELSE,))
        if await asyncio.to_thread(self._paperround.plan_note, self._channel, occasion, reply, now):
            self._wake()

    async def tell_of_added(self, source: str, news: HostNews, now: datetime) -> None:
        """Plan a message about a source of a community's: others may read it too, so that it does not say which."""
        said = "works again" if news.works else "has failed for a day"
        await self.tell(source, replace(news, said=f"A source that a community added {said}."), now)
