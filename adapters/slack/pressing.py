"""Buttons: what they mean is in their value, so that those of an older message work as well."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from slack_bolt.context.ack.async_ack import AsyncAck

from adapters.slack.asking import IN_TIME_S, LIKE
from adapters.slack.door import Door, shown_alone, shown_to_all, went_wrong
from adapters.slack.home_tab import HomeTab
from adapters.slack.people import direct
from adapters.slack.render import answered, posted
from adapters.slack.typed import concerns_channel
from bot.actions import OlderRelease, Verb, action_of
from bot.answers.asked import Answer
from bot.model import Channel, Member, MessageId
from bot.notes import owner_of
from bot.ports import ChannelGone, PlatformUnreachable
from bot.replies import FileReply
from bot.words import say, spoken

log = structlog.get_logger()

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Press:
    """One press with its circumstances.

    Attributes:
        message: The message that holds the button when everybody sees it, else None.
        response_url: None on the home tab.
    """

    token: str
    community: str
    user: str
    place: Channel
    event: str
    message: MessageId | None
    response_url: str | None


class Pressing:
    """Listeners of bolt for ``block_actions``."""

    def __init__(self, door: Door, home: HomeTab) -> None:
        self._door = door
        self._home = home

    async def press(self, ack: AsyncAck, body: Json, action: Json) -> None:
        """Do what a button says; acknowledged once it is recorded, or when Slack would not wait any longer."""
        press = await self._press_of(body, action.get("value") or "")
        if not await self._door.first(press.event):
            await ack()
            return
        pressing = asyncio.ensure_future(self._pressed(press))
        await asyncio.wait({pressing}, timeout=IN_TIME_S)
        await ack()
        self._door.later(self._shown(press, pressing), "answer to a press")

    async def share(self, ack: AsyncAck, body: Json, action: Json) -> None:
        """Show to the whole channel what one member was shown."""
        await ack()
        how, _, what = (action.get("value") or "").partition(":")
        press = await self._press_of(body, what)
        if await self._door.first(press.event):
            self._door.later(self._shared(press, how), "shared answer")

    async def _press_of(self, body: Json, token: str) -> Press:
        community, user = body["team"]["id"], body["user"]["id"]
        container, channel = body.get("container") or {}, body.get("channel") or {}
        if channel:
            place = await self._door.people.channel(community, channel["id"], channel.get("name") or "", user)
        else:
            place = direct(community, user)
        seen_by_all = container.get("type") == "message" and not container.get("is_ephemeral")
        message = MessageId(container["message_ts"]) if seen_by_all else None
        event = f"press:{body.get('trigger_id')}"
        return Press(token, community, user, place, event, message, body.get("response_url"))

    async def _pressed(self, press: Press) -> tuple[Answer, Member]:
        manages = press.place if asks_for_the_right(press.token) else None
        member = await self._door.people.member(press.community, press.user, manages=manages)
        answer = await self._door.paperround.press(press.token, member, press.place, press.event)
        return answer, member

    async def _shown(self, press: Press, pressing: "asyncio.Future[tuple[Answer, Member]]") -> None:
        try:
            answer, member = await pressing
        except Exception:  # the top of this press: whatever happened, the one who pressed is told
            log.exception("a press failed", action="press_failed", community=press.community)
            if press.response_url:
                with spoken(self._door.people.language(press.community, press.user)):
                    await self._door.respond(press.response_url, answered(went_wrong()))
            return
        with spoken(answer.language):
            if isinstance(answer.reply, FileReply):
                await self._door.send_file(press.community, press.user, answer.reply)
            if press.response_url is None:
                await self._home.publish(press.community, press.user, answer.reply)
                return
            asked = "" if press.place.direct else f"press:{press.token}"
            messages = answered(answer.reply) if press.place.direct else shown_alone(answer.reply, asked)
            await self._door.respond(press.response_url, messages, to_all=press.place.direct)
        if answer.changed and press.message is not None:
            await update_counts(self._door, press.place, press.message)
        log.debug("pressed", action="pressed", community=member.community, changed=answer.changed)

    async def _shared(self, press: Press, how: str) -> None:
        member = await self._door.people.member(press.community, press.user)
        if how == "press":
            answer = await self._door.paperround.press(press.token, member, press.place, press.event)
        elif how == LIKE:
            answer = await self._door.paperround.like_text(press.token, member, press.place)
        else:
            answer = await self._door.paperround.answer(press.token, member, press.place, press.event)
        if press.response_url:
            with spoken(answer.language):
                messages = shown_to_all(answer.reply, member.name or say("a member"))
            await self._door.respond(press.response_url, messages, to_all=True)


async def update_counts(door: Door, place: Channel, message: MessageId) -> None:
    """Make a posted paper show the counts as they are now; a message that is gone is let be."""
    reply = await door.paperround.shown_again(place, message)
    if reply is None:
        return
    with spoken(await door.paperround.language_of(owner_of(place))):
        content = next((content for content, paper in posted(reply) if paper is not None), None)
    if content is None:
        return
    try:
        await door.messenger.edit(place, message, content)
    except (ChannelGone, PlatformUnreachable) as error:
        # The verdict is stored; the next press shows the counts.
        log.warning("counts were not updated", action="counts_not_updated", why=str(error))


def asks_for_the_right(token: str) -> bool:
    """Tell whether a button does what not everybody may."""
    try:
        return action_of(token).verb in {Verb.APPROVE, Verb.DECLINE} or concerns_channel(said_by(token))
    except OlderRelease:
        return False


def said_by(token: str) -> str:
    """Return the text that a button says as if typed; empty when it means something else."""
    try:
        action = action_of(token)
    except OlderRelease:
        return ""
    return action.rest if action.verb is Verb.SAY else ""
