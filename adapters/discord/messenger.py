"""Posting, finding and editing on Discord. What an error means for a delivery is decided in `refusals.py`."""

import json
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime
from math import ceil
from typing import Any, Protocol

import discord
import structlog
from aiolimiter import AsyncLimiter
from discord.http import Route

from adapters.discord.embeds import without_attachments
from adapters.discord.marks import (
    at_home,
    carries,
    footer_of,
    laid_out,
    layout_of,
    marked,
    name_of,
    nonce_of,
    plain_form,
    with_footer,
)
from adapters.discord.places import PLATFORM, Spot, message_id, snowflake_at, spot_of, thread_under
from adapters.discord.refusals import (
    ARCHIVED,
    EMPTY_MESSAGE,
    HAS_THREAD,
    INVALID_FORM,
    NO_HISTORY,
    NO_HISTORY_RIGHT,
    NOT_YET,
    UNKNOWN_CHANNEL,
    UNKNOWN_MESSAGE,
    verdict_on,
)
from adapters.discord.render import answered, posted
from adapters.discord.watch import TOO_MANY, Attempts, Watch
from bot.deliveries import Layout
from bot.model import Channel, MessageId, PaperId
from bot.ports import ChannelGone, HistoryUnreadable, PlatformUnreachable
from bot.replies import Reply
from bot.words import say

log = structlog.get_logger()

FORUMS = {discord.ChannelType.forum.value, discord.ChannelType.media.value}
PAGE = 100
# What stands for the id of a message that was posted and deleted before its id was learnt.
DELETED = "deleted-"
ARCHIVE_AFTER_MINUTES = 1440
# Discord allows a bot 50 requests a second in all, and a refusal counts towards its ban; evenly spaced, so that no
# second has more, and a fifth is left for answers to people.
EVERY_S = 1 / 40


class Client(Protocol):
    """What a messenger needs of discord.py's client."""

    @property
    def http(self) -> discord.http.HTTPClient: ...
    @property
    def user(self) -> discord.ClientUser | None: ...
    async def fetch_guild(self, guild_id: int, /) -> discord.Guild: ...


def nobody(_: Channel) -> None:
    """Tell nobody."""


