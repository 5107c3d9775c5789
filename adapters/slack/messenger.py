"""Posting to Slack, finding what was posted, and editing it."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.failures import (
    OWN_FAULT,
    WorkspaceEnded,
    error_of,
    in_words,
    is_rate_limit,
    meaning_of,
    retry_after_s,
)
from adapters.slack.render import posted
from adapters.slack.workspaces import PLATFORM, Workspace, Workspaces
from bot.model import Channel, MessageId, PaperId
from bot.ports import ChannelGone, HistoryUnreadable, PlatformUnreachable
from bot.replies import Reply

log = structlog.get_logger()

EVENT_TYPE = "paperround_delivery"
PAGE = 200
# A part stands under the parent of its digest, which may have been posted as long before it as a digest stays open.
PARENT_AGE = timedelta(hours=24)
# With a dead token there is nothing to try before somebody acts.
ENDED_WAIT_S = 3600.0

Told = Callable[[Channel, str], Awaitable[None]]


async def nobody(_: Channel, __: str) -> None:
    """Tell nobody."""


class SlackMessenger:
    """The port `Messenger` for Slack. A member's own digest goes to ``@`` and the member's id."""

    platform = PLATFORM

    def __init__(self, workspaces: Workspaces, *, threaded: bool = True) -> None:
        """Speak through ``workspaces``.

        Args:
            threaded: Later parts of a digest go under its first message, else each stands alone.
        """
        # Whoever listens is told why a channel takes no more, and why nobody can tell whether a post arrived.
        self.on_gone: Told = nobody
        self.on_doubt: Told = nobody
        self._workspaces = workspaces
        self._threaded = threaded
        self._direct: dict[tuple[str, str], str] = {}
        # Where a history that could not be read to its end goes on: Slack may allow one page a minute.
        self._pages_read: dict[tuple[str, str], str] = {}

    def render(self, reply: Reply) -> tuple[tuple[str, PaperId | None], ...]:
        return tuple((json.dumps(message, ensure_ascii=False), paper) for message, paper in posted(reply))

    async def post(self, channel: Channel, payload: str, marker: str, thread: MessageId | None) -> MessageId:
        try:
            return await self._posted(channel, payload, marker, thread if self._threaded else None)
        except WorkspaceEnded as ended:
            raise PlatformUnreachable(str(ended), ENDED_WAIT_S) from ended
        except ChannelGone as gone:
            if channel.community not in self._workspaces.ended:
                await self.on_gone(channel, str(gone))
            raise

    async def find(
        self, channel: Channel, marker: str, since: datetime, thread: MessageId | None = None
    ) -> MessageId | None:
        """Return the message with this marker; see the port.

        Args:
            thread: Where a part of a digest was posted to, if the caller knows. Else the threads of all our own
                messages are read that are young enough.
        """
        try:
            workspace = await self._workspaces.of(channel.community)
            place = await self._place_of(workspace, channel)
            return await self._looked_for(workspace, place, marker, since, thread)
        except WorkspaceEnded as ended:
            raise PlatformUnreachable(str(ended), ENDED_WAIT_S) from ended
        except (ChannelGone, HistoryUnreadable) as unreadable:
            await self.on_doubt(channel, str(unreadable))
            raise HistoryUnreadable(str(unreadable)) from unreadable

    async def edit(self, channel: Channel, message: MessageId, content: Mapping[str, Any]) -> None:
        """Make a posted message say something else; it never makes a new one.

        Raises:
            ChannelGone: The message or its channel is gone.
            PlatformUnreachable: Slack could not be reached; the same edit may be tried again.
        """
        try:
            workspace = await self._workspaces.of(channel.community)
            place = await self._place_of(workspace, channel)
            said = {"text": content["text"], "blocks": content["blocks"]}
            await self._asked(workspace, workspace.asking.chat_update(channel=place, ts=message, **said))
        except WorkspaceEnded as ended:
            raise PlatformUnreachable(str(ended), ENDED_WAIT_S) from ended

    async def tell(self, channel: Channel, content: Mapping[str, Any]) -> MessageId:
        """Post something that no ledger keeps: the answer to a mention, a notice. Errors are those of `post`."""
        try:
            workspace = await self._workspaces.of(channel.community)
            place = await self._place_of(workspace, channel)
            return await self._sent(workspace, place, dict(content))
        except WorkspaceEnded as ended:
            raise PlatformUnreachable(str(ended), ENDED_WAIT_S) from ended

    async def _posted(self, channel: Channel, payload: str, marker: str, thread: MessageId | None) -> MessageId:
        workspace = await self._workspaces.of(channel.community)
        place = await self._place_of(workspace, channel)
        said: dict[str, Any] = json.loads(payload)
        said["metadata"] = {"event_type": EVENT_TYPE, "event_payload": {"delivery": marker}}
        if thread is not None:
            said["thread_ts"] = thread
        return await self._sent(workspace, place, said)

    async def _sent(self, workspace: Workspace, place: str, said: dict[str, Any]) -> MessageId:
        try:
            answer = await workspace.posting.chat_postMessage(channel=place, **said)
        except SlackApiError as error:
            if error_of(error) not in OWN_FAULT or "blocks" not in said:
                meaning = await self._meaning(workspace, error)
                # This very message was refused for good; those after it are not even tried and stay planned.
                raise ChannelGone(str(meaning)) if isinstance(meaning, WorkspaceEnded) else meaning from error
            # Refused for certain, so saying it in plain text cannot be the second time.
            log.error("Slack refused our blocks", action="blocks_refused", error=error_of(error), told=_told(error))  # noqa: TRY400 - the trace says less than what Slack told
            bare = {key: value for key, value in said.items() if key != "blocks"}
            return await self._sent(workspace, place, bare)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise meaning_of(error) from error
        return MessageId(answer["ts"])

    async def _place_of(self, workspace: Workspace, channel: Channel) -> str:
        """Return Slack's id of a channel, or of the direct conversation with a member; nothing is posted by it."""
        member = channel.id.removeprefix("@")
        if member == channel.id:
            return channel.id
        key = (channel.community, member)
        if key not in self._direct:
            answer = await self._asked(workspace, workspace.asking.conversations_open(users=member))
            self._direct[key] = answer["channel"]["id"]
        return self._direct[key]

    async def _asked(self, workspace: Workspace, call: Awaitable[Any]) -> Any:  # noqa: ANN401 - what Slack answers has no type
        """Await a call that may be repeated: without an answer it counts as not made."""
        try:
            return await call
        except SlackApiError as error:
            meaning = await self._meaning(workspace, error)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            meaning = meaning_of(error)
        if isinstance(meaning, ChannelGone | WorkspaceEnded | PlatformUnreachable):
            raise meaning
        raise PlatformUnreachable(str(meaning))

    async def _meaning(self, workspace: Workspace, error: SlackApiError) -> Exception:
        meaning = meaning_of(error)
        if isinstance(meaning, WorkspaceEnded):
            await self._workspaces.end(workspace.community, str(meaning))
        return meaning

    async def _looked_for(
        self, workspace: Workspace, place: str, marker: str, since: datetime, thread: MessageId | None
    ) -> MessageId | None:
        oldest = f"{since.timestamp():.6f}"
        if thread is not None and self._threaded:
            return await self._in_thread(workspace, place, thread, marker, oldest)
        first = since - PARENT_AGE if self._threaded else since
        parents: list[str] = []
        key = (place, marker)
        cursor = self._pages_read.get(key, "")
        while True:
            page = await self._page(
                workspace.posting,
                "conversations.history",
                key,
                cursor,
                channel=place,
                oldest=f"{first.timestamp():.6f}",
            )
            for message in page["messages"]:
                if _is_ours(message, workspace):
                    if _marker_of(message) == marker:
                        self._pages_read.pop(key, None)
                        return MessageId(message["ts"])
                    if message.get("reply_count"):
                        parents.append(message["ts"])
            for parent in parents:
                if found := await self._in_thread(workspace, place, MessageId(parent), marker, oldest):
                    return found
            parents.clear()
            cursor = _next_cursor(page)
            if not cursor:
                self._pages_read.pop(key, None)
                return None

    async def _in_thread(
        self, workspace: Workspace, place: str, thread: MessageId, marker: str, oldest: str
    ) -> MessageId | None:
        key = (f"{place}/{thread}", marker)
        cursor = self._pages_read.get(key, "")
        while True:
            page = await self._page(
                workspace.posting, "conversations.replies", key, cursor, channel=place, ts=thread, oldest=oldest
            )
            for message in page["messages"]:
                if _is_ours(message, workspace) and _marker_of(message) == marker:
                    return MessageId(message["ts"])
            cursor = _next_cursor(page)
            if not cursor:
                self._pages_read.pop(key, None)
                return None

    async def _page(
        self, client: AsyncWebClient, method: str, key: tuple[str, str], cursor: str, **where: str
    ) -> dict[str, Any]:
        # Without include_all_metadata Slack leaves the marker out.
        asked: dict[str, Any] = {**where, "include_all_metadata": True, "limit": PAGE, "cursor": cursor}
        try:
            answer = await client.api_call(method, params={name: value for name, value in asked.items() if value})
        except SlackApiError as error:
            self._pages_read[key] = cursor
            if is_rate_limit(error):
                raise PlatformUnreachable("Slack asked to wait", retry_after_s(error)) from error
            meaning = meaning_of(error)
            if isinstance(meaning, ChannelGone):
                raise HistoryUnreadable(in_words(error)) from error
            raise meaning from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            self._pages_read[key] = cursor
            raise PlatformUnreachable(f"history: {type(error).__name__}") from error
        except asyncio.CancelledError:
            self._pages_read[key] = cursor
            raise
        return dict(answer.data) if isinstance(answer.data, dict) else {"messages": []}


def _is_ours(message: Mapping[str, Any], workspace: Workspace) -> bool:
    return message.get("user") == workspace.bot_user or bool(message.get("bot_id") == workspace.bot_id != "")


def _told(error: SlackApiError) -> str:
    """Return what Slack says is wrong with a message: places in it, never its text."""
    body = error.response.data if isinstance(getattr(error.response, "data", None), dict) else {}
    return str(body.get("errors") or (body.get("response_metadata") or {}).get("messages") or "")[:300]


def _marker_of(message: Mapping[str, Any]) -> str | None:
    metadata = message.get("metadata") or {}
    if metadata.get("event_type") != EVENT_TYPE:
        return None
    return str((metadata.get("event_payload") or {}).get("delivery"))


def _next_cursor(page: Mapping[str, Any]) -> str:
    return str((page.get("response_metadata") or {}).get("next_cursor") or "")
