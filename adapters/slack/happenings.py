"""What happens in a workspace without being asked: emoji, pasted links, channels that come and go, the end."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError

from adapters.slack.blocks import Block, packed
from adapters.slack.door import Door, reason, was_not_stored
from adapters.slack.failures import WorkspaceEnded
from adapters.slack.pressing import update_counts
from adapters.slack.reading_back import ReadingBack
from adapters.slack.render import answered, pick_blocks
from adapters.slack.workspaces import PLATFORM
from bot.answers.asked import Answer
from bot.model import Channel, Member, MessageId
from bot.ports import PlatformUnreachable, StorageUnavailable
from bot.replies import PicksReply
from bot.words import marked, spoken

log = structlog.get_logger()

Json = Mapping[str, Any]

GONE = {
    "channel_archive": marked("the channel was archived"),
    "channel_deleted": marked("the channel was deleted"),
    "channel_id_changed": marked(
        "the channel was shared with another workspace, which gave it a new id; set its round there"
    ),
    "channel_left": marked("the app was removed from the channel"),
    "group_archive": marked("the channel was archived"),
    "group_deleted": marked("the channel was deleted"),
    "group_left": marked("the app was removed from the channel"),
    "member_left_channel": marked("the app was removed from the channel"),
}
BACK = ("channel_unarchive", "group_unarchive", "member_joined_channel")
RENAMED = ("channel_rename", "group_rename")
ENDED = {
    "app_uninstalled": marked("the app was uninstalled"),
    "tokens_revoked": marked("its token was revoked"),
}
# Events on one emoji of one person follow each other; those of different people need not wait for each other.
LOCKS = 64
REMEMBERED = 20_000
REACTIONS = ("reaction_added", "reaction_removed")


class Happenings:
    """Listeners of bolt for events; Slack takes their return as the acknowledgement, and repeats them otherwise."""

    def __init__(self, door: Door, reading_back: ReadingBack) -> None:
        self._door = door
        self._reading_back = reading_back
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
        if answer is None:
            return
        self._reading_back.touched(place, message)
        if answer.changed:
            self._door.later(update_counts(self._door, place, message), "counts")

    async def channel_went(self, body: Json, context: Json) -> None:
        """Pause the round of a channel that is not there any more; who set it is told."""
        event = body["event"]
        if event["type"] == "member_left_channel" and event.get("user") != context.get("bot_user_id"):
            return
        # Every other event names the channel as it is; this one names it as it was and as it will be.
        went = {**body, "event": {**event, "channel": event.get("old_channel_id") or event["channel"]}}
        await self._door.paperround.channel_gone(self._place(went), GONE[event["type"]])

    async def channel_came(self, body: Json, context: Json) -> None:
        """Let a channel's round come again, from its next date on."""
        event = body["event"]
        if event["type"] == "member_joined_channel" and event.get("user") != context.get("bot_user_id"):
            return
        await self._door.paperround.channel_back(self._place(body))

    async def channel_renamed(self, body: Json) -> None:
        """Call a channel by its new name, also in rounds that were set before."""
        place = replace(self._place(body), name=body["event"]["channel"]["name"])
        self._door.people.renamed(place.community, place.id)
        await self._door.paperround.channel_renamed(place)

    async def ended(self, body: Json) -> None:
        """Stop everything for a workspace that uninstalled the app or revoked its token, and delete the token."""
        event = body["event"]
        if event["type"] == "tokens_revoked" and not (event.get("tokens") or {}).get("bot"):
            return
        await self._door.workspaces.end(body["team_id"], ENDED[event["type"]])
        await self._door.paperround.community_left(PLATFORM, body["team_id"])

    async def links_shared(self, body: Json) -> None:
        """Say something under pasted paper links, in channels that chose so."""
        event = body["event"]
        # One that is still being typed has no place yet; what bots paste is nobody's question.
        typing = event.get("source") == "composer"
        if typing or event.get("bot_id") or not event.get("user") or event["channel"].startswith("D"):
            return
        self._door.later(self._links_answered(body), "links")

    async def _links_answered(self, body: Json) -> None:
        event, place = body["event"], self._place(body)
        if await self._door.people.is_bot(place.community, event["user"]):
            return
        member = Member(PLATFORM, place.community, event["user"])
        said = {}
        for link in event["links"]:
            answer = await self._door.paperround.linked(link["url"], member, place, body["event_id"])
            if answer is not None:
                said[link["url"]] = answer
        if not said or not await self._door.first(body["event_id"]):
            return
        cards = {link: {"blocks": blocks} for link, answer in said.items() if (blocks := card_for(answer))}
        if cards:
            await self._unfurled(place, event, cards)
        where = {"channel": event["channel"], "user": event["user"]}
        if event.get("thread_ts"):
            where["thread_ts"] = event["thread_ts"]
        for answer in said.values():
            if not isinstance(answer.reply, PicksReply):
                with spoken(answer.language):
                    await self._door.say_alone(place.community, where, answered(answer.reply))

    async def _unfurled(self, place: Channel, event: Json, cards: Json) -> None:
        try:
            client = (await self._door.workspaces.of(place.community)).asking
            await client.chat_unfurl(channel=event["channel"], ts=event["message_ts"], unfurls=dict(cards))
        except (SlackApiError, aiohttp.ClientError, TimeoutError, PlatformUnreachable, WorkspaceEnded) as error:
            log.warning("a card was not shown", action="card_failed", community=place.community, why=reason(error))

    def _place(self, body: Json) -> Channel:
        channel = body["event"]["channel"]
        return Channel(PLATFORM, body["team_id"], channel["id"] if isinstance(channel, dict) else channel)


def card_for(answer: Answer) -> list[Block]:
    """Return what stands under a pasted link; nothing for an answer that is none of papers."""
    with spoken(answer.language):
        return card_of(answer.reply) if isinstance(answer.reply, PicksReply) else []


def card_of(reply: PicksReply) -> list[Block]:
    """Return what stands under a pasted link: its papers without numbers, as nobody was shown a list."""
    return packed([pick_blocks(replace(offered, number=0)) for offered in reply.offered])[0]
