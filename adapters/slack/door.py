"""What every listener of the Slack edge is given: whom to ask, how to answer, and what must not happen twice."""

import asyncio
import json
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.webhook.async_client import AsyncWebhookClient

from adapters.slack.blocks import NAMELESS, context, has_picture, plain, without_pictures
from adapters.slack.failures import WorkspaceEnded, in_words
from adapters.slack.limits import BLOCKS_IN_A_MESSAGE, BUTTON_VALUE
from adapters.slack.messenger import SlackMessenger
from adapters.slack.mrkdwn import said
from adapters.slack.people import People, direct
from adapters.slack.ports import SeenEvents
from adapters.slack.render import Message, answered
from adapters.slack.workspaces import PLATFORM, Workspaces
from bot.answers.asked import Answer
from bot.interruptions import cause_in_words
from bot.model import Channel
from bot.paperround import Paperround
from bot.ports import ChannelGone, Clock, OutcomeUnknown, PlatformUnreachable
from bot.replies import FileReply, HelpReply, NoticeReply, PicksReply, RefusalReply, Reply, WhyReply
from bot.words import say

log = structlog.get_logger()

OK = 200

SHARE = "share"


@dataclass(slots=True)
class Door:
    """Callers: the listeners, one for each kind of thing that Slack says."""

    paperround: Paperround
    workspaces: Workspaces
    messenger: SlackMessenger
    people: People
    seen: SeenEvents
    clock: Clock
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def later(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """Go on with something after Slack has its acknowledgement; what fails there is logged."""
        task = asyncio.create_task(work, name=name)
        self.tasks.add(task)
        task.add_done_callback(self._ended)

    async def first(self, event: str) -> bool:
        """Tell whether an event comes for the first time; remembered durably before it has any effect.

        Raises:
            StorageUnavailable: Nothing was remembered, and so nothing may be done or acknowledged.
        """
        return await asyncio.to_thread(self.seen.first, PLATFORM, event, self.clock.now())

    async def say(self, channel: Channel, reply: Reply, *, thread: str | None = None) -> None:
        """Post a reply for everybody in a place: in direct conversations, where nobody else reads."""
        extra = {"unfurl_links": False, "unfurl_media": False} | ({"thread_ts": thread} if thread else {})
        for message in answered(reply):
            try:
                await self.messenger.tell(channel, {**text_and_blocks(message), **extra})
            except (ChannelGone, PlatformUnreachable, OutcomeUnknown) as error:
                log.warning("an answer was lost", action="answer_lost", community=channel.community, why=str(error))
                return
        if isinstance(reply, FileReply):
            await self.send_file(channel.community, channel.id.removeprefix("@"), reply)

    async def say_alone(self, community: str, place: Mapping[str, str], messages: Sequence[Message]) -> None:
        """Show messages to one member alone: ``place`` has ``channel``, ``user`` and perhaps ``thread_ts``."""
        try:
            client = (await self.workspaces.of(community)).asking
            for message in messages:
                try:
                    await client.api_call("chat.postEphemeral", json={**place, **text_and_blocks(message)})
                except SlackApiError:
                    if not has_picture(message):
                        raise
                    bare = without_pictures(message)
                    await client.api_call("chat.postEphemeral", json={**place, **text_and_blocks(bare)})
        except (SlackApiError, aiohttp.ClientError, TimeoutError, PlatformUnreachable, WorkspaceEnded) as error:
            log.warning("an answer was lost", action="answer_lost", community=community, why=reason(error))

    async def respond(self, url: str, messages: Sequence[Message], *, to_all: bool = False) -> None:
        """Answer through the address that came with a command or press; it is good for half an hour."""
        webhook = AsyncWebhookClient(
            url, session=self.workspaces.client().session, retry_handlers=[AsyncRateLimitErrorRetryHandler()]
        )
        for message in messages:
            how = {"response_type": "in_channel" if to_all else "ephemeral", "replace_original": False}
            try:
                answer = await webhook.send_dict(how | text_and_blocks(message))
                if answer.status_code != OK and has_picture(message):
                    answer = await webhook.send_dict(how | text_and_blocks(without_pictures(message)))
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                log.warning("an answer was lost", action="answer_lost", why=type(error).__name__)
                return
            if answer.status_code != OK:
                log.warning("an answer was lost", action="answer_lost", why=answer.body[:60])
                return

    async def send_file(self, community: str, user: str, reply: FileReply) -> None:
        """Send a member the file that was asked for, into the direct conversation."""
        try:
            client = (await self.workspaces.of(community)).asking
            opened = await client.conversations_open(users=user)
            await client.files_upload_v2(
                channel=opened["channel"]["id"], filename=reply.name, content=reply.content, title=reply.name
            )
        except SlackApiError as error:
            log.warning("a file was lost", action="file_lost", community=community, why=in_words(error))
            why = say("{name} could not be sent: {why}.", name=reply.name, why=cause_in_words(in_words(error)))
            await self.say(direct(community, user), NoticeReply(why))
        except (aiohttp.ClientError, TimeoutError, OSError, PlatformUnreachable, WorkspaceEnded) as error:
            log.warning("a file was lost", action="file_lost", community=community, why=reason(error))

    async def stop(self, patience_s: float) -> None:
        """Let what is under way finish, and end what does not."""
        if self.tasks:
            _, slow = await asyncio.wait(self.tasks, timeout=patience_s)
            for task in slow:
                task.cancel()
            await asyncio.gather(*slow, return_exceptions=True)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self.tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("work behind an answer failed", action="slack_work_failed", name=task.get_name(), exc_info=error)


def went_wrong() -> NoticeReply:
    return NoticeReply(say("Something went wrong on our side, and nothing was changed. Please try again."))


def text_and_blocks(message: Message) -> Message:
    return {"text": message["text"], "blocks": message["blocks"]}


def reason(error: Exception) -> str:
    return in_words(error) if isinstance(error, SlackApiError) else str(error) or type(error).__name__


def shown_alone(reply: Reply, asked: str) -> tuple[Message, ...]:
    """Return an answer as only its asker sees it, with a button that shows papers to the channel as well.

    Args:
        asked: What makes this answer again: ``say:`` and the typed text, ``press:`` and a token, or ``like:`` and a
            message. Empty: no button.
    """
    if isinstance(reply, HelpReply):
        return _unchanging(reply)
    messages = answered(reply)
    last = messages[-1]["blocks"]
    shareable = isinstance(reply, PicksReply | WhyReply) and 0 < len(asked) <= BUTTON_VALUE
    if shareable and len(last) < BLOCKS_IN_A_MESSAGE:
        button = {"type": "button", "text": plain(say("Post to channel")), "action_id": SHARE, "value": asked}
        last.append({"type": "actions", "elements": [button]})
    return messages


class Unchanging(Message):
    """A message that is the same for everybody, with the body that acknowledges a command with it."""

    def __init__(self, message: Message) -> None:
        super().__init__(message)
        self.body = acknowledgement(message)


@lru_cache(maxsize=64)
def _unchanging(reply: HelpReply) -> tuple[Message, ...]:
    return tuple(map(Unchanging, answered(reply)))


def acknowledgement(message: Message) -> bytes:
    """Return the body of the response that answers a command, for its asker alone."""
    if isinstance(message, Unchanging):
        return message.body
    return json.dumps({"response_type": "ephemeral", **text_and_blocks(message)}).encode()


def shown_to_all(reply: Reply, by: str) -> tuple[Message, ...]:
    """Return an answer for everybody, without what the sharing member had said of the papers."""
    if isinstance(reply, PicksReply):
        reply = replace(reply, offered=tuple(replace(each, verdict="") for each in reply.offered))
    messages = answered(reply)
    if len(messages[-1]["blocks"]) < BLOCKS_IN_A_MESSAGE:
        messages[-1]["blocks"].extend(context([say("Shared by {name}", name=said(by) or NAMELESS)]))
    return messages


def was_not_stored(answer: Answer | None, piece: str) -> bool:
    """Tell whether the store did not answer, so that the same event should come again."""
    return answer is not None and isinstance(answer.reply, RefusalReply) and answer.reply.piece == piece
