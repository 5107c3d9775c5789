"""Who asks and where, in the core's words, with what only Slack knows of them: time zone, names, rights."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.failures import WorkspaceEnded, error_of, meaning_of
from adapters.slack.workspaces import PLATFORM, Workspaces
from bot.languages import language_from
from bot.model import Channel, Member
from bot.ports import PlatformUnreachable

log = structlog.get_logger()

# Names and zones change seldom; rights are never kept.
KEPT_S = 3600.0
KEPT_AT_MOST = 20_000
# Slack calls every private channel so in its commands.
NAMELESS = frozenset({"", "privategroup"})

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Person:
    name: str = ""
    zone: str | None = None
    locale: str | None = None
    is_bot: bool = False
    is_admin: bool = False


class Kept(Generic[Value]):
    """Remembers a while what Slack said; the oldest is forgotten first."""

    def __init__(self) -> None:
        self._values: dict[tuple[str, str], tuple[float, Value]] = {}

    def get(self, key: tuple[str, str]) -> Value | None:
        until, value = self._values.get(key, (0.0, None))
        return value if until > time.monotonic() else None

    def put(self, key: tuple[str, str], value: Value) -> None:
        self._values.pop(key, None)
        self._values[key] = time.monotonic() + KEPT_S, value
        if len(self._values) > KEPT_AT_MOST:
            del self._values[next(iter(self._values))]

    def drop(self, key: tuple[str, str]) -> None:
        self._values.pop(key, None)


class People:
    """Callers: the listeners. What Slack does not say (a missing scope, no answer) is left open, never guessed."""

    def __init__(self, workspaces: Workspaces, *, admins_only: bool = False) -> None:
        """Ask through ``workspaces``.

        Args:
            admins_only: Only the workspace's admins manage channels, instead of everybody who is in the channel.
        """
        self._workspaces = workspaces
        self._admins_only = admins_only
        self._people: Kept[Person] = Kept()
        self._channels: Kept[str] = Kept()

    async def member(self, community: str, user: str, *, manages: Channel | None = None) -> Member:
        """Return a member, with the right to manage a channel asked of Slack now when ``manages`` is given."""
        person = self._people.get((community, user)) or await self._looked_up(community, user)
        manager = manages is None or manages.direct or await self._may_manage(community, user, manages)
        return Member(
            PLATFORM, community, user, name=person.name, manager=manager, zone=person.zone, language=person.locale
        )

    def language(self, community: str, user: str) -> str:
        """Return the language that Slack told of a member; English where that was not asked lately."""
        person = self._people.get((community, user))
        return language_from(person.locale if person else None)

    async def is_bot(self, community: str, user: str) -> bool:
        return (self._people.get((community, user)) or await self._looked_up(community, user)).is_bot

    async def channel(self, community: str, channel: str, name: str, user: str) -> Channel:
        """Return a place; a direct conversation is the one with ``user``, whatever Slack's id of it."""
        if channel.startswith("D") or name == "directmessage":
            return direct(community, user)
        if name in NAMELESS:
            name = self._channels.get((community, channel)) or await self._channel_name(community, channel)
        return Channel(PLATFORM, community, channel, name=name)

    def renamed(self, community: str, channel: str) -> None:
        self._channels.drop((community, channel))

    async def _looked_up(self, community: str, user: str) -> Person:
        said = await self._said(community, "users.info", user=user, include_locale="true")
        if said is None:
            return Person()
        known = said["user"]
        person = Person(
            name=(known.get("profile") or {}).get("display_name") or known.get("name") or "",
            zone=known.get("tz") or None,
            locale=known.get("locale") or None,
            is_bot=bool(known.get("is_bot")),
            is_admin=bool(known.get("is_admin") or known.get("is_owner")),
        )
        self._people.put((community, user), person)
        return person

    async def _channel_name(self, community: str, channel: str) -> str:
        said = await self._said(community, "conversations.info", channel=channel)
        name = str(said["channel"].get("name") or "") if said else ""
        self._channels.put((community, channel), name)
        return name

    async def _may_manage(self, community: str, user: str, channel: Channel) -> bool:
        if self._admins_only:
            return (await self._looked_up(community, user)).is_admin
        cursor = ""
        while True:
            page = await self._said(community, "conversations.members", channel=channel.id, limit=999, cursor=cursor)
            if page is None:
                return False
            if user in page["members"]:
                return True
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return False

    async def _said(self, community: str, method: str, **asked: object) -> Mapping[str, Any] | None:
        try:
            client: AsyncWebClient = (await self._workspaces.of(community)).asking
            answer = await client.api_call(method, params={name: value for name, value in asked.items() if value})
        except SlackApiError as error:
            if isinstance(meaning := meaning_of(error), WorkspaceEnded):
                await self._workspaces.end(community, str(meaning))
                return None
            log.warning("Slack did not tell", action="slack_did_not_tell", method=method, error=error_of(error))
            return None
        except (aiohttp.ClientError, TimeoutError, OSError, PlatformUnreachable, WorkspaceEnded) as error:
            log.warning("Slack did not tell", action="slack_did_not_tell", method=method, error=type(error).__name__)
            return None
        return answer.data if isinstance(answer.data, dict) else None


def direct(community: str, user: str) -> Channel:
    """Return the direct conversation with a member, named as digests for them are."""
    return Channel(PLATFORM, community, f"@{user}", direct=True)
