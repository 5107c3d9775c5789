"""The nouns of Paperround. Frozen: a change is a new value, so nothing changes behind a caller's back."""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from typing import NewType
from zoneinfo import ZoneInfo

PaperId = NewType("PaperId", str)
ProfileId = NewType("ProfileId", str)
MessageId = NewType("MessageId", str)


@dataclass(frozen=True, slots=True)
class Paper:
    """A work with what identifies it and its abstract.

    Attributes:
        id: ``arxiv:2301.00001`` (never with a version), ``doi:10.1000/x`` (lower case), or ``title:`` and a hash of the
            normalised title where a source tells no identifier. At most 72 characters (a button's token must hold it).
        abstract: Readable text (see ``bot/plain.py``); may be empty.
        published: Day of the first version, None when unknown.
        announced: When a source put it before readers (arXiv's announcement, the day of a list), aware.
        first_seen: When this installation first stored it, aware.
        source: Name of the source that brought it first: ``arxiv``, ``huggingface``, ``file``, ``sample`` …
        upvotes: Votes at the source, None where it has none; likewise ``comments``.
        keywords: Words that a source's machine found; hints, never the authors' own.
        original: The abstract as the source wrote it, only on its way into a store; empty when it is the same.
    """

    id: PaperId
    title: str
    abstract: str
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    published: date | None = None
    announced: datetime | None = None
    first_seen: datetime | None = None
    url: str = ""
    source: str = "file"
    doi: str | None = None
    version: int = 1
    upvotes: int | None = None
    code_url: str | None = None
    withdrawn: bool = False
    comments: int | None = None
    keywords: tuple[str, ...] = ()
    original: str = field(default="", compare=False, repr=False)


class Occur(StrEnum):
    """What a clause of an interest asks for: more of it is better, it must be there, it must not."""

    SHOULD = ""
    MUST = "+"
    NEVER = "-"


@dataclass(frozen=True, slots=True)
class Word:
    """One word, as typed and without operators; matched by its stem, whatever its case and accents."""

    text: str


