"""What sources bring, and where each of them stands."""

from dataclasses import dataclass
from datetime import datetime

from bot.model import PaperId


@dataclass(frozen=True, slots=True)
class RejectedItem:
    """One item of a source that is no paper. ``where`` names it: ``line 17``, ``entry 3``."""

    where: str
    why: str


@dataclass(frozen=True, slots=True)
class Deletion(RejectedItem):
    """A registry deleted a paper of its own: if it is stored it is withdrawn, else there is nothing to do."""

    paper: PaperId


@dataclass(frozen=True, slots=True)
class IngestReport:
    read: int = 0
    added: int = 0
    updated: int = 0
    duplicates: int = 0
    rejected: tuple[RejectedItem, ...] = ()


class SourceFailed(Exception):
    """A source gave nothing, or nothing more; ``why`` is one sentence for the host. What it yielded before stands.

    ``retry_after_s`` is the source's own word on when to ask again, or None.
    """

    def __init__(self, why: str, retry_after_s: float | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.retry_after_s = retry_after_s


class SourceRefused(Exception):
    """What a member typed is no source for a community; ``piece`` is the part that is wrong, ``why`` one sentence."""

    def __init__(self, piece: str, why: str) -> None:
        super().__init__(why)
        self.piece = piece
        self.why = why


@dataclass(frozen=True, slots=True)
class SourceState:
    """Where a source stands between two polls. Everything but the cursor may be lost without losing a paper.

    Attributes:
        cursor: What the source itself needs to go on: a day, a token; its own form.
        etag: Of the newest answer, sent back so that an unchanged one need not be sent again; likewise
            ``last_modified``.
        moved_to: The address that replaced the one that was set, when the source said for good; else empty.
        newest: The announcement or list that was read last, aware; None before the first.
        polled_at: When it was last asked, whatever came of it; likewise ``succeeded_at``, when that went well.
        not_before: The source's own word on when to ask again, None when it gave none.
        failures: How many polls in a row failed; 0 after one that went well.
        failing_since: When the first of them was; None when the last poll went well.
        error: Why the last poll failed, one sentence; empty when it went well.
        told: The host was told of this row of failures, and after it not yet that the source works again.
    """

    cursor: str = ""
    etag: str = ""
    last_modified: str = ""
    moved_to: str = ""
    newest: datetime | None = None
    polled_at: datetime | None = None
    succeeded_at: datetime | None = None
    not_before: datetime | None = None
    failures: int = 0
    failing_since: datetime | None = None
    error: str = ""
    told: bool = False
