"""Posted messages brought up to date when votes change: soon, and at most once in a while for each."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import aiohttp
import discord
import structlog

from adapters.discord.messenger import DiscordMessenger
from bot.model import Channel, MessageId
from bot.notes import owner_of
from bot.paperround import Paperround
from bot.words import spoken

log = structlog.get_logger()

# Twenty people who like the same paper at once cost one edit; Discord allows about five in five seconds for a channel.
GATHER_S = 1.5

Spawn = Callable[[Coroutine[Any, Any, None]], None]


class Shown:
    def __init__(
        self, paperround: Paperround, messenger: DiscordMessenger, spawn: Spawn, gather_s: float = GATHER_S
    ) -> None:
        self._paperround = paperround
        self._messenger = messenger
        self._spawn = spawn
        self._gather_s = gather_s
        self._waiting: set[tuple[Channel, MessageId]] = set()

    def refresh(self, channel: Channel, message: MessageId) -> None:
        """Edit a message, a moment from now, into what it should show; one edit for all that is asked until then."""
        if (channel, message) not in self._waiting:
            self._waiting.add((channel, message))
            self._spawn(self._edit(channel, message))

    async def _edit(self, channel: Channel, message: MessageId) -> None:
        await asyncio.sleep(self._gather_s)
        self._waiting.discard((channel, message))
        reply = await self._paperround.shown_again(channel, message)
        if reply is None:
            return
        try:
            with spoken(await self._paperround.language_of(owner_of(channel))):
                await self._messenger.edit(channel, message, reply)
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            # The next vote brings it up to date; counts are stored already.
            log.warning("a message was not updated", action="discord_edit_failed", error=type(error).__name__)