@dataclass(frozen=True, slots=True)
class Prefix:
    """``diffus*``: every word that begins so."""

    text: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that must stand next to each other, in this order."""

    text: str


@dataclass(frozen=True, slots=True)
class FieldTest:
    """``author:"Y. Bengio"``, ``cat:cs.LG``, ``title:entropy``, ``source:arxiv``.

    Attributes:
        field: One of ``author``, ``cat``, ``title``, ``source``.
    """

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Example:
    """``like:2301.00001``: a paper as an example of what is wanted."""

    paper: PaperId


@dataclass(frozen=True, slots=True)
class Group:
    """Alternatives in brackets, each a row of clauses: ``(rl OR "reinforcement learning")``."""

    alternatives: tuple[tuple["Clause", ...], ...]


Node = Word | Prefix | Phrase | FieldTest | Example | Group


@dataclass(frozen=True, slots=True)
class Clause:
    occur: Occur
    node: Node


@dataclass(frozen=True, slots=True)
class Interest:
    """One expression in the interest language.

    Equality is that of the meaning: two texts that parse to the same clauses are the same interest.
    """

    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Community:
    """A group of people on one platform; the border that no data crosses.

    Attributes:
        platform: The adapter's name for itself; nothing in the core depends on which it is.
    """

    platform: str
    id: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """A person in a community.

    Attributes:
        manager: May change what concerns a whole channel; asked of the platform at use, never stored.
        zone: The member's own time zone where the platform tells it.
        likely_zones: Where the platform tells none, those that fit what it tells, the likeliest first.
        language: The member's own locale where the platform tells it, as it writes it: ``de-DE``.
    """

    platform: str
    community: str
    id: str
    name: str = field(default="", compare=False)
    manager: bool = field(default=True, compare=False)
    zone: str | None = field(default=None, compare=False)
    likely_zones: tuple[str, ...] = field(default=(), compare=False)
    language: str | None = field(default=None, compare=False)

    @property
    def profile(self) -> ProfileId:
        return ProfileId(f"member:{self.platform}:{self.community}:{self.id}")


@dataclass(frozen=True, slots=True)
class Channel:
    """A place to post.

    Attributes:
        direct: A conversation with one member alone: its profile is the member's.
    """

    platform: str
    community: str
    id: str
    name: str = field(default="", compare=False)
    direct: bool = field(default=False, compare=False)

    @property
    def profile(self) -> ProfileId:
        return ProfileId(f"channel:{self.platform}:{self.community}:{self.id}")


@dataclass(frozen=True, slots=True)
class FollowedInterest:
    """An interest as a profile keeps it. ``number`` is what members type to remove it; it is never given twice."""

    number: int
    text: str
    interest: Interest
    muted: bool
    since: datetime


@dataclass(frozen=True, slots=True)
class Profile:
    """What a member or a channel is interested in.

    Attributes:
        revision: Grows with each change of the interests; a digest made for an older one is stale.
    """

    id: ProfileId
    interests: tuple[FollowedInterest, ...] = ()
    revision: int = 0


class Verdict(StrEnum):
    LIKE = "like"
    DISLIKE = "dislike"
    NOT_FOR_ME = "not-for-me"
    SAVE = "save"
    CLICK = "click"
    """Opened through a counted link, by somebody who chose to have theirs counted."""
    UNDO = "undo"


class Because(StrEnum):
    """Why a pick was not for somebody."""

    TOPIC = "topic"
    METHOD = "method"
    READ = "read"
    """Known already: nothing speaks against others like it."""


@dataclass(frozen=True, slots=True)
class Feedback:
    """One act of a member; append-only.

    Attributes:
        event: The platform's own id of the event, or a fresh one: the same event counts once.
        channel: Where it happened; None in a direct conversation. Such an act teaches the member's profile only.
        paper: None only for an undo.
        undoes: For an undo, the event that it takes back.
        because: Why it was not for the member, where they told.
    """

    event: str
    member: Member
    channel: Channel | None
    paper: PaperId | None
    verdict: Verdict
    at: datetime
    undoes: str | None = None
    because: Because | None = None


class ReasonKind(StrEnum):
    WORDS = "words"
    LIKED = "liked"
    AUTHOR = "author"
    TRENDING = "trending"
    STRETCH = "stretch"
    RECENT = "recent"
    EXAMPLE = "example"


@dataclass(frozen=True, slots=True, order=True)
class Saying:
    """What a reason says, in no language yet; `bot.reasons` says it.

    Attributes:
        key: A `bot.reasons.Says`.
        values: What stands in it: words, a name, a title; or counts.
    """

    key: str
    values: tuple[str | int, ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """One computed cause for a pick, as a phrase for people: ``"matches sparse retrieval"``.

    Attributes:
        share: The part of the pick's score that this cause gave; the shares of a pick sum to its score.
        saying: What ``words`` say, to be said anew in another language; None when there are only the words.
    """

    kind: ReasonKind
    words: str
    share: float = 0.0
    saying: Saying | None = None


@dataclass(frozen=True, slots=True)
class Pick:
    """A paper chosen out of a ranking for a profile.

    Attributes:
        score: The ranking's score, comparable within one ranking only.
        probability: Calibrated chance, 0..1, that the member presses *like*; None while there is too little to
            calibrate on (then ``strength`` says it in a word).
        strength: ``strong match``, ``good match`` or ``loose match``.
        key_sentence: A sentence of the abstract, untouched, chosen for the profile; empty when there is no abstract.
        stretch: Chosen for exploration, from the edge of the profile.
    """

    paper: Paper
    score: float
    reasons: tuple[Reason, ...]
    strength: str
    probability: float | None = None
    key_sentence: str = ""
    stretch: bool = False


class Cadence(StrEnum):
    DAILY = "daily"
    WEEKDAYS = "weekdays"
    WEEKLY = "weekly"


@dataclass(frozen=True, slots=True)
class Subscription:
    """A digest that somebody asked for: a profile, a destination, a schedule.

    Attributes:
        channel: The destination. For a member's own digest it is the direct conversation with that member.
        at: Time on the clock of the wall in ``zone``; whole minutes.
        weekdays: ISO weekdays, 1 = Monday; at least one.
        since: When this schedule was set. What fell due before is not owed.
        count: How many picks at most, 1..20.
        quiet: Say nothing at all on a day without picks, instead of one line.
        set_by: Who set it last, to be told when it stops; None when nobody is known any more.
    """

    profile: ProfileId
    channel: Channel
    cadence: Cadence
    at: time
    zone: ZoneInfo
    weekdays: frozenset[int]
    since: datetime
    count: int = 5
    quiet: bool = False
    paused: str | None = None
    set_by: Member | None = None


# No day has so many digests.
FIRST_NOTE = 1000


@dataclass(frozen=True, slots=True, order=True)
class DeliveryKey:
    """Names one digest. The local date, not the instant: the subscriber's day has one digest, whatever clocks do.

    Attributes:
        destination: ``platform:community:channel`` of the channel that it goes to.
        edition: 0 for the scheduled digest; 1, 2, … for the extra ones that somebody asked for that day; from
            ``FIRST_NOTE`` on for messages beside the digests.
    """

    destination: str
    local_date: date
    edition: int = 0

    @property
    def is_note(self) -> bool:
        return self.edition >= FIRST_NOTE


class DeliveryState(StrEnum):
    PLANNED = "planned"
    SENDING = "sending"
    AMBIGUOUS = "ambiguous"
    SENT = "sent"
    REJECTED = "rejected"
    HELD = "held"
    SKIPPED = "skipped"


class Team(StrEnum):
    """Whose a pick is where two rankers share a digest: of the weights that serve, or of their rival."""

    SERVED = "served"
    RIVAL = "rival"


@dataclass(frozen=True, slots=True)
class Draft:
    """Who gave which pick of a digest; a pick that nobody drafted, as the stretch, is not in it.

    Attributes:
        rival: The name of the weights that the served ones are held against.
    """

    rival: str
    gave: tuple[tuple[PaperId, Team], ...]


@dataclass(frozen=True, slots=True)
class Digest:
    """The picks of one profile for one local date, kept so that asking again shows the same ones.

    Attributes:
        draft: Whose each pick is where two rankers share the digest; never shown.
    """

    profile: ProfileId
    local_date: date
    edition: int
    revision: int
    picks: tuple[Pick, ...]
    made_at: datetime
    draft: Draft | None = None


def destination_of(channel: Channel) -> str:
    return f"{channel.platform}:{channel.community}:{channel.id}"
