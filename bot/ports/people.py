"""Stores of what members and channels are to the bot: interests, choices, verdicts, lists, links, and leaving."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.model import (
    Channel,
    Feedback,
    FollowedInterest,
    Member,
    PaperId,
    Profile,
    ProfileId,
)


class Profiles(Protocol):
    """Interests of members and channels. Callers: the facade. Can raise `StorageUnavailable`."""

    def get(self, profile: ProfileId) -> Profile: ...

    def follow(self, profile: ProfileId, text: str, *, muted: bool, now: datetime) -> FollowedInterest | None:
        """Add an interest (already parsed and printed back); None when the profile has exactly this one already."""

    def unfollow(self, profile: ProfileId, number: int) -> FollowedInterest | None:
        """Remove and return it; None when there is none with that number."""


class Preferences(Protocol):
    """What members and channels chose out of `bot.preferences`. Callers: the facade, and adapters that post."""

    def of(self, profile: ProfileId) -> dict[str, str]:
        """Return the choices that differ from what is usual, by name."""

    def set(self, profile: ProfileId, name: str, choice: str | None) -> None:
        """Keep a choice in place of the one before; None takes it back to what is usual."""

    def profiles_with(self, name: str, choice: str) -> list[ProfileId]:
        """Return who chose this, in order of their ids."""


class FeedbackLog(Protocol):
    """Acts of members, append-only. Callers: the facade."""

    def record(self, feedback: Feedback) -> bool:
        """Keep one act, durably when it returns; False when the same event was recorded before."""

    def record_all(self, acts: Sequence[Feedback]) -> int:
        """Keep many acts, all or none, durably when it returns; return how many were not recorded before."""

    def of_member(self, member: Member) -> list[Feedback]:
        """Return all acts of a member, oldest first, undos included."""

    def in_channel(self, channel: Channel) -> list[Feedback]:
        """Return all acts in a channel, oldest first, undos included."""

    def of_paper(self, paper: PaperId, community: str, platform: str) -> list[Feedback]:
        """Return the acts on one paper within a community, and the undos of those, oldest first."""

    def since(self, instant: datetime) -> list[Feedback]:
        """Return all acts from an instant on, oldest first: for what is trending and for quality figures."""


class Saves(Protocol):
    """Reading lists. Callers: the facade."""

    def add(self, member: Member, paper: PaperId, now: datetime) -> bool: ...

    def remove(self, member: Member, paper: PaperId) -> bool: ...

    def of(self, member: Member) -> list[PaperId]:
        """Return the member's saved papers, newest first."""


class Communities(Protocol):
    """Communities, what members were shown last, and erasure. Callers: the facade."""

    def shown(self, member: Member | None, channel: Channel, papers: Sequence[PaperId], now: datetime) -> None:
        """Remember the newest list shown in a place: ``like 2`` means its second.

        To one member, or, with None, to everybody there, as a digest is.
        """

    def last_shown(self, member: Member, channel: Channel) -> list[PaperId]:
        """Return the newest list that the member saw there: their own, or everybody's if that came later."""

    def data_of(self, member: Member) -> dict[str, object]:
        """Return everything stored about a member, ready for JSON, a key for each kind of record."""

    def forget(self, member: Member) -> int:
        """Erase everything stored about a member in one transaction; return the number of rows."""


@dataclass(frozen=True, slots=True)
class ManagerAct:
    """One thing that a manager changed for everybody.

    Attributes:
        member: Their id, and ``name``; both empty once they had themselves forgotten.
        place: The channel's id; ``said`` is the command in words.
    """

    member: str
    name: str
    place: str
    said: str
    at: datetime


class ManagerActs(Protocol):
    """What managers changed: added to, never changed. Callers: the answers, ``status``, the host's ``audit``.

    Every method can raise `StorageUnavailable`.
    """

    def record(self, act: ManagerAct, platform: str, community: str, event: str) -> bool:
        """Keep an act; False when the platform's event was kept before."""

    def newest(self, platform: str, community: str, limit: int) -> list[ManagerAct]:
        """Return the acts in a community, the newest first."""


@dataclass(frozen=True, slots=True)
class Erased:
    """A community of which nothing is kept any more, and how many rows that were."""

    platform: str
    community: str
    rows: int


class Departures(Protocol):
    """Communities that the bot was removed from. Callers: the facade, and the daily work.

    Every method can raise `StorageUnavailable`.
    """

    def left(self, platform: str, community: str, now: datetime) -> None:
        """Note that the bot was removed; the first instant counts."""

    def back(self, platform: str, community: str) -> bool:
        """Note that it is there again; True when it had been removed."""

    def erase_gone(self, now: datetime) -> list[Erased]:
        """Erase everything of those that left 30 days ago and did not use the bot since."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What opens something of a profile to whoever holds it.

    Attributes:
        kind: ``archive``, ``feed`` or ``token``; a profile has at most one of each.
        nonce: What the holder's secret is made from, together with the signing key; empty when it was drawn by lot.
        digest: SHA-256 of the secret, by which it is found again; empty where a signature is checked instead.
    """

    profile: ProfileId
    kind: str
    nonce: str
    digest: str
    granted_at: datetime


class Access(Protocol):
    """Who was given what. Callers: `bot.addresses`. Every method can raise `StorageUnavailable`."""

    def signing_key(self) -> bytes:
        """Return the key of this installation; it is drawn once and kept."""

    def keep(self, grant: Grant) -> None:
        """Keep a grant in place of the one of the same profile and kind, which opens nothing any more."""

    def of(self, profile: ProfileId, kind: str) -> Grant | None: ...

    def by_digest(self, kind: str, digest: str) -> Grant | None: ...

    def remove(self, profile: ProfileId, kind: str) -> bool:
        """Take a grant back; False when there is none."""


@dataclass(frozen=True, slots=True)
class MailAddress:
    """An address that a member gave, for their own picks or for those of a channel.

    Attributes:
        id: Its opaque name (see `bot.mail`).
        name: Of the channel whose picks it gets; empty for the member's own.
        schedule: When mails come, as it is typed; until ``confirmed`` nobody gets any but the one that asks.
    """

    id: str
    member: Member
    profile: ProfileId
    name: str
    address: str
    schedule: str
    asked_at: datetime
    confirmed: bool = False


class MailAddresses(Protocol):
    """Where members want mails. Callers: the facade, and the messenger that sends them.

    Every method can raise `StorageUnavailable`.
    """

    def keep(self, row: MailAddress, destination: str) -> None:
        """Keep an address in place of the one with its name; ``destination`` is what the ledger calls it."""

    def get(self, name: str) -> MailAddress | None: ...

    def of(self, member: Member, profile: ProfileId) -> list[MailAddress]:
        """Return the addresses that a member gave for a profile's picks, the newest first."""

    def for_profile(self, profile: ProfileId) -> list[MailAddress]:
        """Return everybody's addresses for a profile's picks, oldest first."""

    def at(self, address: str) -> list[MailAddress]:
        """Return everybody's rows with an address, whatever its case, oldest first."""

    def remove(self, name: str) -> bool:
        """Forget an address; False when there was none."""

    def tries(self, mark: str, since: datetime) -> int:
        """Return how often something was tried since an instant."""

    def tried(self, marks: Sequence[str], now: datetime, since: datetime) -> None:
        """Count one try for each mark, and let go of those before ``since``."""
