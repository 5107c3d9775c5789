"""The Slack edge: events come in by Socket Mode or HTTP, bolt finds the listener, the listener asks the facade."""

import asyncio
import json
import logging
import re
import time
from dataclasses import dataclass
from urllib.parse import parse_qsl

import aiohttp
import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler

from adapters.slack.asking import Asking
from adapters.slack.blocks import PRESS
from adapters.slack.door import SHARE, Door, acknowledgement
from adapters.slack.failures import WorkspaceEnded, meaning_of
from adapters.slack.happenings import BACK, ENDED, GONE, REACTIONS, RENAMED, Happenings
from adapters.slack.home import DIALOG, OPEN
from adapters.slack.home_tab import HomeTab
from adapters.slack.install import install_pages
from adapters.slack.manifest import EVENTS_PATH
from adapters.slack.messenger import SlackMessenger
from adapters.slack.people import People
from adapters.slack.ports import Installations, SeenEvents
from adapters.slack.pressing import Pressing
from adapters.slack.reading_back import BETWEEN_CALLS_S, QUIET_S, ReadingBack
from adapters.slack.seal import Seal
from adapters.slack.signed import SignedRequests
from adapters.slack.workspaces import PLATFORM, AppKeys, Workspaces
from bot.paperround import Paperround
from bot.ports import ChannelGone, Clock, PlatformUnreachable

log = structlog.get_logger()

SHORTCUT = "papers_like_message"
# A command is a form; its fields come in any order, and only commands have this one.
COMMAND = b"command=%2F"
AND_COMMAND = b"&command=%2F"
NOT_CONNECTED = (
    "Paperround is not connected to this workspace any more, so nothing was done. "
    "Whoever runs it reads what to do by: paperround doctor"
)
FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 60.0
STOP_PATIENCE_S = 3.0
# So soon after Slack asked for a new connection one begins, or two: the client may answer the end of the old one too.
REFRESH_S = 10.0


@dataclass(frozen=True, slots=True)
class SlackOptions:
    """What a host sets. Empty means not set.

    Attributes:
        secret_key: Seals the tokens of workspaces that install the app.
        threaded: Where a channel did not choose, picks of a digest stand in the thread of its first message, else
            each in the channel.
        quiet_s: How long a message is left alone before its emoji are read back.
        between_calls_s: The pace of reading back, for each workspace.
    """

    bot_token: str = ""
    app_token: str = ""
    signing_secret: str = ""
    client_id: str = ""
    client_secret: str = ""
    secret_key: str = ""
    api_url: str = ""
    public_url: str = ""
    admins_only: bool = False
    threaded: bool = True
    timeout_s: float = 30.0
    quiet_s: float = QUIET_S
    between_calls_s: float = BETWEEN_CALLS_S


@dataclass(frozen=True, slots=True)
class SlackStores:
    """What is kept for this edge; ``installations`` only where many workspaces install the app."""

    seen_events: SeenEvents
    installations: Installations | None = None