class DiscordMessenger:
    """See `bot.ports.Messenger`.

    A forum gets a post of its own for each message; laid out as a thread, one post for the day with the picks in it.
    """

    platform = PLATFORM

    def __init__(self, client: Client, watch: Watch) -> None:
        self._client = client
        self._watch = watch
        self._pace = AsyncLimiter(1, EVERY_S)
        self._places: dict[str, dict[str, Any]] = {}
        self._direct: dict[str, str] = {}
        self._threads: set[str] = set()
        # Members whose direct messages were refused, until they are told at their next command.
        self.closed: dict[str, str] = {}
        # Told of each place whose message waits because too many requests were refused.
        self.on_late: Callable[[Channel], None] = nobody

    def render(self, reply: Reply, layout: Layout = Layout.USUAL) -> tuple[tuple[str, PaperId | None], ...]:
        return tuple(
            (json.dumps(laid_out(message, layout), ensure_ascii=False), paper) for message, paper in posted(reply)
        )

    async def post(self, channel: Channel, payload: str, marker: str, thread: MessageId | None) -> MessageId:
        if self._watch.stopped_for_s():
            self.on_late(channel)
        self._refuse_while_quiet()
        bare, layout, thread_name = layout_of(json.loads(payload))
        message = marked(bare, marker)
        message |= {"nonce": nonce_of(marker), "enforce_nonce": True}
        if channel.direct:
            message = at_home(message, channel.community)
        with self._watch.attempts() as attempts:
            try:
                return await self._post(channel, message, thread, layout, thread_name)
            except Exception as error:
                meant = verdict_on(error, attempts)
                if isinstance(meant, ChannelGone) and channel.direct:
                    self.closed[channel.id] = str(meant)
                raise meant from error

    async def find(
        self,
        channel: Channel,
        marker: str,
        since: datetime,
        thread: MessageId | None = None,
    ) -> MessageId | None:
        self._refuse_while_quiet()
        after = snowflake_at(int(since.timestamp() * 1000))
        try:
            place = await self._place(channel)
            if not channel.direct:
                await self._refuse_unreadable(place)
            async for spot, message in self._history(place, after, thread):
                if carries(message, marker):
                    within = spot.channel if spot.channel != place["id"] else None
                    return message_id(message["id"], within)
        except HistoryUnreadable:
            raise
        except Exception as error:
            if isinstance(error, discord.HTTPException) and error.status in {403, 404}:
                raise HistoryUnreadable(f"{NO_HISTORY} ({error.code})") from error
            raise verdict_on(error, Attempts()) from error
        return None

    def address(self, channel: Channel, message: MessageId, first: MessageId) -> str:  # noqa: ARG002 - a thread is named by the message
        # A direct conversation is named by its member; its own id, which stands in its address, is not kept.
        if channel.direct or message.startswith(DELETED):
            return ""
        spot = spot_of(channel.id, message)
        return f"https://discord.com/channels/{channel.community}/{spot.channel}/{spot.message}"

    async def edit(self, channel: Channel, message: MessageId, reply: Reply) -> bool:
        """Let a posted message of one paper say ``reply`` now, marker kept; False when it is no longer there.

        An edit never makes a message and may be repeated. It raises what discord.py raises, but for a missing message.
        """
        payload = next((payload for payload, paper in posted(reply) if paper is not None), None)
        if payload is None or self._watch.quiet_for():
            return False
        try:
            spot = await self.spot(channel, message)
            old = await self.message(spot)
            kept = footer_of(old)
            wanted = with_footer(payload, kept) if kept else payload
            if channel.direct:
                wanted = at_home(wanted, channel.community)
            await self._call(
                "PATCH",
                "/channels/{channel_id}/messages/{message_id}",
                wanted,
                channel_id=spot.channel,
                message_id=spot.message,
            )
        except discord.NotFound:
            return False
        return True

    async def reply(self, spot: Spot, reply: Reply) -> None:
        """Say something under a message that somebody wrote. It raises what discord.py raises; what is unclear is left.

        Said a second time, as after a resumed connection, it is made once: the nonces come from the message.
        """
        if self._watch.quiet_for():
            return
        for number, payload in enumerate(answered(reply)):
            body = without_attachments(payload)
            body |= {"nonce": f"re{spot.message}-{number}", "enforce_nonce": True}
            body |= {"message_reference": {"message_id": spot.message, "fail_if_not_exists": False}}
            await self._call("POST", "/channels/{channel_id}/messages", body, channel_id=spot.channel)

    async def message(self, spot: Spot) -> dict[str, Any]:
        """Return a message as Discord tells it; raises `discord.NotFound` when it is gone."""
        found: dict[str, Any] = await self._call(
            "GET", "/channels/{channel_id}/messages/{message_id}", channel_id=spot.channel, message_id=spot.message
        )
        return found

    async def spot(self, channel: Channel, message: MessageId) -> Spot:
        """Return where a posted message is; of a direct one that takes a request the first time."""
        return spot_of((await self._place(channel))["id"], message)

    def standstill(self) -> str | None:
        """Return why nothing is posted at all for now, in words; None when it is."""
        left_s = self._watch.stopped_for_s()
        if not left_s:
            return None
        return say("{why}; it goes on in {minutes} min", why=say(TOO_MANY), minutes=ceil(left_s / 60))

    def quiet_for_s(self) -> float:
        """Return how many seconds nothing should be sent, 0 when the way is free."""
        quiet = self._watch.quiet_for()
        return quiet[0] if quiet else 0.0

    async def who_reacted(self, spot: Spot, emoji: str) -> set[str]:
        """Return the ids of the people, bots left out, who have this emoji on a message."""
        path = "/channels/{channel_id}/messages/{message_id}/reactions/{emoji}"
        people: set[str] = set()
        after = "0"
        while True:
            where = {"channel_id": spot.channel, "message_id": spot.message, "emoji": emoji}
            page = await self._call("GET", f"{path}?limit={PAGE}&after={after}", **where)
            people |= {person["id"] for person in page if not person.get("bot")}
            if len(page) < PAGE:
                return people
            after = str(max(int(person["id"]) for person in page))

    async def own_messages(self, where: str, after: int) -> AsyncIterator[tuple[Spot, dict[str, Any]]]:
        """Yield the bot's own messages in a channel or thread from a snowflake on, oldest page first."""
        async for message in self._pages(where, after):
            if self.is_own(message):
                yield Spot(where, message["id"]), message

    def is_own(self, message: Mapping[str, Any]) -> bool:
        return bool(message["author"]["id"] == str(self._me().id))

    async def _post(
        self, channel: Channel, message: dict[str, Any], thread: MessageId | None, layout: Layout, thread_name: str
    ) -> MessageId:
        place = await self._place(channel)
        if place["type"] in FORUMS and (thread is None or layout is not Layout.THREAD):
            return await self._post_in_forum(place, message, thread_name)
        within = None
        if thread and not channel.direct and layout is not Layout.APART:
            within = await self._thread(place, thread, thread_name)
        try:
            sent = await self._send(within or place["id"], message)
        except discord.NotFound as error:
            if error.code != UNKNOWN_MESSAGE:
                raise
            # The nonce was seen before and its message deleted since: it was posted, once.
            return message_id(f"{DELETED}{message['nonce']}")
        return message_id(sent["id"], within)

    async def _send(self, where: str, message: dict[str, Any]) -> dict[str, Any]:
        path = "/channels/{channel_id}/messages"
        try:
            sent: dict[str, Any] = await self._call("POST", path, message, channel_id=where)
        except discord.HTTPException as error:
            if error.code == ARCHIVED:
                await self._call("PATCH", "/channels/{channel_id}", {"archived": False}, channel_id=where)
            elif error.status == 400 and error.code in {INVALID_FORM, EMPTY_MESSAGE}:
                log.exception("Discord refused a message", action="discord_bad_form", text=error.text, code=error.code)
                message = plain_form(message)
            else:
                raise
            sent = await self._call("POST", path, message, channel_id=where)
        return sent

    async def _post_in_forum(self, place: Mapping[str, Any], message: dict[str, Any], untitled: str) -> MessageId:
        # The first message of a forum's post takes no nonce: what is unclear here is left to `find`.
        body = {key: value for key, value in message.items() if key not in {"nonce", "enforce_nonce"}}
        post = {"name": name_of(message, untitled), "auto_archive_duration": ARCHIVE_AFTER_MINUTES, "message": body}
        made = await self._call("POST", "/channels/{channel_id}/threads", post, channel_id=place["id"])
        return message_id(made["id"], made["id"])

    async def _thread(self, place: Mapping[str, Any], parent: MessageId, name: str) -> str | None:
        """Return the thread of a posted message, or the one under it, made when needed; None where none may be made."""
        if "/" in parent:
            return thread_under(parent)
        if parent in self._threads:
            return parent
        if parent.startswith(DELETED):
            return None
        body = {"name": name, "auto_archive_duration": ARCHIVE_AFTER_MINUTES}
        spot = spot_of(place["id"], parent)
        try:
            await self._call(
                "POST",
                "/channels/{channel_id}/messages/{message_id}/threads",
                body,
                channel_id=spot.channel,
                message_id=spot.message,
            )
        except discord.HTTPException as error:
            if error.code != HAS_THREAD:
                # Not allowed, or the first message is gone: the paper then stands in the channel itself.
                if error.status in {400, 403, 404}:
                    return None
                raise
        self._threads.add(parent)
        return parent

    async def _place(self, channel: Channel) -> dict[str, Any]:
        """Return the channel as Discord knows it, with ``id`` and ``type``."""
        if channel.direct:
            member = channel.id.removeprefix("@")
            if member not in self._direct:
                opened = await self._call("POST", "/users/@me/channels", {"recipient_id": member})
                self._direct[member] = opened["id"]
            return {"id": self._direct[member], "type": discord.ChannelType.private.value}
        if channel.id not in self._places:
            found = await self._call("GET", "/channels/{channel_id}", channel_id=channel.id)
            self._places[channel.id] = {key: found.get(key) for key in ("id", "type", "guild_id")}
        return self._places[channel.id]

    async def _refuse_unreadable(self, place: Mapping[str, Any]) -> None:
        """Raise unless the bot may read history here.

        Without that permission Discord answers an empty list, which would look like proof that nothing was posted.
        """
        guild = await self._client.fetch_guild(int(place["guild_id"]))
        channel = await guild.fetch_channel(int(place["id"]))
        me = await guild.fetch_member(self._me().id)
        if not channel.permissions_for(me).read_message_history:
            raise HistoryUnreadable(NO_HISTORY_RIGHT)

    async def _history(
        self, place: Mapping[str, Any], after: int, thread: MessageId | None
    ) -> AsyncIterator[tuple[Spot, dict[str, Any]]]:
        """Yield every message of the bot after a snowflake: in the channel, and in the threads where it can be."""
        if place["type"] not in FORUMS:
            async for found in self.own_messages(place["id"], after):
                yield found
        for where in await self._threads_of(place, thread):
            try:
                async for found in self.own_messages(where, after):
                    yield found
            except discord.NotFound as error:
                if error.code != UNKNOWN_CHANNEL:
                    raise
                # No thread could be made, or it was deleted with all in it.

    async def _threads_of(self, place: Mapping[str, Any], thread: MessageId | None) -> list[str]:
        """Return the threads in which a message can be: the one under its first message; in a forum any open one."""
        wheres = [thread_under(thread)] if thread and place.get("guild_id") and not thread.startswith(DELETED) else []
        if place["type"] in FORUMS:
            open_ones = await self._call("GET", "/guilds/{guild_id}/threads/active", guild_id=place["guild_id"])
            wheres += [each["id"] for each in open_ones["threads"] if each.get("parent_id") == place["id"]]
        return list(dict.fromkeys(wheres))

    async def _pages(self, where: str, after: int) -> AsyncIterator[dict[str, Any]]:
        newest = after
        while True:
            path = f"/channels/{{channel_id}}/messages?limit={PAGE}&after={newest}"
            page = await self._call("GET", path, channel_id=where)
            for message in page:
                yield message
            if len(page) < PAGE:
                return
            newest = max(int(message["id"]) for message in page)

    async def _call(self, method: str, path: str, body: object = None, **ids: str) -> Any:  # noqa: ANN401 - JSON of any form
        if left_s := self._watch.stopped_for_s():
            # Also what only keeps messages up to date: each of these could be refused as well.
            raise discord.RateLimited(left_s)
        route = Route(method, path, **ids)
        await self._pace.acquire()
        if body is None:
            return await self._client.http.request(route)
        return await self._client.http.request(route, json=body)

    def _refuse_while_quiet(self) -> None:
        if self._client.user is None:
            raise PlatformUnreachable(NOT_YET)
        if quiet := self._watch.quiet_for():
            raise PlatformUnreachable(quiet[1], quiet[0])

    def _me(self) -> discord.ClientUser:
        if self._client.user is None:
            raise PlatformUnreachable(NOT_YET)
        return self._client.user
