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
from adapters.slack.home import CHANNEL, FIELD, OWN, TYPED, View, channel_in, chosen_in, dialog, home_view
from adapters.slack.people import direct
from adapters.slack.typed import typed
from bot.ports import PlatformUnreachable
from bot.replies import NoticeReply, RefusalReply, Reply
from bot.words import spoken

log = structlog.get_logger()

Json = Mapping[str, Any]

# Slack names no limit for what stands beside a field; more would not be read there.
ERROR_CHARACTERS = 300


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
        community = body["team"]["id"]
        member = await self._door.people.member(community, body["user"]["id"])
        with spoken(await self._door.paperround.language_of(member)):
            view = dialog(action["value"])
        try:
            client = (await self._door.workspaces.of(community)).asking
            await client.views_open(trigger_id=body["trigger_id"], view=view)
        except (SlackApiError, aiohttp.ClientError, TimeoutError, PlatformUnreachable, WorkspaceEnded) as error:
            log.warning("a dialog did not open", action="dialog_failed", why=reason(error))

    async def submitted(self, ack: AsyncAck, body: Json, view: View) -> None:
        """Do what a dialog says; what is wrong with it is shown beside its field."""
        community, user, what = body["team"]["id"], body["user"]["id"], view["private_metadata"]
        if what in {CHANNEL, OWN}:
            await self._chosen(ack, community, user, view)
            return
        text = f"{what} {typed(view['state']['values'][FIELD][TYPED].get('value') or '')}"
        member = await self._door.people.member(community, user)
        answer = await self._door.paperround.answer(text, member, direct(community, user), f"dialog:{view.get('id')}")
        if isinstance(answer.reply, RefusalReply):
            await ack(response_action="errors", errors={FIELD: answer.reply.why[:ERROR_CHARACTERS]})
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
        with spoken(interests.language):
            view = home_view(notice, interests.reply, digest.reply, saved.reply)
        try:
            client = (await self._door.workspaces.of(community)).asking
            await client.views_publish(user_id=user, view=view)
        except (SlackApiError, aiohttp.ClientError, TimeoutError, PlatformUnreachable, WorkspaceEnded) as error:
            log.warning("the home tab was not shown", action="home_failed", community=community, why=reason(error))

    async def _chosen(self, ack: AsyncAck, community: str, user: str, view: View) -> None:
        """Take what was chosen in a dialog for a channel or for its member, as if each were typed."""
        chosen = chosen_in(view)
        place, here = direct(community, user), ""
        if view["private_metadata"] == CHANNEL:
            place = await self._door.people.channel(community, channel_in(view), "", user)
            here = "here "
        member = await self._door.people.member(community, user, manages=place)
        done = []
        for name, choice in chosen.items():
            answer = await self._door.paperround.answer(
                f"set {here}{name} {choice}", member, place, f"dialog:{view.get('id')}:{name}"
            )
            if isinstance(answer.reply, RefusalReply):
                await ack(response_action="errors", errors={name: answer.reply.why[:ERROR_CHARACTERS]})
                return
            done.append(answer.reply.text if isinstance(answer.reply, NoticeReply) else "")
        await ack()
        notice = NoticeReply(done[0], tuple(done[1:])) if done else None
        self._door.later(self.publish(community, user, notice), "home tab")
