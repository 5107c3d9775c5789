"""discord.py's client, told what Paperround needs: no privileged intent, nothing mentioned, nothing cached in vain."""

import asyncio
import sys
from collections.abc import Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import discord
import structlog
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket

from adapters.discord.commands import Translations, fingerprint
from adapters.discord.links import Reads, intents_for
from adapters.discord.watch import Watch
from bot.catalogues import LANGUAGES, catalogue

log = structlog.get_logger()

# Waits longer than this are handed back, so that the delivery rests and others go on.
LONGEST_WAIT_S = 8.0
FINGERPRINT_FILE = "discord-commands"


@dataclass(frozen=True, slots=True)
class Connection:
    """How to connect.

    Attributes:
        shards: All shards of the bot and those of this process; None lets Discord advise, and this process takes all.
        test_server: Commands are registered in this server alone, where changes show at once.
        reads: Which messages Discord is asked to show.
        state_dir: Where the fingerprint of the registered commands is kept; without it they are registered each time.
    """

    api_url: str = ""
    proxy: str | None = None
    shards: tuple[int, tuple[int, ...]] | None = None
    test_server: int | None = None
    state_dir: Path | None = None
    reads: Reads = Reads.MENTIONS


class Heard(Protocol):
    """Who hears what happens on Discord."""

    async def ready(self) -> None: ...
    async def reacted(self, event: discord.RawReactionActionEvent, *, removed: bool) -> None: ...
    async def written(self, message: discord.Message) -> None: ...
    async def removed(self, guild: discord.Guild) -> None: ...
    async def joined(self, guild: discord.Guild) -> None: ...
    async def looked_over(self, guild: discord.Guild) -> None: ...
    async def deleted(self, channel: discord.abc.GuildChannel) -> None: ...
    async def changed(self, before: discord.abc.GuildChannel, after: discord.abc.GuildChannel) -> None: ...


class PaperroundClient(discord.AutoShardedClient):
    """Asks Discord how many shards it advises; with one it is a plain client."""

    def __init__(self, connection: Connection, watch: Watch) -> None:
        # A bot that never speaks aloud need not warn that it could not.
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
        sharding: dict[str, Any] = {}
        if connection.shards:
            sharding = {"shard_count": connection.shards[0], "shard_ids": list(connection.shards[1])}
        super().__init__(
            intents=intents_for(connection.reads),
            allowed_mentions=discord.AllowedMentions.none(),
            http_trace=watch.trace,
            proxy=connection.proxy,
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            **sharding,
        )
        # The option of the constructor takes no less than 30 s, the time that a post may last in all.
        self.http.max_ratelimit_timeout = LONGEST_WAIT_S
        self.tree = app_commands.CommandTree(self)
        self.heard: Heard | None = None
        self._setup = connection
        self._tasks: set[asyncio.Task[None]] = set()

    def spawn(self, deed: Coroutine[Any, Any, None]) -> None:
        """Do something beside; what goes wrong in it is logged, and the client goes on."""
        task = asyncio.ensure_future(_logged(deed))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def prepare(self) -> None:
        """Learn where to connect, and register the commands if they changed; after the log-in, before `connect`."""
        advised, url, limit = await self.http.get_bot_gateway()
        self.shard_count = self.shard_count or advised
        # After an invalid session discord.py goes to this address, whatever it was told before.
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(url)
        if limit["remaining"] <= 0:
            wait_s = limit["reset_after"] / 1000
            log.error("no sessions left for today", action="discord_sessions_used_up", wait_s=wait_s)
            await asyncio.sleep(wait_s)
        await asyncio.to_thread(lambda: [catalogue(language) for language in LANGUAGES])
        await self.tree.set_translator(Translations())
        await self._register()

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await super().close()

    async def on_ready(self) -> None:
        if self.heard:
            self.spawn(self.heard.ready())

    async def on_raw_reaction_add(self, event: discord.RawReactionActionEvent) -> None:
        if self.heard:
            await self.heard.reacted(event, removed=False)

    async def on_raw_reaction_remove(self, event: discord.RawReactionActionEvent) -> None:
        if self.heard:
            await self.heard.reacted(event, removed=True)

    async def on_message(self, message: discord.Message) -> None:
        if self.heard:
            await self.heard.written(message)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        if self.heard:
            await self.heard.removed(guild)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        if self.heard:
            await self.heard.joined(guild)

    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        if self.heard:
            await self.heard.deleted(channel)

    async def on_guild_channel_update(self, before: discord.abc.GuildChannel, after: discord.abc.GuildChannel) -> None:
        if self.heard:
            await self.heard.changed(before, after)

    async def on_guild_role_update(self, before: discord.Role, after: discord.Role) -> None:
        if self.heard and before.permissions != after.permissions and after in after.guild.me.roles:
            await self.heard.looked_over(after.guild)

    async def on_error(self, event: str, *_: object, **__: object) -> None:
        # The top of one event: discord.py calls this while it handles the exception.
        if not self.is_closed():
            log.error("an event failed", action="discord_event_failed", event_name=event, exc_info=sys.exc_info()[1])

    async def _register(self) -> None:
        """Register the commands if they changed since they were registered last."""
        server = discord.Object(self._setup.test_server) if self._setup.test_server else None
        now = f"{self.application_id} {self._setup.test_server or 'everywhere'} {await fingerprint(self.tree)}"
        path = self._setup.state_dir / FINGERPRINT_FILE if self._setup.state_dir else None
        before = await asyncio.to_thread(_read, path) if path else ""
        if before == now:
            return
        if server:
            self.tree.copy_global_to(guild=server)
        await self.tree.sync(guild=server)
        log.info("commands registered", action="discord_commands_registered")
        if path:
            await asyncio.to_thread(path.write_text, now, encoding="utf-8")


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


async def _logged(deed: Coroutine[Any, Any, None]) -> None:
    try:
        await deed
    except Exception:  # the top of this task
        log.exception("a task failed", action="discord_task_failed")
