"""What is not kept: the time, platforms, and where papers appear."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Protocol

from bot.announcements import RejectedItem, SourceState
from bot.deliveries import Layout
from bot.model import (
    Channel,
    MessageId,
    Paper,
    PaperId,
)
from bot.replies import Reply


class Clock(Protocol):
    """Tells the time. Callers: the facade, once for each ask, press or round."""

    def now(self) -> datetime:
        """Return the present instant, aware."""


class Messenger(Protocol):
    """Says things on one platform.

    Callers: the digest sender, and the reading side for links into chat; slash answers go back through the platform's
    own reply.
    `post` and `find` can raise `PlatformUnreachable` (nothing was sent) and `OutcomeUnknown` (it may have been sent).
    """

    platform: str

    def render(self, reply: Reply, layout: Layout = Layout.USUAL) -> tuple[tuple[str, PaperId | None], ...]:
        """Return the messages that say ``reply`` as frozen payloads, each with the one paper that it shows, if one.

        Args:
            layout: Frozen with them, for `post` to obey; where there is but one way to stand, it says nothing.
        """

    async def post(self, channel: Channel, payload: str, marker: str, thread: MessageId | None) -> MessageId:
        """Post a planned message. ``marker`` is carried in it, so that `find` can see it later.

        Raises:
            ChannelGone: The channel was deleted or the bot removed; trying again is useless.
        """

    async def find(
        self, channel: Channel, marker: str, since: datetime, thread: MessageId | None = None
    ) -> MessageId | None:
        """Return the message with this marker posted at ``since`` or later; None only when the whole window was read.

        Args:
            thread: What was given to `post` for it: the first message of its digest, under which it may stand.

        Raises:
            HistoryUnreadable: The history may not be read here.
        """

    def address(self, channel: Channel, message: MessageId, first: MessageId) -> str:
        """Return where a posted message is seen by who may read the channel; "" where nothing leads there.

        Args:
            first: The first message of its digest, under which it may stand.
        """


class Source(Protocol):
    """Where papers are announced. Callers: the facade's ingest."""

    name: str

    def papers(self, now: datetime) -> AsyncIterator[Paper | RejectedItem]:
        """Yield what the source has announced up to ``now``; a bad item is a value, not the end."""


class Lookup(Protocol):
    """Knows single papers by their identifier. Callers: the facade, for links that members bring."""

    async def paper(self, paper: PaperId, now: datetime) -> Paper | None:
        """Return a paper as its own service tells it; None when no service knows it.

        Raises:
            SourceFailed: The service gave no good answer.
        """


class SourceWords(Protocol):
    """Knows what members may name as a source. Callers: the facade."""

    def names(self, text: str) -> list[str]:
        """Return the words of each source that the text names, in their one form.

        Raises:
            SourceRefused: The text names no source, or one that only the host may set.
        """

    def next_poll(self, source: str, state: SourceState, now: datetime) -> datetime:
        """Return when a source that `names` gave is asked next; the past and ``now`` mean at once."""
