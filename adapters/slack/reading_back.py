"""Emoji read back from the messages themselves: once a message is quiet, and after a time in which nobody listened."""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import structlog

from adapters.slack.door import Door
from adapters.slack.pressing import update_counts
from bot.model import Channel, Member, MessageId
from bot.ports import ChannelGone, PlatformUnreachable, StorageUnavailable

log = structlog.get_logger()

# Events come twice, late and in any order; what stands on the message when it has been left alone so long, counts.
QUIET_S = 60.0
# Older messages have hardly an emoji more to come, and each costs a call after every outage.
LOOK_BACK_DAYS = 3
# `reactions.get` may be called fifty times a minute for each workspace (tier 3); some are left for who else asks.
BETWEEN_CALLS_S = 1.5
TRIED_AGAIN_S = 60.0
# Beside a message that cannot be reached for so long others wait that can.
TRIES = 5

Spot = tuple[Channel, MessageId]


@dataclass(slots=True)
class Queue:
    """The messages of one workspace that want to be read, each with when, by the loop's clock."""

    due: dict[Spot, float] = field(default_factory=dict)
    tries: dict[Spot, int] = field(default_factory=lambda: defaultdict(int))
    woken: asyncio.Event = field(default_factory=asyncio.Event)


class ReadingBack:
    """Callers: the listener of reactions, and the edge when it begins to listen."""

    def __init__(self, door: Door, *, quiet_s: float = QUIET_S, between_s: float = BETWEEN_CALLS_S) -> None:
        self._door = door
        self._quiet_s = quiet_s
        self._between_s = between_s
        self._queues: dict[str, Queue] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def touched(self, place: Channel, message: MessageId) -> None:
        """Read a message once nothing has happened on it for a while."""
        self._put(place, message, self._quiet_s)

    async def catch_up(self) -> None:
        """Read all messages of the last days, the newest first: nobody was told what happened on them meanwhile."""
        try:
            posted = await self._door.paperround.posted_lately(self._door.messenger.platform, LOOK_BACK_DAYS)
        except StorageUnavailable:
            log.warning("emoji were not read back", action="emoji_unread", why="the store did not answer")
            return
        for place, message in sorted(posted, key=lambda spot: float(spot[1]), reverse=True):
            self._put(place, message, 0.0)

    async def stop(self) -> None:
        """Read no more; the next start reads all messages of the last days again."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _put(self, place: Channel, message: MessageId, in_s: float) -> None:
        community = place.community
        queue = self._queues.setdefault(community, Queue())
        queue.due[place, message] = asyncio.get_running_loop().time() + in_s
        queue.woken.set()
        if community not in self._tasks:
            self._tasks[community] = asyncio.create_task(self._read_all(community), name=f"emoji of {community}")

    async def _read_all(self, community: str) -> None:
        queue = self._queues[community]
        try:
            while queue.due:
                spot = min(queue.due, key=queue.due.__getitem__)
                wait = queue.due[spot] - asyncio.get_running_loop().time()
                if wait > 0:
                    queue.woken.clear()
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(queue.woken.wait(), wait)
                    continue
                del queue.due[spot]
                await self._read(queue, spot)
                await asyncio.sleep(self._between_s)
        finally:
            del self._queues[community], self._tasks[community]

    async def _read(self, queue: Queue, spot: Spot) -> None:
        place, message = spot
        try:
            emoji = await self._door.messenger.emoji_on(place, message)
            if emoji is not None and await self._settled(place, message, emoji):
                await update_counts(self._door, place, message)
        except ChannelGone as gone:
            # What was said of a message stays when the message goes.
            log.info("emoji were not read back", action="emoji_unread", community=place.community, why=str(gone))
        except (PlatformUnreachable, StorageUnavailable) as error:
            queue.tries[spot] += 1
            log.warning("emoji were not read back", action="emoji_unread", community=place.community, why=str(error))
            if queue.tries[spot] < TRIES:
                asked = error.retry_after_s if isinstance(error, PlatformUnreachable) else None
                self._put(place, message, TRIED_AGAIN_S if asked is None else asked)
        except Exception:  # one message must not end the reading of the others
            log.exception("reading emoji failed", action="emoji_failed", community=place.community)

    async def _settled(self, place: Channel, message: MessageId, emoji: Mapping[str, Sequence[str]]) -> bool:
        people = self._door.people
        standing: dict[Member, Sequence[str]] = {}
        for user, names in emoji.items():
            if not await people.is_bot(place.community, user):
                standing[await people.member(place.community, user)] = [f":{name}:" for name in names]
        return await self._door.paperround.settle_reactions(place, message, standing)
