"""The tokens and scopes of the Slack app, and the channels to which a round goes, asked of Slack."""

from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from adapters.checkup_outside import skew, unreachable
from adapters.findings import Finding, State
from adapters.settings import Settings
from adapters.slack.manifest import scopes
from adapters.slack.seal import Seal, Unsealable
from bot.model import Channel

SLACK_API = "https://slack.com/api/"
BOT_TOKEN = "Copy the bot token of the app again: OAuth & Permissions, Bot User OAuth Token, into SLACK_BOT_TOKEN."  # noqa: S105 - where it is found
APP_TOKEN = (
    "Make one under Basic Information, App-Level Tokens, with connections:write, and put it into SLACK_APP_TOKEN."  # noqa: S105 - likewise
)

# What is no JSON is of a proxy between.
UNREACHABLE = (aiohttp.ClientError, TimeoutError, ValueError)


async def slack(
    settings: Settings, session: aiohttp.ClientSession, rounds: Sequence[Channel] = ()
) -> AsyncIterator[Finding]:
    """Ask Slack what it thinks of the tokens, the scopes and the channels; nothing is posted."""
    has_token = bool(settings.slack_bot_token.get_secret_value())
    has_way = settings.slack_app_token.get_secret_value() or settings.slack_signing_secret.get_secret_value()
    async for finding in bot_token(settings, session, rounds):
        yield finding
    async for finding in app_token(settings, session):
        yield finding
    if has_token and not has_way:
        yield Finding(
            "slack", State.FAULT, "Slack has no way to reach the bot.", "Set SLACK_APP_TOKEN or SLACK_SIGNING_SECRET."
        )


def installed(settings: Settings, sealed: Sequence[bytes]) -> Iterator[Finding]:
    """Look whether the host's key opens what workspaces gave when they installed the app."""
    if not sealed:
        return
    seal, closed = Seal(settings.secret_key.get_secret_value()), 0
    for found in sealed:
        try:
            seal.open(found)
        except Unsealable:
            closed += 1
    if closed:
        means = f"PAPERROUND_SECRET_KEY does not open the tokens of {closed} workspaces that installed the app."
        do = "Set the key with which they were sealed; or have each workspace install the app again, at /slack/install."
        yield Finding("slack", State.FAULT, means, do)
    else:
        yield Finding("slack", State.OK, "PAPERROUND_SECRET_KEY opens the tokens of those who installed the app.")


async def bot_token(
    settings: Settings, session: aiohttp.ClientSession, rounds: Sequence[Channel] = ()
) -> AsyncIterator[Finding]:
    """Ask Slack who the bot is, what it may do, and whether it is in the channels to which a round goes."""
    token, base = settings.slack_bot_token.get_secret_value(), _base(settings)
    if not token:
        return
    try:
        said, response = await _asked(base, "auth.test", token, session)
        if off := skew(response):
            yield off
        if said.get("ok") is not True:
            means = f"Slack refuses the bot token: {said.get('error', 'no reason')}."
            yield Finding("slack", State.FAULT, means, BOT_TOKEN)
            return
        yield Finding("slack", State.OK, f"Slack knows the bot as {said.get('user')} in {said.get('team')}.")
        granted = {scope.strip() for scope in response.headers.get("x-oauth-scopes", "").split(",")} - {""}
        if granted and (missing := [scope for scope in scopes() if scope not in granted]):
            do = "Add them under OAuth & Permissions and reinstall the app; docs/slack.md says what each is for."
            yield Finding("slack", State.WARNING, f"The Slack app lacks permissions: {', '.join(missing)}.", do)
        for channel in rounds:
            if channel.platform == "slack" and channel.community == said.get("team_id"):
                told, _ = await _asked(base, "conversations.info", token, session, channel=channel.id)
                if why := _closed(told):
                    means = f"A round goes to Slack's #{channel.name or channel.id}, but {why}."
                    do = "Type /invite @paperround there, or take the round back: digest here off."
                    yield Finding("rounds", State.WARNING, means, do)
    except UNREACHABLE as error:
        yield unreachable("slack", urlsplit(base).netloc, error)


async def app_token(settings: Settings, session: aiohttp.ClientSession) -> AsyncIterator[Finding]:
    """Ask for a connection as Socket Mode does; one that nobody opens ends by itself."""
    token, base = settings.slack_app_token.get_secret_value(), _base(settings)
    if not token:
        return
    try:
        said, _ = await _asked(base, "apps.connections.open", token, session)
    except UNREACHABLE as error:
        yield unreachable("slack", urlsplit(base).netloc, error)
        return
    if said.get("ok") is True:
        yield Finding("slack", State.OK, "Slack takes the app-level token.")
    else:
        means = f"Slack refuses the app-level token: {said.get('error', 'no reason')}."
        yield Finding("slack", State.FAULT, means, APP_TOKEN)


def _base(settings: Settings) -> str:
    return (settings.slack_api_url or SLACK_API).rstrip("/")


async def _asked(
    base: str, method: str, token: str, session: aiohttp.ClientSession, **values: str
) -> tuple[dict[str, Any], aiohttp.ClientResponse]:
    async with session.post(
        f"{base}/{method}", headers={"Authorization": f"Bearer {token}"}, data=values or None
    ) as response:
        said = await response.json(content_type=None)
    if not isinstance(said, dict):
        raise ValueError("the answer is none of Slack's")  # noqa: TRY004 - as an answer that is no JSON
    return said, response


def _closed(told: dict[str, Any]) -> str:
    """Return why nothing can be posted in a channel; empty when it can, or Slack does not say."""
    channel = told.get("channel") or {}
    if told.get("error") == "channel_not_found" or channel.get("is_member") is False:
        return "the bot is not in it"
    return "it is archived" if channel.get("is_archived") else ""
