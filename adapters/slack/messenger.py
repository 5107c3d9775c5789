"""Posting to Slack, finding what was posted, and editing it."""

import asyncio
import json
from collections.abc import Awaitable, Mapping
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.blocks import has_picture, without_pictures
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
from bot.deliveries import Layout
from bot.model import Channel, MessageId, PaperId
from bot.ports import ChannelGone, CommunityGone, HistoryUnreadable, PlatformUnreachable
from bot.replies import Reply
from bot.words import marked

log = structlog.get_logger()

EVENT_TYPE = "paperround_delivery"
# Beside what Slack is told, a payload says which way it stands.
LAYOUT = "layout"
NO_THREAD = "thread_not_found"
PAGE = 200
# A part stands under the parent of its digest, which may have been posted as long before it as a digest stays open.
PARENT_AGE = timedelta(hours=24)
# With a dead token there is nothing to try before somebody acts.
ENDED_WAIT_S = 3600.0


class SlackMessenger:
    """The port `Messenger` for Slack. A member's own digest goes to ``@`` and the member's id."""

    platform = PLATFORM

    def __init__(self, workspaces: Workspaces, *, threaded: bool = True) -> None:
        """Speak through ``workspaces``.

        Args:
            threaded: Where a channel did not choose, later parts of a digest go under its first message, else each
                stands alone.
        """
        self._workspaces = workspaces
        self._threaded = threaded
        self._direct: dict[tuple[str, str], str] = {}
        # Where a history that could not be read to its end goes on: Slack may allow one page a minute.
        self._pages_read: dict[tuple[str, str], str] = {}

    def render(self, reply: Reply, layout: Layout = Layout.USUAL) -> tuple[tuple[str, PaperId | None], ...]:
        """Return the messages; which way they stand is frozen in each, so that a changed setting moves none."""
        if layout is Layout.USUAL:
            layout = Layout.THREAD if self._threaded else Layout.APART
        return tuple(
            (json.dumps({**message, LAYOUT: layout}, ensure_ascii=False), paper) for message, paper in posted(reply)
        )

    async def post(self, channel: Channel, payload: str, marker: str, thread: MessageId | None) -> MessageId:
        try:
            return await self._posted(channel, payload, marker, thread)
        except WorkspaceEnded as ended:
            raise PlatformUnreachable(str(ended), ENDED_WAIT_S) from ended

    async def find(
        self, channel: Channel, marker: str, since: datetime, thread: MessageId | None = None
    ) -> MessageId | None:
        """Return the message with this marker; see the port.

        Args:
            thread: Is read first, and then what stands beside it: which way it was posted, its payload knows alone.
                Without it the threads of all our own messages are read that are young enough.
        """
        try:
            workspace = await self._workspaces.of(channel.community)
            place = await self._place_of(workspace, channel)
            return await self._looked_for(workspace, place, marker, since, thread)
        except WorkspaceEnded as ended:
            raise PlatformUnreachable(str(ended), ENDED_WAIT_S) from ended
        except ChannelGone as gone:
            raise HistoryUnreadable(str(gone)) from gone

    def address(self, channel: Channel, message: MessageId, first: MessageId) -> str:
        if channel.direct:
            return ""  # it is named by its member, and the conversation's own id stands in its address
        under = f"?thread_ts={first}&cid={channel.id}" if self._threaded and first != message else ""
        return f"https://slack.com/archives/{channel.id}/p{message.replace('.', '')}{under}"

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

    async def emoji_on(self, channel: Channel, message: MessageId) -> dict[str, list[str]] | None:
        """Return the names of the emoji that each person has on a message, as Slack has them now.

        None when Slack leaves people out: then nobody can tell who took an emoji away. Errors are those of `edit`.
        """
        try:
            workspace = await self._workspaces.of(channel.community)
            place = await self._place_of(workspace, channel)
            # Without `full` Slack names only some of the people.
            call = workspace.asking.reactions_get(channel=place, timestamp=message, full=True)
            said = (await self._asked(workspace, call))["message"].get("reactions", [])
        except WorkspaceEnded as ended:
            raise PlatformUnreachable(str(ended), ENDED_WAIT_S) from ended
        if any(len(each["users"]) < each["count"] for each in said):
            return None
        by_person: dict[str, list[str]] = {}
        for each in said:
            for user in each["users"]:
                by_person.setdefault(user, []).append(each["name"])
        return by_person

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
        try:
            place = await self._place_of(workspace, channel)
        except WorkspaceEnded as ended:
            raise CommunityGone(str(ended)) from ended
        said: dict[str, Any] = json.loads(payload)
        layout = said.pop(LAYOUT, Layout.THREAD)
        said["metadata"] = {"event_type": EVENT_TYPE, "event_payload": {"delivery": marker}}
        if thread is not None and layout == Layout.THREAD:
            said["thread_ts"] = thread
        return await self._sent(workspace, place, said)

    async def _sent(self, workspace: Workspace, place: str, said: dict[str, Any]) -> MessageId:
        try:
            answer = await workspace.posting.chat_postMessage(channel=place, **said)
        except SlackApiError as error:
            if error_of(error) == NO_THREAD and "thread_ts" in said:
                # Its first message was deleted. Refused for certain as well: what is left of the digest stands alone.
                alone = {key: value for key, value in said.items() if key != "thread_ts"}
                return await self._sent(workspace, place, alone)
            if error_of(error) not in OWN_FAULT or "blocks" not in said:
                meaning = await self._meaning(workspace, error)
                # This very message was refused for good; those after it are not even tried and stay planned.
                raise CommunityGone(str(meaning)) if isinstance(meaning, WorkspaceEnded) else meaning from error
            # Refused for certain, so saying it otherwise cannot be the second time.
            if has_picture(said):
                return await self._sent(workspace, place, without_pictures(said))
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
        if thread is not None and (found := await self._in_thread(workspace, place, thread, marker, oldest)):
            return found
        first = since - PARENT_AGE if thread is None else since
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
                    if thread is None and message.get("reply_count"):
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
                raise PlatformUnreachable(marked("Slack asked to wait"), retry_after_s(error)) from error
            if error_of(error) == NO_THREAD:
                return {"messages": []}
            meaning = meaning_of(error)
            if isinstance(meaning, ChannelGone):
                raise HistoryUnreadable(in_words(error)) from error
            raise meaning from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            self._pages_read[key] = cursor
            raise PlatformUnreachable(f"{marked('no answer from Slack')}: {type(error).__name__}") from error
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
