"""Commands, mentions, direct messages and the message shortcut: what people ask in words."""

import asyncio
from collections.abc import Mapping
from typing import Any

import structlog
from slack_bolt.context.ack.async_ack import AsyncAck

from adapters.slack.blocks import has_picture
from adapters.slack.door import Door, shown_alone, text_and_blocks, went_wrong
from adapters.slack.people import direct
from adapters.slack.render import Message, answered
from adapters.slack.typed import changes_something, concerns_channel, typed
from bot.answers.asked import Answer
from bot.commands import TEXT_CAP
from bot.model import Channel, Member
from bot.replies import FileReply
from bot.words import spoken

log = structlog.get_logger()

# Slack gives up on a command after three seconds, and people begin to wonder much sooner: what is not answered by then
# is acknowledged, and its answer comes through the response address.
IN_TIME_S = 0.1
# What a button that shows papers like a message to all begins with; the message follows.
LIKE = "like"

Json = Mapping[str, Any]


class Asking:
    """Listeners of bolt; each translates, asks, and translates back."""

    def __init__(self, door: Door) -> None:
        self._door = door

    async def command(self, ack: AsyncAck, body: Json) -> None:
        """Answer ``/papers …``, within the acknowledgement where there is time."""
        shown = await self.command_in_time(body)
        if shown is None:
            await ack()
        else:
            await ack(**text_and_blocks(shown), response_type="ephemeral")

    async def command_in_time(self, body: Json) -> Message | None:
        """Return what to say at once to a command; None when there is nothing, or when it comes later by itself."""
        text = typed(body.get("text") or "")[: TEXT_CAP + 1]
        if changes_something(text) and not await self._door.first(f"command:{body.get('trigger_id')}"):
            return None
        answering = asyncio.ensure_future(self._command_answered(text, body))
        await asyncio.wait((answering,), timeout=IN_TIME_S)
        if not answering.done():
            self._door.later(self._responded(answering, body["response_url"]), "late answer")
            return None
        first, *more = answering.result()
        if has_picture(first):
            # Slack refuses a message whole when it cannot load its picture; later it can be said again without one.
            self._door.later(self._door.respond(body["response_url"], [first, *more]), "answer with a picture")
            return None
        if more:
            self._door.later(self._door.respond(body["response_url"], more), "rest of an answer")
        return first

    async def mention(self, body: Json, context: Json) -> None:
        """Answer a message in a channel that begins with the bot's name, for its writer alone."""
        event = body["event"]
        if event.get("bot_id") or not event.get("user") or not await self._door.first(body["event_id"]):
            return
        self._door.later(self._mention_answered(body["team_id"], event, context.get("bot_user_id") or ""), "mention")

    async def direct_message(self, body: Json, context: Json) -> None:
        """Answer a message written to the bot itself."""
        event = body["event"]
        plainly_written = not event.get("subtype") and not event.get("bot_id") and event.get("user")
        if event.get("channel_type") != "im" or not plainly_written or not await self._door.first(body["event_id"]):
            return
        self._door.later(self._direct_answered(body, context.get("bot_user_id") or ""), "direct message")

    async def papers_like_message(self, ack: AsyncAck, body: Json) -> None:
        """Answer the shortcut *Find papers like this message*."""
        await ack()
        self._door.later(self._like_message_answered(body), "message shortcut")

    async def _command_answered(self, text: str, body: Json) -> tuple[Message, ...]:
        try:
            place = await self._door.people.channel(
                body["team_id"], body["channel_id"], body.get("channel_name") or "", body["user_id"]
            )
            answer, member = await self._asked(text, body["user_id"], place, f"command:{body.get('trigger_id')}")
        except Exception:  # the top of this answer: whatever happened, the asker is told
            log.exception("a command failed", action="command_failed", community=body.get("team_id"))
            with spoken(self._door.people.language(body.get("team_id", ""), body.get("user_id", ""))):
                return answered(went_wrong())
        with spoken(answer.language):
            if isinstance(answer.reply, FileReply):
                self._door.later(self._door.send_file(member.community, member.id, answer.reply), "file")
            return shown_alone(answer.reply, "" if place.direct else f"say:{text}")

    async def _asked(self, text: str, user: str, place: Channel, event: str) -> tuple[Answer, Member]:
        manages = place if concerns_channel(text) else None
        member = await self._door.people.member(place.community, user, manages=manages)
        return await self._door.paperround.answer(text, member, place, event), member

    async def _responded(self, answering: "asyncio.Future[tuple[Message, ...]]", url: str) -> None:
        await self._door.respond(url, await answering)

    async def _mention_answered(self, community: str, event: Json, own: str) -> None:
        place = await self._door.people.channel(community, event["channel"], "", event["user"])
        text = typed(event.get("text") or "", own_mention=own)[: TEXT_CAP + 1]
        answer, member = await self._asked(text, event["user"], place, f"mention:{event['ts']}")
        where = {"channel": event["channel"], "user": event["user"]}
        if event.get("thread_ts"):
            where["thread_ts"] = event["thread_ts"]
        with spoken(answer.language):
            if isinstance(answer.reply, FileReply):
                await self._door.send_file(community, member.id, answer.reply)
            await self._door.say_alone(community, where, shown_alone(answer.reply, f"say:{text}"))

    async def _direct_answered(self, body: Json, own: str) -> None:
        event = body["event"]
        text = typed(event.get("text") or "", own_mention=own)[: TEXT_CAP + 1]
        place = direct(body["team_id"], event["user"])
        answer, _ = await self._asked(text, event["user"], place, body["event_id"])
        with spoken(answer.language):
            await self._door.say(place, answer.reply, thread=event.get("thread_ts"))

    async def _like_message_answered(self, body: Json) -> None:
        community, user, channel = body["team"]["id"], body["user"]["id"], body.get("channel") or {}
        place = await self._door.people.channel(community, channel.get("id") or "D", channel.get("name") or "", user)
        member = await self._door.people.member(community, user)
        text = words_of(body["message"])
        answer = await self._door.paperround.like_text(text, member, place)
        asked = "" if place.direct else f"{LIKE}:{text}"
        with spoken(answer.language):
            await self._door.respond(body["response_url"], shown_alone(answer.reply, asked))


def words_of(message: Json) -> str:
    """Return what a message says, with what Slack shows under it of the pages that it links."""
    shown = [message, *(message.get("attachments") or [])]
    said = [each.get(name) or "" for each in shown for name in ("title", "text")]
    return typed("\n".join(each for each in said if each))