class SlackEdge:
    """Everything of Slack, for the composition root.

    Make it, hand its ``messenger`` to the facade, let it ``use`` the stores, serve its ``routes``, then ``start`` it.
    """

    def __init__(self, options: SlackOptions, clock: Clock) -> None:
        self._options = options
        self._clock = clock
        self._seal = Seal(options.secret_key) if options.secret_key else None
        self._keys = AppKeys(options.client_id, options.client_secret) if options.client_id else None
        self.workspaces = Workspaces(
            clock=clock,
            api_url=options.api_url,
            timeout_s=options.timeout_s,
            token=options.bot_token,
            seal=self._seal,
            keys=self._keys,
        )
        self.messenger = SlackMessenger(self.workspaces, threaded=options.threaded)
        self._stores: SlackStores | None = None
        self._door: Door | None = None
        self._asking: Asking | None = None
        self._reading_back: ReadingBack | None = None
        self._told_to_reconnect_at = -REFRESH_S
        self._bolt: AsyncApp | None = None
        self._socket: AsyncSocketModeHandler | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._ended: asyncio.Future[str] | None = None
        self._signed = SignedRequests(options.signing_secret) if options.signing_secret else None

    @property
    def routes(self) -> list[web.RouteDef]:
        """What Slack calls in HTTP mode, and the pages by which workspaces install the app; none in Socket Mode."""
        if not self._options.public_url:
            return []
        events = [web.post(EVENTS_PATH, self._from_http)] if self._signed is not None else []
        if self._seal is None or self._keys is None:
            return events
        return [*events, *install_pages(self.workspaces, self._seal, self._keys, self._options.public_url)]

    def use(self, stores: SlackStores) -> None:
        """Take the stores once they are open; before `log_in` and `start`."""
        self._stores = stores
        self.workspaces.installations = stores.installations

    async def log_in(self) -> None:
        """Make the messenger able to post and find. It finds its own way at the first use, so nothing waits here."""

    async def start(self, paperround: Paperround) -> None:
        """Listen; returns at once and connects in the background, for as long as Slack is not reached."""
        if self._stores is None:
            raise RuntimeError("the edge has no stores yet")
        door = Door(
            paperround,
            self.workspaces,
            self.messenger,
            People(self.workspaces, admins_only=self._options.admins_only),
            self._stores.seen_events,
            self._clock,
        )
        self._door = door
        self.workspaces.on_connected = lambda community: door.later(
            paperround.community_back(PLATFORM, community), "community back"
        )
        self.workspaces.on_ended = lambda community, why: door.later(
            paperround.community_gone(PLATFORM, community, why), "community gone"
        )
        self._asking = Asking(door)
        self._reading_back = ReadingBack(door, quiet_s=self._options.quiet_s, between_s=self._options.between_calls_s)
        self._bolt = bolt_app(door, self._asking, self._reading_back)
        self._ended = asyncio.get_running_loop().create_future()
        self._connecting = asyncio.create_task(self._connected(), name="Slack connecting")

    async def ended(self) -> str:
        """Wait until Slack refuses a token of the settings at the start; return the sentence that names it."""
        if self._ended is None:
            raise RuntimeError("the edge was not started")
        return await asyncio.shield(self._ended)

    @property
    def connected(self) -> bool:
        """Whether Slack is reached: it knows our token, and in Socket Mode the socket is open."""
        if self._connecting is None or not self._connecting.done() or (self._ended is not None and self._ended.done()):
            return False
        session = self._socket.client.current_session if self._socket is not None else None
        return self._socket is None or (session is not None and not session.closed)

    async def stop(self) -> None:
        """Take nothing more in, let answers under way finish, close the connections."""
        if self._connecting is not None:
            self._connecting.cancel()
            await asyncio.gather(self._connecting, return_exceptions=True)
        if self._socket is not None:
            await self._socket.client.close()  # type: ignore[no-untyped-call]  # slack_sdk leaves it untyped
            await self._socket.client.aiohttp_client_session.close()
        if self._reading_back is not None:
            await self._reading_back.stop()
        if self._door is not None:
            await self._door.stop(STOP_PATIENCE_S)
        await self.workspaces.close()

    async def _connected(self) -> None:
        wait = FIRST_WAIT_S
        while True:
            try:
                if only := await self.workspaces.the_only_one():
                    self.workspaces.on_connected(only.community)
                if self._options.app_token and self._bolt is not None:
                    address = await self._socket_address()
                    self._socket = AsyncSocketModeHandler(self._bolt, self._options.app_token, logger=QUIET)
                    self._socket.client.wss_uri = address
                    self._socket.client.on_message_listeners.append(self._socket_said)
                    await self._socket.connect_async()  # type: ignore[no-untyped-call]  # slack_bolt leaves it untyped
            except WorkspaceEnded as refused:
                log.error("Slack refused us", action="slack_refused", why=str(refused))  # noqa: TRY400 - its words say it all
                if self._ended is not None and not self._ended.done():
                    self._ended.set_result(str(refused))
                return
            except PlatformUnreachable as unreachable:
                log.warning("Slack cannot be reached", action="slack_unreachable", why=str(unreachable), next_in_s=wait)
                await asyncio.sleep(unreachable.retry_after_s or wait)
                wait = min(wait * 2, LONGEST_WAIT_S)
            else:
                log.info("Slack is connected", action="slack_connected", by="socket" if self._socket else "http")
                if self._socket is None and self._reading_back is not None:
                    await self._reading_back.catch_up()
                return

    async def _socket_said(self, message: aiohttp.WSMessage) -> None:
        """Read emoji back when a connection begins, unless Slack itself asked for a new one and missed nothing."""
        if '"envelope_id"' in message.data:
            return
        kind, now = json.loads(message.data).get("type"), time.monotonic()
        if kind == "disconnect":
            self._told_to_reconnect_at = now
        elif kind == "hello" and now - self._told_to_reconnect_at > REFRESH_S and self._door and self._reading_back:
            self._door.later(self._reading_back.catch_up(), "emoji")

    async def _socket_address(self) -> str:
        client = self.workspaces.client(retries=[AsyncRateLimitErrorRetryHandler()])
        try:
            answer = await client.apps_connections_open(app_token=self._options.app_token)
        except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError) as error:
            meaning = meaning_of(error)
            if isinstance(meaning, WorkspaceEnded | ChannelGone):
                raise WorkspaceEnded(f"Slack does not accept SLACK_APP_TOKEN: {meaning}") from error
            raise PlatformUnreachable(str(meaning)) from error
        return str(answer["url"])

    async def _from_http(self, request: web.Request) -> web.Response:
        if self._bolt is None or self._signed is None:
            return web.Response(status=503, text="starting")
        body = await request.read()
        signature = request.headers.get("X-Slack-Signature", "")
        if not self._signed.holds(body, request.headers.get("X-Slack-Request-Timestamp", ""), signature):
            return web.Response(status=401)
        if not self._signed.is_new(signature):
            return web.Response()
        if body.startswith(COMMAND) or AND_COMMAND in body:
            return await self._command_answered(body)
        asked = AsyncBoltRequest(
            body=body.decode(),
            query=request.query_string,
            headers={name.lower(): value for name, value in request.headers.items()},
        )
        return await to_aiohttp_response(await self._bolt.async_dispatch(asked))

    async def _command_answered(self, body: bytes) -> web.Response:
        """Answer a command without bolt, whose machinery costs several times as much as all the rest of a command."""
        said = dict(parse_qsl(body.decode()))
        try:
            await self.workspaces.of(said.get("team_id", ""))
        except (WorkspaceEnded, PlatformUnreachable) as error:
            log.warning("a request of an unknown workspace", action="workspace_unknown", why=str(error))
            return web.json_response({"response_type": "ephemeral", "text": NOT_CONNECTED})
        shown = await self._asking.command_in_time(said) if self._asking is not None else None
        if shown is None:
            return web.Response()
        return web.Response(body=acknowledgement(shown), content_type="application/json")


