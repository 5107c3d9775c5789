"""What happens to servers and channels: removed, deleted, closed to the bot, open again; and gaps in what was heard."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeVar

import aiohttp
import discord
import structlog

from adapters.discord.messenger import DiscordMessenger
from adapters.discord.people import place_of
from adapters.discord.places import PLATFORM, Spot, direct, home_of, message_id
from adapters.discord.reactions import Reactions, Target
from bot.actions import verdict_of
from bot.model import Channel, Member, MessageId
from bot.paperround import Paperround
from bot.words import marked

log = structlog.get_logger()

REMOVED = marked("The bot was removed from this server")
DELETED = marked("The channel was deleted")
LOST = marked("The bot may no longer see this channel or post in it")

# Votes cast while nobody listened are looked for under papers of the last days only.
LOOK_BACK_DAYS = 3
UNREACHABLE = (discord.DiscordException, aiohttp.ClientError, OSError)
POSTABLE = (discord.TextChannel, discord.ForumChannel)

Found = TypeVar("Found")


class Servers:
    def __init__(self, paperround: Paperround, messenger: DiscordMessenger, reactions: Reactions) -> None:
        self._paperround = paperround
        self._messenger = messenger
        self._reactions = reactions
        # Threads that were archived when the connection began: discord.py does not know them.
        self._fetched: dict[int, discord.abc.GuildChannel | discord.Thread] = {}

    async def removed(self, guild: discord.Guild) -> None:
        log.warning("removed from a server", action="discord_server_removed", community=str(guild.id))
        for channel in _postable(guild.channels):
            await self._paperround.channel_gone(_channel(channel), REMOVED)
        await self._paperround.community_left(PLATFORM, str(guild.id))

    async def joined(self, guild: discord.Guild) -> None:
        log.info("added to a server", action="discord_server_joined", community=str(guild.id))
        await self._paperround.community_back(PLATFORM, str(guild.id))
        await self.looked_over(guild)

    async def looked_over(self, guild: discord.Guild) -> None:
        """Let the rounds go where the bot may post, and pause them where it may not."""
        for channel in _postable(guild.channels):
            if may_post(channel):
                await self._paperround.channel_back(_channel(channel))
            else:
                await self._paperround.channel_gone(_channel(channel), LOST)

    async def deleted(self, channel: discord.abc.GuildChannel) -> None:
        for gone in _postable([channel]):
            await self._paperround.channel_gone(_channel(gone), DELETED)

    async def changed(self, before: discord.abc.GuildChannel, after: discord.abc.GuildChannel) -> None:
        """Follow a change of a channel's permissions; any other change is nothing to us."""
        for old, new in zip(_postable([before]), _postable([after]), strict=False):
            if may_post(old) and not may_post(new):
                await self._paperround.channel_gone(_channel(new), LOST)
            elif not may_post(old) and may_post(new):
                await self._paperround.channel_back(_channel(new))

    async def reacted(self, client: discord.Client, event: discord.RawReactionActionEvent, *, removed: bool) -> None:
        """Take a raw reaction event: it comes for messages that were posted long before this process began, too."""
        me = client.user
        if me is None or event.user_id == me.id or (event.member is not None and event.member.bot):
            return
        if event.message_author_id not in {None, me.id} or event.emoji.id is not None:
            return
        if verdict_of(event.emoji.name) is None:
            return
        target = await self._target(client, event)
        if target is not None:
            await self._reactions.heard(target, str(event.user_id), event.emoji.name, removed=removed)

    async def catch_up(self) -> None:
        """Read votes back from the papers of the last days, after a time in which nobody listened."""
        lately: dict[tuple[Channel, str], dict[str, MessageId]] = {}
        for channel, message in await self._paperround.posted_lately(PLATFORM, LOOK_BACK_DAYS):
            with _told_when_unread():
                spot = await self._patiently(partial(self._messenger.spot, channel, message))
                if spot.message.isdigit():  # else it was deleted before its id was learnt
                    lately.setdefault((channel, spot.channel), {})[spot.message] = message
        for (channel, where), messages in lately.items():
            with _told_when_unread():
                await self._patiently(partial(self._catch_up_in, where, channel, messages))

    async def _catch_up_in(self, where: str, channel: Channel, messages: Mapping[str, MessageId]) -> None:
        oldest = min(map(int, messages)) - 1
        async for spot, shown in self._messenger.own_messages(where, oldest):
            if spot.message in messages:
                await self._reactions.settle(Target(spot, channel, messages[spot.message]), shown)

    async def _patiently(self, deed: Callable[[], Awaitable[Found]]) -> Found:
        """Do what may be done twice, and wait as long as Discord asks; posts would rather rest and come later."""
        while True:
            await asyncio.sleep(self._messenger.quiet_for_s())
            try:
                return await deed()
            except discord.RateLimited as limited:
                await asyncio.sleep(limited.retry_after)

    async def _target(self, client: discord.Client, event: discord.RawReactionActionEvent) -> Target | None:
        spot = Spot(str(event.channel_id), str(event.message_id))
        if event.guild_id is None:
            return await self._direct_target(spot, str(event.user_id))
        found: Any = client.get_channel(event.channel_id) or self._fetched.get(event.channel_id)
        if found is None:
            if self._messenger.standstill():
                # Read back from the message at the next start, or when its channel is known again.
                log.warning("a reaction is not looked after", action="discord_reaction_lost", error="standstill")
                return None
            try:
                found = await client.fetch_channel(event.channel_id)
                self._fetched[event.channel_id] = found
            except UNREACHABLE as error:
                log.warning(
                    "a reaction's channel is unknown", action="discord_reaction_lost", error=type(error).__name__
                )
                return None
        thread, channel = place_of(found, str(event.guild_id), str(event.channel_id))
        return Target(spot, channel, message_id(event.message_id, thread))

    async def _direct_target(self, spot: Spot, person: str) -> Target | None:
        """Return a direct message as target; only its own buttons tell which community it belongs to."""
        try:
            message = await self._messenger.message(spot)
        except UNREACHABLE as error:
            log.warning("a reaction is lost", action="discord_reaction_lost", error=type(error).__name__)
            return None
        if not self._messenger.is_own(message):
            return None
        ids = [each["custom_id"] for row in message.get("components", []) for each in row["components"]]
        home, _ = home_of(ids[0] if ids else "")
        return Target(spot, direct(Member(PLATFORM, home, person)), message_id(spot.message))


@contextmanager
def _told_when_unread() -> Iterator[None]:
    try:
        yield
    except UNREACHABLE as error:
        # One channel less; the others are read, and this one at the next start or the next emoji in it.
        log.warning("votes not read back", action="discord_reactions_unread", error=type(error).__name__)


def may_post(channel: discord.abc.GuildChannel) -> bool:
    may = channel.permissions_for(channel.guild.me)
    return may.view_channel and may.send_messages and may.embed_links


def _postable(channels: Iterable[object]) -> Iterator[discord.TextChannel | discord.ForumChannel]:
    return (channel for channel in channels if isinstance(channel, POSTABLE))


def _channel(channel: discord.TextChannel | discord.ForumChannel) -> Channel:
    return Channel(PLATFORM, str(channel.guild.id), str(channel.id), name=channel.name)
