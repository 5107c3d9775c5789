"""The edge to Discord: events in, answers out. `DiscordEdge` is all that the composition root needs."""

import asyncio
from dataclasses import dataclass
from urllib.parse import urlencode

import aiohttp
import discord
import structlog
from discord.http import Route

from adapters.discord.client import Connection, PaperroundClient
from adapters.discord.commands import papers_group, similar_menu
from adapters.discord.conversation import Conversation
from adapters.discord.messenger import DiscordMessenger
from adapters.discord.places import PLATFORM
from adapters.discord.pressing import buttons_for
from adapters.discord.reactions import Reactions
from adapters.discord.servers import Servers
from adapters.discord.shown import Shown
from adapters.discord.talk import Talk
from adapters.discord.watch import Watch
from bot.model import Channel
from bot.paperround import Paperround

log = structlog.get_logger()

# View Channel, Send Messages, Embed Links, Read Message History, Send Messages in Threads.
PERMISSIONS = 274877991936
FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 300.0
LOG_IN_WAIT_S = 15.0
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
        self._ended = asyncio.Event()
        self._why = ""
        self._running: asyncio.Task[None] | None = None
        if connection.api_url:
            Route.BASE = connection.api_url.rstrip("/")
        self._watch = Watch(self._end)
        self._client = PaperroundClient(connection, self._watch)
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
        shown = Shown(paperround, self.messenger, client.spawn, self._timing.gather_s)
        reactions = Reactions(paperround, self.messenger, shown, client.spawn, quiet_s=self._timing.quiet_s)
        servers = Servers(paperround, self.messenger, reactions)
        conversation = Conversation(paperround, self.messenger, shown, Talk())
        client.heard = _Ears(client, servers)
        client.tree.add_command(papers_group(conversation.answer, conversation.suggest))
        client.tree.add_command(similar_menu(conversation.similar))
        client.tree.error(conversation.failed)
        client.add_dynamic_items(buttons_for(conversation.press))
        self.messenger.on_gone = self._tell_owner
        self._running = asyncio.create_task(self._run(listening=True), name="discord")

    async def ended(self) -> str:
        """Return, once Discord will not have this bot any more, why: a sentence for the host."""
        await self._ended.wait()
        return self._why

    async def stop(self) -> None:
        """Close the connection; what is being posted is given up and looked up at the next start."""
        if self._running is None:
            return
        self._running.cancel()
        await asyncio.gather(self._running, return_exceptions=True)
        await self._client.close()
        await self._client.http.close()

    async def _run(self, *, listening: bool) -> None:
        try:
            if await self._logged_in(listening=listening) and listening:
                await self._stay_connected()
        except Exception as mistake:  # the top of this task: the host must learn that nobody listens any more
            log.exception("the connection failed", action="discord_connection_ended")
            self._end(f"the connection to Discord failed unexpectedly: {type(mistake).__name__}")

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
            self._end("the connection to Discord was closed")
        except discord.PrivilegedIntentsRequired:
            self._end("Discord asks for a privileged intent (4014); this bot uses none, so check the shard settings")
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

    async def _tell_owner(self, channel: Channel, why: str) -> None:
        """Tell the owner of a server, by direct message, that a channel's round stopped."""
        guild = self._client.get_guild(int(channel.community))
        if guild is None or guild.owner_id is None:
            return
        name = discord.utils.escape_mentions(channel.name or channel.id)
        try:
            owner = await self._client.fetch_user(guild.owner_id)
            await owner.send(f"The paper round for #{name} in {guild.name} stopped. {why}. Then say: /papers digest")
        except discord.HTTPException as error:
            log.warning("the owner was not told", action="discord_owner_not_told", code=error.code)


class _Ears:
    """Hands what discord.py hears to those who know what it means."""

    def __init__(self, client: PaperroundClient, servers: Servers) -> None:
        self._client = client
        self._servers = servers
        self.removed = servers.removed
        self.joined = servers.joined
        self.looked_over = servers.looked_over
        self.deleted = servers.deleted
        self.changed = servers.changed

    async def ready(self) -> None:
        """Begin a session; whatever happened since the last one was not heard."""
        log.info("connected to Discord", action="discord_ready", servers=len(self._client.guilds))
        await self._servers.catch_up(self._client)

    async def reacted(self, event: discord.RawReactionActionEvent, *, removed: bool) -> None:
        await self._servers.reacted(self._client, event, removed=removed)


def invite_link(application_id: int | str) -> str:
    """Return the link by which a server adds the bot, with just the permissions that it needs."""
    query = {"client_id": str(application_id), "scope": "bot applications.commands", "permissions": str(PERMISSIONS)}
    return f"https://discord.com/oauth2/authorize?{urlencode(query)}"


async def application_of(token: str, api_url: str = "") -> tuple[str, str]:
    """Return the id and the name of the application that a token belongs to; for `init` and `doctor`.

    Raises:
        discord.LoginFailure: Discord refuses the token.
        aiohttp.ClientError: Discord was not reached.
    """
    base = (api_url or Route.BASE).rstrip("/")
    timeout = aiohttp.ClientTimeout(total=10)
    headers = {"Authorization": f"Bot {token}"}
    async with (
        aiohttp.ClientSession(timeout=timeout, headers=headers, trust_env=True) as session,
        session.get(f"{base}/applications/@me") as response,
    ):
        if response.status == 401:
            raise discord.LoginFailure("Discord refuses this token.")
        response.raise_for_status()
        found = await response.json()
        return str(found["id"]), str(found["name"])


__all__ = ["PERMISSIONS", "PLATFORM", "Connection", "DiscordEdge", "Timing", "application_of", "invite_link"]
