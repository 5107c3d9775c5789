"""Emoji under posted papers as verdicts. What stands on the message in the end wins.

Events can be missed (no connection), come out of order, or come from bots; so after a while of quiet, and after a
connection that could not be resumed, the message itself is read and settles it.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import aiohttp
import discord
import structlog

from adapters.discord.messenger import DiscordMessenger
from adapters.discord.places import PLATFORM, Spot
from adapters.discord.shown import Shown
from bot.actions import verdict_of
from bot.model import Channel, Member, MessageId
from bot.paperround import Paperround

log = structlog.get_logger()

QUIET_S = 60.0
REMEMBERED_MESSAGES = 5_000
UNREACHABLE = (discord.DiscordException, aiohttp.ClientError, OSError)

Spawn = Callable[[Coroutine[Any, Any, None]], None]
Mark = tuple[str, str]  # who, which emoji


@dataclass(frozen=True, slots=True)
class Target:
    """A posted message, as Discord and as the core name it."""

    spot: Spot
    channel: Channel
    message: MessageId


@dataclass(slots=True)
class _Seen:
    """What this process told the core about one message: who has which emoji on it."""

    standing: set[Mark] = field(default_factory=set)
    events: int = 0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Reactions:
    def __init__(
        self,
        paperround: Paperround,
        messenger: DiscordMessenger,
        shown: Shown,
        spawn: Spawn,
        *,
        quiet_s: float = QUIET_S,
    ) -> None:
        self._paperround = paperround
        self._messenger = messenger
        self._shown = shown
        self._spawn = spawn
        self._quiet_s = quiet_s
        self._seen: OrderedDict[Target, _Seen] = OrderedDict()

    async def heard(self, target: Target, member: str, emoji: str, *, removed: bool) -> None:
        """Take one event. Events of a message are taken one after the other, in the order in which they came."""
        if verdict_of(emoji) is None:
            return
        seen = self._of(target)
        seen.events += 1
        async with seen.lock:
            await self._tell(target, seen, (member, emoji), removed=removed)
        self._spawn(self._settle_when_quiet(target, seen, seen.events))

    async def settle(self, target: Target, message: Mapping[str, Any] | None = None) -> None:
        """Bring the votes on a message in step with what stands on it; the message is read unless it is given.

        Raises:
            discord.DiscordException, aiohttp.ClientError, OSError: The reactions could not be read; nothing is changed.
        """
        seen = self._of(target)
        async with seen.lock:
            standing = await self._standing(target, message or await self._messenger.message(target.spot))
            seen.standing = set(standing)
            people: dict[Member, set[str]] = {}
            for person, emoji in standing:
                people.setdefault(self._member(target, person), set()).add(emoji)
            if await self._paperround.settle_reactions(target.channel, target.message, people):
                self._shown.refresh(target.channel, target.message)

    async def _settle_when_quiet(self, target: Target, seen: _Seen, events: int) -> None:
        await asyncio.sleep(self._quiet_s)
        if seen.events != events:
            return
        try:
            await self.settle(target)
        except UNREACHABLE as error:
            # The next event, or the next start, settles it.
            log.warning("reactions not read", action="discord_reactions_unread", error=type(error).__name__)

    async def _tell(self, target: Target, seen: _Seen, mark: Mark, *, removed: bool) -> None:
        person, emoji = mark
        if removed:
            seen.standing.discard(mark)
            twins = {other for who, other in seen.standing if who == person and verdict_of(other) == verdict_of(emoji)}
            if twins:
                return  # another emoji of the same meaning is still there
        else:
            seen.standing.add(mark)
        member = self._member(target, person)
        answer = await self._paperround.react(
            emoji, member, target.channel, target.message, uuid4().hex, removed=removed
        )
        if answer is not None and answer.changed:
            self._shown.refresh(target.channel, target.message)

    async def _standing(self, target: Target, message: Mapping[str, Any]) -> set[Mark]:
        marks: set[Mark] = set()
        for reaction in message.get("reactions", []):
            emoji = reaction["emoji"]
            if emoji.get("id") is None and verdict_of(emoji["name"]) is not None:
                people = await self._messenger.who_reacted(target.spot, emoji["name"])
                marks |= {(person, emoji["name"]) for person in people}
        return marks

    def _member(self, target: Target, person: str) -> Member:
        return Member(PLATFORM, target.channel.community, person, manager=False)

    def _of(self, target: Target) -> _Seen:
        seen = self._seen.setdefault(target, _Seen())
        self._seen.move_to_end(target)
        while len(self._seen) > REMEMBERED_MESSAGES:
            self._seen.popitem(last=False)
        return seen
