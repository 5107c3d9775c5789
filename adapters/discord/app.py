"""The edge to Discord: events in, answers out. `DiscordEdge` is all that the composition root needs."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import aiohttp
import discord
import structlog
from discord.http import Route

from adapters.discord.client import Connection, PaperroundClient
from adapters.discord.commands import papers_group, similar_menu
from adapters.discord.conversation import Conversation
from adapters.discord.links import Links, Reads
from adapters.discord.messenger import DiscordMessenger
from adapters.discord.places import PLATFORM
from adapters.discord.pressing import buttons_for
from adapters.discord.reactions import Reactions
from adapters.discord.servers import Servers
from adapters.discord.shown import Shown
from adapters.discord.standstill import Standstill, standstill_in, write_down
from adapters.discord.talk import Talk
from adapters.discord.watch import INVALID_WINDOW_S, TOO_MANY, Watch
from bot.paperround import Paperround

log = structlog.get_logger()

FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 300.0
LOG_IN_WAIT_S = 15.0
CLOSE_WAIT_S = 3.0
NETWORK = (aiohttp.ClientError, OSError, TimeoutError, discord.HTTPException, discord.GatewayNotFound)


@dataclass(frozen=True, slots=True)
class Timing:
    """Waits that tests shorten: until a message with new votes is edited, and until its reactions are read again."""

    gather_s: float = 1.5
    quiet_s: float = 60.0


class DiscordEdge:
    """Paperround on Discord.

    The messenger stands before the facade does, since the facade is given the messengers: make the edge, then the
    facade with ``edge.messenger``, then `start`.
    """

    def __init__(self, token: str, connection: Connection = Connection(), timing: Timing = Timing()) -> None:  # noqa: B008 - frozen
        self._token = token
        self._timing = timing
        self._reads = connection.reads
        self._ended = asyncio.Event()
        self._why = ""
        self._running: asyncio.Task[None] | None = None
        self._stopping = False
        if connection.api_url:
            Route.BASE = connection.api_url.rstrip("/")
        self._state_dir = connection.state_dir
        self._watch = Watch(self._end)
        self._client = PaperroundClient(connection, self._watch)
        if self._state_dir is not None:
            self._watch.on_stopped = lambda refused: self._client.spawn(self._write_down(refused))
        self.messenger = DiscordMessenger(self._client, self._watch)

    async def log_in(self) -> None:
        """Make the messenger able to post and find, without listening to events.

        Where Discord is not reached soon, the log-in goes on in the background, and posts wait for it.
        """
        self._running = asyncio.create_task(self._run(listening=False), name="discord")
        await asyncio.wait({self._running}, timeout=LOG_IN_WAIT_S)

    async def start(self, paperround: Paperround) -> None:
        """Connect in the background, again and again until it works; returns at once."""
        client = self._client
        self.messenger.on_late = lambda channel: client.spawn(paperround.round_late(channel, TOO_MANY))
        shown = Shown(paperround, self.messenger, client.spawn, self._timing.gather_s)
        reactions = Reactions(paperround, self.messenger, shown, client.spawn, quiet_s=self._timing.quiet_s)
        servers = Servers(paperround, self.messenger, reactions)
        links = Links(paperround, self.messenger, self._reads)
        conversation = Conversation(paperround, self.messenger, shown, Talk(), links)
        client.heard = _Ears(client, servers, links)
        client.tree.add_command(papers_group(conversation.answer, conversation.suggest))
        client.tree.add_command(similar_menu(conversation.similar))
        client.tree.error(conversation.failed)
        client.add_dynamic_items(buttons_for(conversation.press))
        self._running = asyncio.create_task(self._run(listening=True), name="discord")

    async def ended(self) -> str:
        """Return, once Discord will not have this bot any more, why: a sentence for the host."""
        await self._ended.wait()
        return self._why

    @property
    def connected(self) -> bool:
        """Whether events are heard: every shard has its servers."""
        return self._client.is_ready() and not self._ended.is_set()

    async def stop(self) -> None:
        """Close the connection; what is being posted is given up and looked up at the next start."""
        if self._running is None:
            return
        self._stopping = True
        # Closed first: while it waits to begin a new session, discord.py does not hear that it is cancelled.
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_WAIT_S):
                await self._client.close()
        self._running.cancel()
        await asyncio.wait({self._running}, timeout=CLOSE_WAIT_S)
        await self._client.http.close()

    async def _run(self, *, listening: bool) -> None:
        try:
            await self._keep_to_standstill()
            if await self._logged_in(listening=listening) and listening:
                await self._stay_connected()
        except Exception as mistake:  # the top of this task: the host must learn that nobody listens any more
            log.exception("the connection failed", action="discord_connection_ended")
            self._end(f"the connection to Discord failed unexpectedly: {type(mistake).__name__}")

    async def _keep_to_standstill(self) -> None:
        """Post nothing where the process before this one was to post nothing yet."""
        now = datetime.now(UTC)
        if self._state_dir and (found := await asyncio.to_thread(standstill_in, self._state_dir, now)):
            self._watch.stop_for((found.until - now).total_seconds())

    async def _write_down(self, refused: int) -> None:
        if self._state_dir is not None:
            found = Standstill(datetime.now(UTC) + timedelta(seconds=INVALID_WINDOW_S), refused)
            await asyncio.to_thread(write_down, self._state_dir, found)

    async def _logged_in(self, *, listening: bool) -> bool:
        """Log in, again and again while Discord is not reached; False when the token is refused."""
        wait_s = FIRST_WAIT_S
        while True:
            try:
                await self._client.login(self._token)
                if listening:
                    await self._client.prepare()
            except discord.LoginFailure:
                self._end("Discord refused the bot's token (401); set a new DISCORD_TOKEN")
                return False
            except NETWORK as error:
                kind = type(error).__name__
                log.warning("Discord is not reached", action="discord_unreachable", error=kind, wait_s=wait_s)
                await self._client.http.close()
                # discord.py keeps the closed connector else, and no later try could succeed.
                self._client.http.connector = discord.utils.MISSING
                await asyncio.sleep(wait_s)
                wait_s = min(wait_s * 2, LONGEST_WAIT_S)
            else:
                return True

    async def _stay_connected(self) -> None:
        try:
            await self._client.connect()
            if not self._stopping:
                self._end("the connection to Discord was closed")
        except discord.PrivilegedIntentsRequired:
            self._end(
                "Discord refuses to show messages (4014): switch on Message Content Intent on the Bot page, or set "
                "PAPERROUND_DISCORD_READS to mentions"
            )
        except discord.ConnectionClosed as closed:
            self._end(f"Discord closed the connection for good ({closed.code}); check DISCORD_TOKEN and the shards")
        except NETWORK as error:
            log.exception("the connection ended", action="discord_connection_ended")
            self._end(f"the connection to Discord ended: {type(error).__name__}")

    def _end(self, why: str) -> None:
        if not self._ended.is_set():
            log.critical(why, action="discord_ended")
            self._why = why
            self._ended.set()


class _Ears:
    """Hands what discord.py hears to those who know what it means."""

    def __init__(self, client: PaperroundClient, servers: Servers, links: Links) -> None:
        self._client = client
        self._servers = servers
        self.written = links.written
        self.removed = servers.removed
        self.joined = servers.joined
        self.looked_over = servers.looked_over
        self.deleted = servers.deleted
        self.changed = servers.changed

    async def ready(self) -> None:
        """Begin a session; whatever happened since the last one was not heard."""
        log.info("connected to Discord", action="discord_ready", servers=len(self._client.guilds))
        await self._servers.catch_up()

    async def reacted(self, event: discord.RawReactionActionEvent, *, removed: bool) -> None:
        await self._servers.reacted(self._client, event, removed=removed)


__all__ = ["PLATFORM", "Connection", "DiscordEdge", "Reads", "Timing"]
