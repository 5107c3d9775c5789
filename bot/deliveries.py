"""What the ledger holds: planned parts, the right to send one, and what became of it."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.model import Channel, DeliveryKey, DeliveryState, MessageId, Paper, PaperId, ProfileId


class Layout(StrEnum):
    """Where the later parts of a digest stand: under its first one, or each by itself."""

    USUAL = "usual"
    """As the one who runs this installation set it for the platform."""
    THREAD = "thread"
    APART = "apart"


@dataclass(frozen=True, slots=True)
class PlannedPart:
    """One message of a digest, frozen when planned.

    Attributes:
        part: 0, 1, … in the order of posting.
        payload: What to send, rendered for the platform: the very bytes of every attempt.
        marker: Opaque text carried in the message, by which history finds it.
        paper: The paper when the message shows exactly one, so that reactions on it mean that paper.
    """

    part: int
    payload: str
    marker: str
    paper: PaperId | None


@dataclass(frozen=True, slots=True)
class Note:
    """A message beside the digests, frozen when planned; a destination gets one about the same thing, ever.

    Attributes:
        about: Names what it tells: ``paused …``, ``club 2026-03-13``.
        day: The local date that it belongs to.
        parts: Its messages; none when there is nothing to say, and ``why`` tells the reason.
        under: The message that it answers, None when it stands alone.
    """

    profile: ProfileId
    channel: Channel
    about: str
    day: date
    parts: tuple[PlannedPart, ...]
    under: MessageId | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What a pick's readers know of its paper: as it was picked, and what was told since."""

    version: int
    withdrawn: bool
    code: bool
    upvotes: int


@dataclass(frozen=True, slots=True)
class ChangedPick:
    """A posted pick whose paper is not any more what its readers know.

    Attributes:
        paper: As it is now.
        day: Local date of the digest; with ``edition`` and ``profile`` it names it.
        message: The message that shows it.
        first: The first message of its digest.
    """

    paper: Paper
    known: Known
    profile: ProfileId
    channel: Channel
    day: date
    edition: int
    message: MessageId
    first: MessageId | None


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to send one part of one digest until the lease runs out.

    Attributes:
        attempt: 1 for the first claim of this part, then one more each time.
        doubtful: An earlier attempt may have posted it. Look for its marker in the channel before sending.
        planned_at: When its digest or note was written down.
        doubtful_since: When the first doubtful attempt began; None when not doubtful.
        thread: MessageId of part 0 once that is sent, so that later parts can go under it; before that, the message
            that a note answers.
        about: What a note tells; None for a digest.
    """

    key: DeliveryKey
    part: int
    channel: Channel
    attempt: int
    payload: str
    marker: str
    paper: PaperId | None
    doubtful: bool
    planned_at: datetime
    doubtful_since: datetime | None = None
    thread: MessageId | None = None
    about: str | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """It stands there.

    Attributes:
        rest_until: Before it the next part may not be claimed; None when the place takes messages as fast as they come.
    """

    message: MessageId
    rest_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Rejected:
    """The platform said no, and would say no again: the channel is gone, the bot was removed."""

    why: str


@dataclass(frozen=True, slots=True)
class Deferred:
    """Proven not sent (rate limit, no connection); it may be tried again from ``until`` on.

    A doubt that an earlier attempt left behind stays: looking once more costs little, a second post costs trust.
    """

    why: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Unknown:
    """No answer came back: it may have been posted. It comes back, doubtful, once ``until`` is reached."""

    why: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Held:
    """Nobody can tell whether it was posted, and it is not tried again unless the host asks."""

    why: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """Proven not sent, and too old by now to be sent."""

    why: str


Outcome = Sent | Rejected | Deferred | Unknown | Held | Skipped


@dataclass(frozen=True, slots=True)
class DeliveryRecord:
    """One part as the ledger knows it: for reports and for reactions on posted messages."""

    key: DeliveryKey
    part: int
    profile: ProfileId
    channel: Channel
    state: DeliveryState
    late: bool
    attempt: int
    paper: PaperId | None
    message: MessageId | None
    why: str | None
    planned_at: datetime
    payload: str
    about: str | None = None