# bolt and the socket log bodies, and warn of what is so by our choice; what matters of theirs we log ourselves.
QUIET = logging.getLogger("slack_bolt.paperround")
QUIET.setLevel(logging.ERROR)


def bolt_app(door: Door, asking: Asking, reading_back: ReadingBack) -> AsyncApp:
    """Return bolt with every listener.

    Answers are processed before the response: bolt's other way waits in steps of ten milliseconds, and loses an
    acknowledgement when its listener fails right after it.
    """

    async def authorize(team_id: str | None) -> AuthorizeResult | None:
        # Without asking Slack for each request who we are: a revoked token is told by an event and by the next call.
        try:
            way = await door.workspaces.of(team_id or "")
        except (WorkspaceEnded, PlatformUnreachable) as error:
            log.warning("a request of an unknown workspace", action="workspace_unknown", why=str(error))
            return None
        return AuthorizeResult(
            enterprise_id=None,
            team_id=team_id,
            bot_user_id=way.bot_user,
            bot_id=way.bot_id,
            bot_token=way.asking.token,
        )

    app = AsyncApp(
        name="paperround",
        logger=QUIET,
        client=door.workspaces.client(),
        authorize=authorize,  # type: ignore[arg-type]  # None is how bolt is told of a workspace that is not ours
        user_facing_authorize_error_message=NOT_CONNECTED,
        process_before_response=True,
        # Checked where the request comes in, before anything of it is read.
        request_verification_enabled=False,
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
    )
    home, happenings = HomeTab(door), Happenings(door, reading_back)
    pressing = Pressing(door, home)
    app.command(re.compile(r"^/\S+$"))(asking.command)
    app.shortcut(SHORTCUT)(asking.papers_like_message)
    app.action(re.compile(f"^{PRESS}(:|$)"))(pressing.press)
    app.action(SHARE)(pressing.share)
    app.action(re.compile(f"^{OPEN}:"))(home.open_dialog)
    app.view(DIALOG)(home.submitted)
    app.event("app_mention")(asking.mention)
    app.event("message")(asking.direct_message)
    app.event("app_home_opened")(home.opened)
    app.event("link_shared")(happenings.links_shared)
    for names, listener in (
        (REACTIONS, happenings.reaction),
        (tuple(GONE), happenings.channel_went),
        (BACK, happenings.channel_came),
        (RENAMED, happenings.channel_renamed),
        (tuple(ENDED), happenings.ended),
    ):
        for name in names:
            app.event(name)(listener)
    return app
