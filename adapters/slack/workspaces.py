"""Which workspaces there are and how to speak to each: one by its token in the settings, or many by installation."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.failures import WorkspaceEnded, error_of, meaning_of
from adapters.slack.ports import Installations
from adapters.slack.seal import Credentials, Seal, Unsealable
from bot.ports import Clock, PlatformUnreachable
from bot.words import marked

log = structlog.get_logger()

PLATFORM = "slack"
SLACK_API = "https://slack.com/api/"
# A token is rotated this long before it ends: Slack's live twelve hours.
ROTATE_BEFORE_S = 1800
UNRENEWED = marked("the token could not be renewed")


@dataclass(frozen=True, slots=True)
class Workspace:
    """One workspace.

    Attributes:
        posting: Repeats nothing by itself: a message that got no answer may have arrived.
        asking: For calls that change nothing or may be repeated; waits where Slack asks to.
    """

    community: str
    bot_user: str
    bot_id: str
    posting: AsyncWebClient
    asking: AsyncWebClient


@dataclass(frozen=True, slots=True)
class AppKeys:
    """The app's own keys, for rotating the tokens of those who installed it."""

    client_id: str
    client_secret: str


def nobody(*_: str) -> None:
    """Tell nobody."""


class Workspaces:
    """Finds the way to a workspace. Callers: messenger and listeners.

    Every method that speaks to Slack can raise `PlatformUnreachable` and `WorkspaceEnded`.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        api_url: str = "",
        timeout_s: float = 30.0,
        token: str = "",
        seal: Seal | None = None,
        keys: AppKeys | None = None,
    ) -> None:
        """Know one workspace by ``token``, or many by their ``installations`` (then with ``seal`` and ``keys``)."""
        self.api_url = (api_url or SLACK_API).rstrip("/") + "/"
        self.ended: dict[str, str] = {}
        self.installations: Installations | None = None
        # Told of each community that can be spoken to, again or for the first time.
        self.on_connected: Callable[[str], None] = nobody
        # Told of each community that shut the app out, and why: once, whichever call learnt it.
        self.on_ended: Callable[[str, str], None] = nobody
        self._clock = clock
        self._timeout_s = timeout_s
        self._token = token
        self._seal = seal
        self._keys = keys
        self._known: dict[str, tuple[Workspace, Credentials]] = {}
        self._session: aiohttp.ClientSession | None = None
        self._asking_who = asyncio.Lock()

    def client(self, token: str | None = None, retries: Sequence[AsyncRetryHandler] = ()) -> AsyncWebClient:
        """Return a client on the shared connections; must be called within the event loop."""
        if self._session is None or self._session.closed:
            limits = aiohttp.ClientTimeout(total=self._timeout_s, connect=min(10.0, self._timeout_s))
            self._session = aiohttp.ClientSession(timeout=limits)
        return AsyncWebClient(
            token,
            base_url=self.api_url,
            timeout=int(self._timeout_s) or 1,
            session=self._session,
            retry_handlers=list(retries),
        )

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def the_only_one(self) -> Workspace | None:
        """Return the workspace of the token in the settings; None when there is none and workspaces install the app."""
        return await self._by_token() if self._token else None

    async def of(self, community: str) -> Workspace:
        """Return the way to a community.

        Raises:
            WorkspaceEnded: It uninstalled the app, its token was revoked, or it is not the one of the settings' token.
        """
        if why := self.ended.get(community):
            raise WorkspaceEnded(why)
        if self._token:
            only = await self._by_token()
            if only.community != community:
                told = marked("SLACK_BOT_TOKEN belongs to another workspace")
                raise WorkspaceEnded(f"{told} ({only.community}, not {community})")
            return only
        return await self._installed(community)

    async def keep(self, community: str, credentials: Credentials) -> None:
        """Take in a workspace that installed the app, or installed it again."""
        installations, seal = self._shelves()
        sealed = seal.seal(credentials)
        await asyncio.to_thread(installations.keep, PLATFORM, community, sealed, self._clock.now())
        self._known[community] = self._way(community, credentials), credentials
        self.ended.pop(community, None)

    async def end(self, community: str, why: str) -> None:
        """Stop speaking to a workspace and delete its token; told once."""
        self._known.pop(community, None)
        is_news = community not in self.ended
        self.ended[community] = why
        if is_news:
            log.error("workspace ended", action="workspace_ended", community=community, why=why)
            self.on_ended(community, why)
        if self.installations is not None and not self._token:
            await asyncio.to_thread(self.installations.remove, PLATFORM, community)

    async def _by_token(self) -> Workspace:
        if self._known:
            return next(iter(self._known.values()))[0]
        if self.ended:
            raise WorkspaceEnded(next(iter(self.ended.values())))
        async with self._asking_who:
            if not self._known:
                await self._ask_who_we_are()
        return next(iter(self._known.values()))[0]

    async def _ask_who_we_are(self) -> None:
        try:
            answer = await self.client(self._token, [AsyncRateLimitErrorRetryHandler()]).auth_test()
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            meaning = meaning_of(error)
            if isinstance(meaning, WorkspaceEnded):
                why = f"{marked('Slack does not accept SLACK_BOT_TOKEN')}: {meaning}"
                self.ended[""] = why
                raise WorkspaceEnded(why) from error
            # Asking who we are changes nothing: whatever happened, nothing was posted.
            raise PlatformUnreachable(str(meaning), getattr(meaning, "retry_after_s", None)) from error
        credentials = Credentials(self._token, answer["user_id"], answer.get("bot_id") or "")
        self._known[answer["team_id"]] = self._way(answer["team_id"], credentials), credentials

    async def _installed(self, community: str) -> Workspace:
        if community not in self._known:
            installations, seal = self._shelves()
            sealed = await asyncio.to_thread(installations.get, PLATFORM, community)
            if sealed is None:
                raise WorkspaceEnded(marked("this workspace has not installed the app, or uninstalled it"))
            try:
                credentials = seal.open(sealed)
            except Unsealable as error:
                raise WorkspaceEnded(str(error)) from error
            self._known[community] = self._way(community, credentials), credentials
        workspace, credentials = self._known[community]
        if credentials.expires_at is None or credentials.expires_at - time.time() > ROTATE_BEFORE_S:
            return workspace
        return await self._rotated(community, credentials)

    async def _rotated(self, community: str, old: Credentials) -> Workspace:
        if self._keys is None or old.refresh_token is None:
            raise WorkspaceEnded(marked("its token ended and cannot be renewed without SLACK_CLIENT_ID and its secret"))
        async with self._asking_who:
            if self._known[community][1] is not old:
                return self._known[community][0]
            try:
                answer = await self.client().oauth_v2_access(
                    client_id=self._keys.client_id,
                    client_secret=self._keys.client_secret,
                    grant_type="refresh_token",
                    refresh_token=old.refresh_token,
                )
            except SlackApiError as error:
                if error_of(error) == "invalid_refresh_token":
                    await self.end(community, marked("its token could not be renewed; install the app again"))
                    raise WorkspaceEnded(self.ended[community]) from error
                raise PlatformUnreachable(f"{UNRENEWED}: {error_of(error)}") from error
            except (aiohttp.ClientError, TimeoutError) as error:
                raise PlatformUnreachable(f"{UNRENEWED}: {marked('no answer')}") from error
            fresh = replace(
                old,
                token=answer["access_token"],
                refresh_token=answer["refresh_token"],
                expires_at=int(time.time()) + int(answer["expires_in"]),
            )
            await self.keep(community, fresh)
        return self._known[community][0]

    def _way(self, community: str, credentials: Credentials) -> Workspace:
        return Workspace(
            community,
            credentials.bot_user,
            credentials.bot_id,
            posting=self.client(credentials.token),
            asking=self.client(credentials.token, [AsyncRateLimitErrorRetryHandler(max_retry_count=2)]),
        )

    def _shelves(self) -> tuple[Installations, Seal]:
        if self.installations is None or self._seal is None:
            raise WorkspaceEnded(marked("workspaces cannot install the app here: SLACK_CLIENT_ID is not set"))
        return self.installations, self._seal
