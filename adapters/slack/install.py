"""Many workspaces: the pages by which each installs the app, with a state that only this host can make."""

from logging import Logger, getLogger
from urllib.parse import urlsplit

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.error import BoltError
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore

from adapters.slack.manifest import INSTALL_PATH, REDIRECT_PATH, scopes
from adapters.slack.seal import Credentials, Seal
from adapters.slack.workspaces import AppKeys, Workspaces
from bot.ports import StorageUnavailable


class SealedStates(AsyncOAuthStateStore):
    """States that need no storage: whoever holds the key can tell its own."""

    def __init__(self, seal: Seal) -> None:
        self._seal = seal

    @property
    def logger(self) -> Logger:
        return getLogger(__name__)

    async def async_issue(self, *_: object, **__: object) -> str:
        return self._seal.new_state()

    async def async_consume(self, state: str) -> bool:
        return self._seal.use_state(state or "")


class KeptInstallations(AsyncInstallationStore):
    """Hands bolt's installations to `Workspaces`, which seals and stores them."""

    def __init__(self, workspaces: Workspaces) -> None:
        self._workspaces = workspaces

    @property
    def logger(self) -> Logger:
        return getLogger(__name__)

    async def async_save(self, installation: Installation) -> None:
        """Take in a workspace.

        Raises:
            BoltError: It cannot be kept; bolt shows its failure page.
        """
        if installation.team_id is None or installation.bot_token is None or installation.bot_user_id is None:
            raise BoltError("the app is installed into one workspace at a time, not into a whole organisation")
        ends = installation.bot_token_expires_at
        credentials = Credentials(
            installation.bot_token,
            installation.bot_user_id,
            installation.bot_id or "",
            installation.bot_refresh_token,
            int(ends) if ends else None,
        )
        try:
            await self._workspaces.keep(installation.team_id, credentials)
        except StorageUnavailable as error:
            raise BoltError("the installation could not be stored now; please try again") from error
        self._workspaces.on_connected(installation.team_id)

    async def async_save_bot(self, bot: Bot) -> None:
        """Take the renewed token of a bot; `Workspaces` renews them itself, so bolt never calls this."""
        raise BoltError(f"tokens of {bot.team_id} are renewed elsewhere")


def install_pages(workspaces: Workspaces, seal: Seal, keys: AppKeys, public_url: str) -> list[web.RouteDef]:
    """Return the pages ``/slack/install`` and ``/slack/oauth_redirect``."""
    base = urlsplit(workspaces.api_url)

    def flow() -> AsyncOAuthFlow:
        settings = AsyncOAuthSettings(
            client_id=keys.client_id,
            client_secret=keys.client_secret,
            scopes=scopes(),
            user_scopes=[],
            redirect_uri=public_url.rstrip("/") + REDIRECT_PATH,
            install_path=INSTALL_PATH,
            redirect_uri_path=REDIRECT_PATH,
            authorization_url=f"{base.scheme}://{base.netloc}/oauth/v2/authorize",
            installation_store=KeptInstallations(workspaces),
            state_store=SealedStates(seal),
        )
        return AsyncOAuthFlow(client=workspaces.client(), settings=settings)

    async def install(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await flow().handle_installation(await to_bolt_request(request)))

    async def redirected(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await flow().handle_callback(await to_bolt_request(request)))

    return [web.get(INSTALL_PATH, install), web.get(REDIRECT_PATH, redirected)]
