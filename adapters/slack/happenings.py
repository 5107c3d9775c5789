"""What happens in a workspace without being asked: emoji, pasted links, channels that come and go, the end."""

import asyncio
from collections.abc import Mapping
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError

from adapters.slack.blocks import packed
from adapters.slack.door import Door, reason, was_not_stored
from adapters.slack.failures import WorkspaceEnded
from adapters.slack.home import LINKS
from adapters.slack.pressing import update_counts
from adapters.slack.render import pick_blocks
from bot.identity import paper_id_from
from bot.model import Channel, MessageId
from bot.ports import PlatformUnreachable, StorageUnavailable

log = structlog.get_logger()

Json = Mapping[str, Any]

GONE = {
    "channel_archive": "the channel was archived",
    "channel_deleted": "the channel was deleted",
    "channel_left": "the app was removed from the channel",
    "group_archive": "the channel was archived",
    "group_deleted": "the channel was deleted",
    "group_left": "the app was removed from the channel",
    "member_left_channel": "the app was removed from the channel",
}
BACK = ("channel_unarchive", "group_unarchive", "member_joined_channel")
RENAMED = ("channel_rename", "group_rename")
ENDED = {
    "app_uninstalled": "the app was uninstalled",
    "tokens_revoked": "its token was revoked",
}
# Events on one emoji of one person follow each other; those of different people need not wait for each other.
LOCKS = 64
REMEMBERED = 20_000
REACTIONS = ("reaction_added", "reaction_removed")


class Happenings:
    """Listeners of bolt for events; Slack takes their return as the acknowledgement, and repeats them otherwise."""

    def __init__(self, door: Door) -> None:
        self._door = door
        # When Slack says that the newest taken event on one person's emoji happened: it promises no order.
        self._newest: dict[tuple[str, ...], float] = {}
        self._one_at_a_time = [asyncio.Lock() for _ in range(LOCKS)]

    async def reaction(self, body: Json, context: Json) -> None:
        """Take an emoji, or its removal, as a verdict; acknowledged once it is stored.

        Raises:
            StorageUnavailable: It was not stored, so Slack should send it again.
        """
        event, community = body["event"], body["team_id"]
        item, user = event.get("item") or {}, event["user"]
        by_us = event.get("item_user") in {None, "", context.get("bot_user_id")}
        if item.get("type") != "message" or not by_us or await self._door.people.is_bot(community, user):
            return
        key = (community, item["channel"], item["ts"], user, event["reaction"])
        async with self._one_at_a_time[hash(key) % LOCKS]:
            happened = float(event.get("event_ts") or 0)
            if happened < self._newest.get(key, 0.0):
                return
            await self._taken(body, item, removed=event["type"] == "reaction_removed")
            self._newest.pop(key, None)
            self._newest[key] = happened
            if len(self._newest) > REMEMBERED:
                del self._newest[next(iter(self._newest))]

    async def _taken(self, body: Json, item: Json, *, removed: bool) -> None:
        event, community = body["event"], body["team_id"]
        place = await self._door.people.channel(community, item["channel"], "", event["user"])
        member = await self._door.people.member(community, event["user"])
        message = MessageId(item["ts"])
        emoji = f":{event['reaction']}:"
        answer = await self._door.paperround.react(emoji, member, place, message, body["event_id"], removed=removed)
        if was_not_stored(answer, "reaction"):
            raise StorageUnavailable("a reaction was not stored")
        if answer is not None and answer.changed:
            self._door.later(update_counts(self._door, place, message), "counts")

    async def channel_went(self, body: Json, context: Json) -> None:
        """Pause the round of a channel that is not there any more, and tell who set it."""
        event = body["event"]
        if event["type"] == "member_left_channel" and event.get("user") != context.get("bot_user_id"):
            return
        place = self._place(body)
        why = GONE[event["type"]]
        await self._door.paperround.channel_gone(place, why)
        self._door.later(self._door.tell_of_pause(place, why), "channel gone")

    async def channel_came(self, body: Json, context: Json) -> None:
        """Let a channel's round come again, from its next date on."""
        event = body["event"]
        if event["type"] == "member_joined_channel" and event.get("user") != context.get("bot_user_id"):
            return
        await self._door.paperround.channel_back(self._place(body))

    async def channel_renamed(self, body: Json) -> None:
        self._door.people.renamed(body["team_id"], body["event"]["channel"]["id"])

    async def ended(self, body: Json) -> None:
        """Stop everything for a workspace that uninstalled the app or revoked its token, and delete the token."""
        event = body["event"]
        if event["type"] == "tokens_revoked" and not (event.get("tokens") or {}).get("bot"):
            return
        await self._door.workspaces.end(body["team_id"], ENDED[event["type"]])

    async def links_shared(self, body: Json) -> None:
        """Show a card under pasted paper links, in channels that asked for it."""
        event, community = body["event"], body["team_id"]
        place = await self._door.people.channel(community, event["channel"], "", event["user"])
        if place.direct or await self._door.noted(place, LINKS) != "on":
            return
        if await self._door.first(body["event_id"]):
            self._door.later(self._unfurled(place, event), "links")

    async def _unfurled(self, place: Channel, event: Json) -> None:
        member = await self._door.people.member(place.community, event["user"])
        cards = {}
        for link in event["links"]:
            paper = paper_id_from(link["url"])
            offered = await self._door.paperround.offered(paper, member, place) if paper else None
            if offered is not None:
                cards[link["url"]] = {"blocks": packed([pick_blocks(offered)])[0]}
        if not cards:
            return
        try:
            client = (await self._door.workspaces.of(place.community)).asking
            await client.chat_unfurl(channel=event["channel"], ts=event["message_ts"], unfurls=cards)
        except (SlackApiError, aiohttp.ClientError, TimeoutError, PlatformUnreachable, WorkspaceEnded) as error:
            log.warning("a card was not shown", action="card_failed", community=place.community, why=reason(error))

    def _place(self, body: Json) -> Channel:
        channel = body["event"]["channel"]
        return Channel("slack", body["team_id"], channel["id"] if isinstance(channel, dict) else channel)
