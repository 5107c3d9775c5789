"""Posting in the playground, and finding what was posted."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from adapters.web.faults import Fault, Faults, raised
from adapters.web.frozen import frozen
from adapters.web.history import Author, History, Message
from adapters.web.places import BY_CHANNEL, PLATFORM
from bot.deliveries import Layout
from bot.model import Channel, MessageId, PaperId
from bot.ports import ChannelGone, Clock, PlatformUnreachable
from bot.replies import PicksReply, Reply
from bot.words import language_spoken, marked

Native = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class PlatformForm:
    """How one chat platform would be told a reply, so that the page can show the very payload.

    Attributes:
        name: As people write it.
        answered: The messages of an answer.
        posted: The messages of a digest: the first is the heading, then one for each pick.
    """

    name: str
    answered: Callable[[Reply], Sequence[Native]]
    posted: Callable[[Reply], Sequence[tuple[Native, PaperId | None]]]


class PlaygroundMessenger:
    """The playground as a platform: the page is its client, ``history`` what it keeps."""

    platform = PLATFORM

    def __init__(self, clock: Clock, history: History, forms: Sequence[PlatformForm] = ()) -> None:
        self.history = history
        self.faults = Faults(clock, history)
        self._clock = clock
        self._forms = tuple(forms)

    def render(self, reply: Reply, layout: Layout = Layout.USUAL) -> tuple[tuple[str, PaperId | None], ...]:  # noqa: ARG002 - see `post`
        """Return the heading and one message for each pick; any other reply is one message."""
        parts = _parts(reply)
        natives = {form.name: [native for native, _ in form.posted(reply)] for form in self._forms}
        return tuple(
            (_payload(part, {name: messages[number : number + 1] for name, messages in natives.items()}), paper)
            for number, (part, paper) in enumerate(parts)
        )

    def answered(self, reply: Reply) -> str:
        """Return the payload of an answer that only its asker sees: one message that holds everything."""
        return _payload(reply, {form.name: list(form.answered(reply)) for form in self._forms})

    async def post(self, channel: Channel, payload: str, marker: str, thread: MessageId | None) -> MessageId:  # noqa: ARG002 - a page has room to show every message where it came
        if channel.id not in BY_CHANNEL:
            raise ChannelGone(f"the playground has no place {channel.id}")
        fault = await self.faults.met_by(channel, payload, marker)
        if fault not in {Fault.NONE, Fault.LOST_AFTER}:
            raise raised(fault)
        told = json.loads(payload)
        message = Message(
            id=MessageId(""),
            channel=channel.id,
            at=self._clock.now(),
            author=Author.PAPERROUND,
            payload=payload,
            marker=marker,
            paper=told.get("paper"),
        )
        try:
            posted = (await self.history.add(message)).id
        except OSError as error:
            raise PlatformUnreachable(
                f"{marked('the playground cannot keep the message')}: {error.strerror}"
            ) from error
        if fault is Fault.LOST_AFTER:
            raise raised(fault)
        return posted

    async def find(
        self,
        channel: Channel,
        marker: str,
        since: datetime,
        thread: MessageId | None = None,  # noqa: ARG002 - see `post`
    ) -> MessageId | None:
        # The sender's clock and this one are the same; a second's grace costs nothing and forgives rounding.
        window = since - timedelta(seconds=1)
        there = self.history.in_channel(channel.id)
        found = next((each.id for each in there if each.marker == marker and each.at >= window), None)
        await self.faults.looked_up(marker, found)
        return found

    def address(self, channel: Channel, message: MessageId, first: MessageId) -> str:  # noqa: ARG002 - as the port has it
        place = BY_CHANNEL.get(channel.id)
        return f"/in/{place.slug}#{message}" if place else ""


def _parts(reply: Reply) -> list[tuple[Reply, PaperId | None]]:
    if not isinstance(reply, PicksReply):
        return [(reply, None)]
    head = replace(reply, offered=(), more=None)
    alone = [PicksReply("", (offered,)) for offered in reply.offered]
    return [(head, None), *((pick, pick.offered[0].pick.paper.id) for pick in alone)]


def _payload(reply: Reply, natives: Mapping[str, Sequence[Native]]) -> str:
    papers = [offered.pick.paper.id for offered in reply.offered] if isinstance(reply, PicksReply) else []
    paper = papers[0] if len(papers) == 1 else None
    told = {**frozen(reply), "paper": paper, "natives": natives, "language": language_spoken()}
    return json.dumps(told, ensure_ascii=True, separators=(",", ":"))
