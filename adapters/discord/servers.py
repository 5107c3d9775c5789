"""What happens to servers and channels: removed, deleted, closed to the bot, open again; and gaps in what was heard."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import discord
import structlog

from adapters.discord.marks import footer_of
from adapters.discord.messenger import DiscordMessenger
from adapters.discord.people import place_of
from adapters.discord.places import PLATFORM, Spot, direct, home_of, message_id, snowflake_at
from adapters.discord.reactions import Reactions, Target
from bot.actions import verdict_of
from bot.model import Channel, Member
from bot.paperround import Paperround

log = structlog.get_logger()

REMOVED = "The bot was removed from this server"
DELETED = "The channel was deleted"
LOST = "The bot may no longer see this channel or post in it"

# Votes cast while nobody listened are looked for under papers of the last days only.
LOOK_BACK = timedelta(days=3)
UNREACHABLE = (discord.DiscordException, aiohttp.ClientError, OSError)
POSTABLE = (discord.TextChannel, discord.ForumChannel)
Place = discord.TextChannel | discord.ForumChannel | discord.Thread


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

    async def joined(self, guild: discord.Guild) -> None:
        log.info("added to a server", action="discord_server_joined", community=str(guild.id))
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

    async def catch_up(self, client: discord.Client) -> None:
        """Read votes back from the papers of the last days, after a time in which events were lost."""
        await self._reactions.settle_remembered()
        since = datetime.now(UTC) - LOOK_BACK
        for guild in client.guilds:
            for place in [*_postable(guild.text_channels), *guild.threads]:
                if place.last_message_id and discord.utils.snowflake_time(place.last_message_id) >= since:
                    await self._catch_up_in(place, since)

    async def _catch_up_in(
        self, place: discord.TextChannel | discord.ForumChannel | discord.Thread, since: datetime
    ) -> None:
        thread, channel = place_of(place, str(place.guild.id), str(place.id))
        after = snowflake_at(int(since.timestamp() * 1000))
        try:
            async for spot, message in self._messenger.own_messages(str(place.id), after):
                if message.get("reactions") and footer_of(message):
                    await self._reactions.settle(Target(spot, channel, message_id(spot.message, thread)))
        except UNREACHABLE as error:
            log.warning("votes not read back", action="discord_reactions_unread", error=type(error).__name__)

    async def _target(self, client: discord.Client, event: discord.RawReactionActionEvent) -> Target | None:
        spot = Spot(str(event.channel_id), str(event.message_id))
        if event.guild_id is None:
            return await self._direct_target(spot, str(event.user_id))
        found: Any = client.get_channel(event.channel_id) or self._fetched.get(event.channel_id)
        if found is None:
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


def may_post(channel: discord.abc.GuildChannel) -> bool:
    may = channel.permissions_for(channel.guild.me)
    return may.view_channel and may.send_messages and may.embed_links


def _postable(channels: Iterable[object]) -> Iterator[discord.TextChannel | discord.ForumChannel]:
    return (channel for channel in channels if isinstance(channel, POSTABLE))


def _channel(channel: discord.TextChannel | discord.ForumChannel) -> Channel:
    return Channel(PLATFORM, str(channel.guild.id), str(channel.id), name=channel.name)
