"""The home tab in use: shown when opened, changed by buttons and dialogs."""

import asyncio
from collections.abc import Mapping
from typing import Any

import aiohttp
import structlog
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.errors import SlackApiError

from adapters.slack.door import Door, reason
from adapters.slack.failures import WorkspaceEnded
from adapters.slack.home import CHANNEL, FIELD, LINKS, TYPED, View, channel_choices, dialog, home_view
from adapters.slack.people import direct
from adapters.slack.typed import typed
from bot.ports import PlatformUnreachable, StorageUnavailable
from bot.replies import NoticeReply, RefusalReply, Reply

log = structlog.get_logger()

Json = Mapping[str, Any]


class HomeTab:
    """Listeners of bolt for the home tab and its dialogs."""

    def __init__(self, door: Door) -> None:
        self._door = door

    async def opened(self, body: Json) -> None:
        """Show the tab to a member who opens it."""
        event = body["event"]
        if event.get("tab", "home") == "home":
            self._door.later(self.publish(body["team_id"], event["user"]), "home tab")

    async def open_dialog(self, ack: AsyncAck, body: Json, action: Json) -> None:
        """Open the dialog that a button of the tab is for; Slack gives three seconds."""
        await ack()
        try:
            client = (await self._door.workspaces.of(body["team"]["id"])).asking
            await client.views_open(trigger_id=body["trigger_id"], view=dialog(action["value"]))
        except (SlackApiError, aiohttp.ClientError, TimeoutError, PlatformUnreachable, WorkspaceEnded) as error:
            log.warning("a dialog did not open", action="dialog_failed", why=reason(error))

    async def submitted(self, ack: AsyncAck, body: Json, view: View) -> None:
        """Do what a dialog says; what is wrong with it is shown beside its field."""
        community, user, what = body["team"]["id"], body["user"]["id"], view["private_metadata"]
        if what == CHANNEL:
            await self._channel_chosen(ack, community, user, view)
            return
        text = f"{what} {typed(view['state']['values'][FIELD][TYPED].get('value') or '')}"
        member = await self._door.people.member(community, user)
        answer = await self._door.ask(text, member, direct(community, user), f"dialog:{view.get('id')}")
        if isinstance(answer.reply, RefusalReply):
            await ack(response_action="errors", errors={FIELD: answer.reply.why[:150]})
            return
        await ack()
        self._door.later(self.publish(community, user, answer.reply), "home tab")

    async def publish(self, community: str, user: str, notice: Reply | None = None) -> None:
        """Show a member the tab as it is now, with what was just done on top."""
        member, place = await self._door.people.member(community, user), direct(community, user)
        ask = self._door.paperround.answer
        interests, digest, saved = await asyncio.gather(
            *(ask(text, member, place, f"home:{user}") for text in ("interests", "digest", "saved"))
        )
        view = home_view(notice, interests.reply, digest.reply, saved.reply)
        try:
            client = (await self._door.workspaces.of(community)).asking
            await client.views_publish(user_id=user, view=view)
        except (SlackApiError, aiohttp.ClientError, TimeoutError, PlatformUnreachable, WorkspaceEnded) as error:
            log.warning("the home tab was not shown", action="home_failed", community=community, why=reason(error))

    async def _channel_chosen(self, ack: AsyncAck, community: str, user: str, view: View) -> None:
        channel, links = channel_choices(view)
        place = await self._door.people.channel(community, channel, "", user)
        member = await self._door.people.member(community, user, manages=place)
        if not member.manager:
            await ack(response_action="errors", errors={CHANNEL: "Only people who manage this channel may change it."})
            return
        try:
            await self._door.note(place, LINKS, "on" if links else None)
        except StorageUnavailable:
            await ack(response_action="errors", errors={CHANNEL: "It could not be stored now; please try again."})
            return
        await ack()
        state = "Pasted paper links get a card" if links else "Pasted paper links get no card"
        self._door.later(
            self.publish(community, user, NoticeReply(f"{state} in #{place.name or channel}.")), "home tab"
        )
