"""The ledger in SQL: all SQL about deliveries is in this file."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from operator import itemgetter

from bot.deliveries import (
    Claim,
    Deferred,
    DeliveryRecord,
    Held,
    Note,
    Outcome,
    PlannedPart,
    Rejected,
    Sent,
    Skipped,
    Unknown,
)
from bot.model import FIRST_NOTE, Channel, DeliveryKey, Digest, MessageId, ProfileId, destination_of
from bot.ports import ClaimLost
from storage.delivery_rows import (
    claim_of,
    key_columns,
    key_of,
    planned_parts,
    record_of,
    settled_columns,
    skipped_part,
)
from storage.digests import keep_digest
from storage.rows import channel_columns, stamp, storable
from storage.sql import Connection, Readers, Writer

# Only today's digest and yesterday's are ever planned, so no older message can be theirs.
LOOKED_BACK = timedelta(days=2)

# A bot that was off for longer than this keeps the words of what came before it stopped.
WORDS_LOOKED_BACK = timedelta(days=30)

# What is open for longer than this holds up nothing that was planned later for the same destination.
OPEN_FOR = timedelta(days=7)

PLAN = """
    INSERT INTO deliveries (destination, local_date, edition, profile, platform, community, channel, channel_name,
                            direct, late, planned_at, about, under)
    VALUES (:destination, :local_date, :edition, :profile, :platform, :community, :channel, :channel_name,
            :direct, :late, :now, :about, :under)
    ON CONFLICT DO NOTHING
    RETURNING number
"""

# Notes of one destination and date are numbered in the transaction that writes them.
NEXT_NOTE = """
    SELECT coalesce(max(edition) + 1, :first) AS edition
      FROM deliveries
     WHERE destination = :destination AND local_date = :local_date AND edition >= :first
"""

PLAN_PART = """
    INSERT INTO delivery_parts (delivery, part, payload, marker, paper)
    VALUES (:delivery, :part, :payload, :marker, :paper)
"""

PLAN_PROGRESS = """
    INSERT INTO delivery_progress (delivery, part, state, free_from, doubtful_since, why)
    VALUES (:delivery, :part, :state, :free_from, :doubtful_since, :why)
"""

# A restored database does not know what was sent after its backup: the first digest of each destination since then may
# have been posted already, by the database that was lost.
LOST_SINCE = """
    SELECT coalesce((SELECT max(planned_at) FROM deliveries WHERE number <= installation.restored_after), '') AS instant
      FROM installation
     WHERE restored_after IS NOT NULL
       AND NOT EXISTS (SELECT 1
                         FROM deliveries
                        WHERE destination = :destination AND number > installation.restored_after)
"""

PLANNED_SINCE = "SELECT destination, local_date, edition FROM deliveries WHERE local_date >= :first"

# The messages of a destination go out one after the other, in the order in which they were planned: a delivery waits
# while an earlier one to the same place is open, be it on its way, in doubt or put off. A scalar, so that PostgreSQL
# looks it up for each row and joins nothing.
WAITS = """
    coalesce((SELECT 1
                FROM deliveries AS mine
                JOIN deliveries AS earlier ON earlier.destination = mine.destination AND earlier.local_date >= :since
                                          AND earlier.number < mine.number
                JOIN delivery_progress AS open ON open.delivery = earlier.number AND open.free_from IS NOT NULL
               WHERE mine.number = free.delivery
               LIMIT 1), 0) = 1
"""

# One statement, so no other process can come between the look and the grip. A part that was being sent when its lease
# ran out is in doubt since that attempt began: SET reads the row as it was before.
CLAIM = f"""
    UPDATE delivery_progress
       SET state = 'sending', attempt = attempt + 1, claimed_at = :now, free_from = :lease_until,
           doubtful_since = CASE state WHEN 'sending' THEN coalesce(doubtful_since, claimed_at) ELSE doubtful_since END
     WHERE (delivery, part) IN (
           SELECT delivery, part
             FROM delivery_progress AS free
            WHERE free_from <= :now AND NOT {WAITS}
            ORDER BY free_from, delivery, part
            LIMIT :limit)
    RETURNING delivery, part
"""  # noqa: S608  # of constants

CLAIMED = """
    SELECT deliveries.*, frozen.*, progress.attempt, progress.doubtful_since,
           coalesce(first.message, deliveries.under) AS thread
      FROM delivery_progress AS progress
      JOIN delivery_parts AS frozen ON frozen.delivery = progress.delivery AND frozen.part = progress.part
      JOIN deliveries ON deliveries.number = progress.delivery
      LEFT JOIN delivery_progress AS first ON first.delivery = progress.delivery AND first.part = 0
     WHERE progress.delivery = :delivery AND progress.part = :part
"""

# The attempt number is the fence: whoever comes back after a long pause holds an old number and changes nothing.
SETTLE = """
    UPDATE delivery_progress
       SET state = :state, free_from = :free_from, message = :message, why = :why,
           doubtful_since = CASE :state WHEN 'ambiguous' THEN coalesce(doubtful_since, claimed_at)
                                        ELSE doubtful_since END
     WHERE delivery = (SELECT number
                         FROM deliveries
                        WHERE destination = :destination AND local_date = :local_date AND edition = :edition)
       AND part = :part AND attempt = :attempt AND state = 'sending'
    RETURNING delivery
"""

# It has waited as long as its digest has, so a digest once begun is finished before a later one is, unless its place
# takes no more messages for a moment.
NEXT_PART = """
    UPDATE delivery_progress
       SET free_from = coalesce(:rest_until, (SELECT planned_at FROM deliveries WHERE number = :delivery))
     WHERE delivery = :delivery
       AND part = (SELECT min(part) FROM delivery_progress WHERE delivery = :delivery AND state = 'planned')
"""

LATER_PARTS = """
    UPDATE delivery_progress
       SET state = :state, why = :why
     WHERE delivery = :delivery AND part > :part AND state = 'planned'
"""

# What has no marker is a date with nothing to say: there is nothing to send again.
REDO = """
    UPDATE delivery_progress
       SET state = 'planned', free_from = NULL, doubtful_since = NULL, why = NULL
     WHERE delivery = :delivery AND state IN ('held', 'rejected', 'skipped')
       AND EXISTS (SELECT 1
                     FROM delivery_parts
                    WHERE delivery_parts.delivery = delivery_progress.delivery
                      AND delivery_parts.part = delivery_progress.part AND marker <> '')
"""

# The rows stay: they are what keeps a date from being posted again, and reactions on old messages from meaning nothing.
# What is still open keeps its words. Bounded on both sides, so that a day's work is a day's, however old the ledger is.
DROP_WORDS = """
    UPDATE delivery_parts
       SET payload = '', marker = ''
     WHERE marker <> ''
       AND delivery IN (SELECT number FROM deliveries WHERE local_date < :before AND local_date >= :from)
       AND NOT EXISTS (SELECT 1
                         FROM delivery_progress
                        WHERE delivery_progress.delivery = delivery_parts.delivery
                          AND delivery_progress.state IN ('planned', 'sending', 'ambiguous'))
"""

NUMBER_OF = """
    SELECT number
      FROM deliveries
     WHERE destination = :destination AND local_date = :local_date AND edition = :edition
"""

# A clock that once ran ahead left digests of the future behind; those the host has looked at count no more.
NEWEST = """
    SELECT planned_at
      FROM deliveries
     WHERE number > coalesce((SELECT number FROM marks WHERE name = 'clock'), 0)
     ORDER BY planned_at DESC
     LIMIT 1
"""

CONFIRM_CLOCK = """
    INSERT INTO marks (name, number) SELECT 'clock', coalesce(max(number), 0) FROM deliveries WHERE number > 0
    ON CONFLICT (name) DO UPDATE SET number = excluded.number
"""

NEXT_DUE = f"""
    SELECT free_from
      FROM delivery_progress AS free
     WHERE free_from IS NOT NULL AND NOT {WAITS}
     ORDER BY free_from
     LIMIT 1
"""  # noqa: S608  # of constants

RECORDS = """
    SELECT deliveries.*, frozen.*, progress.state, progress.attempt, progress.message, progress.why
      FROM deliveries
      JOIN delivery_progress AS progress ON progress.delivery = deliveries.number
      JOIN delivery_parts AS frozen ON frozen.delivery = progress.delivery AND frozen.part = progress.part
"""

OF = f"""{RECORDS}
     WHERE deliveries.destination = :destination AND deliveries.local_date = :local_date
       AND deliveries.edition = :edition
     ORDER BY frozen.part
"""

RECENT = f"""{RECORDS}
     ORDER BY deliveries.planned_at DESC, deliveries.number DESC, frozen.part DESC
     LIMIT :limit
"""

RECENT_OF_ONE = f"""{RECORDS}
     WHERE deliveries.destination = :destination
     ORDER BY deliveries.planned_at DESC, deliveries.number DESC, frozen.part DESC
     LIMIT :limit
"""

BY_MESSAGE = f"""{RECORDS}
     WHERE progress.message = :message AND deliveries.destination = :destination
"""


def plan_note(connection: Connection, note: Note, now: datetime) -> DeliveryKey | None:
    """Write a note down inside the open transaction; None when its destination had one about the same thing."""
    destination = storable(destination_of(note.channel))
    place = {"destination": destination, "local_date": note.day.isoformat(), "first": FIRST_NOTE}
    edition: int = connection.execute(NEXT_NOTE, place).fetchall()[0]["edition"]
    key = DeliveryKey(destination, note.day, edition)
    row = {
        **key_columns(key),
        **channel_columns(note.channel),
        "profile": storable(note.profile),
        "late": 0,
        "now": stamp(now),
        "about": storable(note.about),
        "under": None if note.under is None else storable(note.under),
    }
    parts = planned_parts(note.parts, now) if note.parts else [skipped_part(note.why)]
    return key if write_plan(connection, row, parts, stamp(now - LOOKED_BACK)) else None


def write_plan(
    connection: Connection,
    row: Mapping[str, str | int | None],
    parts: Sequence[dict[str, str | int | None]],
    longest_ago: str,
) -> bool:
    lost = connection.execute(LOST_SINCE, row).fetchall()
    planned = connection.execute(PLAN, row).fetchall()
    if not planned:
        return False
    since = {"doubtful_since": max(lost[0]["instant"], longest_ago) if lost else None}
    rows = [{**part, **since, "delivery": planned[0]["number"]} for part in parts]
    connection.executemany(PLAN_PART, rows)
    connection.executemany(PLAN_PROGRESS, rows)
    return True


def claimable_at(now: datetime) -> dict[str, str]:
    """Return the values with which a statement finds what can be claimed now."""
    return {"now": stamp(now), "since": (now - OPEN_FOR).date().isoformat()}


def _settled(connection: Connection, row: Mapping[str, str | int | None], outcome: Outcome) -> bool:
    found = connection.execute(SETTLE, row).fetchall()
    if not found:
        return False
    values = {**row, "delivery": found[0]["delivery"]}
    match outcome:
        case Sent():
            connection.execute(NEXT_PART, values)
        case Rejected() | Held() | Skipped():
            connection.execute(LATER_PARTS, values)
        case Deferred() | Unknown():
            pass  # it stays the turn of this part
    return True


class SqlLedger:
    """`bot.ports.Ledger` in SQL, shared by any number of processes."""

    def __init__(self, writer: Writer, readers: Readers, planning: Writer | None = None) -> None:
        """Serve a ledger; ``planning`` writes digests down, whose key alone decides who of several was first."""
        self._writer = writer
        self._readers = readers
        self._planning = planning or writer

    def plan(  # noqa: PLR0913  # the port's
        self,
        key: DeliveryKey,
        profile: ProfileId,
        channel: Channel,
        parts: Sequence[PlannedPart],
        *,
        late: bool,
        digest: Digest | None,
        now: datetime,
    ) -> bool:
        row = {**key_columns(key), **channel_columns(channel), "profile": storable(profile), "late": int(late)}
        part_rows = planned_parts(parts, now) if parts else [skipped_part(None)]
        return self._plan({**row, "now": stamp(now)}, part_rows, digest, stamp(now - LOOKED_BACK))

    def plan_note(self, note: Note, now: datetime) -> DeliveryKey | None:
        return self._writer.write(lambda connection: plan_note(connection, note, now))

    def newest(self) -> datetime | None:
        with self._readers.reading() as connection:
            found = connection.execute(NEWEST).fetchone()
        return None if found is None else datetime.fromisoformat(found["planned_at"])

    def confirm_clock(self) -> None:
        self._writer.write(lambda connection: connection.execute(CONFIRM_CLOCK).rowcount)

    def skip(self, key: DeliveryKey, profile: ProfileId, channel: Channel, why: str, now: datetime) -> bool:
        row = {**key_columns(key), **channel_columns(channel), "profile": storable(profile), "late": 0}
        return self._plan({**row, "now": stamp(now)}, [skipped_part(why)], None, stamp(now - LOOKED_BACK))

    def planned_since(self, first: date) -> frozenset[DeliveryKey]:
        with self._readers.reading() as connection:
            return frozenset(key_of(row) for row in connection.execute(PLANNED_SINCE, {"first": first.isoformat()}))

    def claim(self, now: datetime, lease: timedelta) -> Claim | None:
        return next(iter(self.claim_many(now, lease, 1)), None)

    def claim_many(self, now: datetime, lease: timedelta, limit: int) -> list[Claim]:
        values = {**claimable_at(now), "lease_until": stamp(now + lease), "limit": limit}

        def grip(connection: Connection) -> list[Claim]:
            gripped = connection.execute(CLAIM, values).fetchall()
            found = [connection.execute(CLAIMED, dict(row)).fetchall()[0] for row in gripped]
            found.sort(key=itemgetter("planned_at", "number"))  # what was changed comes back in no order
            return [claim_of(row) for row in found]

        return self._writer.write(grip)

    def settle(self, claim: Claim, outcome: Outcome, now: datetime) -> None:
        if self.settle_many([(claim, outcome)], now):
            raise ClaimLost(f"part {claim.part} of {claim.key} is no longer held by attempt {claim.attempt}")

    def settle_many(self, settled: Sequence[tuple[Claim, Outcome]], now: datetime) -> list[Claim]:
        stamp(now)  # refuses an instant without a zone, as every method does
        rows = [settled_columns(claim, outcome) for claim, outcome in settled]

        def note(connection: Connection) -> list[Claim]:
            return [
                claim
                for (claim, outcome), row in zip(settled, rows, strict=True)
                if not _settled(connection, row, outcome)
            ]

        return self._writer.write(note)

    def redo(self, key: DeliveryKey, now: datetime) -> int:
        stamp(now)  # refuses an instant without a zone, as every method does

        def plan_anew(connection: Connection) -> int:
            found = connection.execute(NUMBER_OF, key_columns(key)).fetchall()
            if not found:
                return 0
            values = {"delivery": found[0]["number"]}
            parts = connection.execute(REDO, values).rowcount
            if parts:
                connection.execute(NEXT_PART, {**values, "rest_until": None})
            return parts

        return self._writer.write(plan_anew)

    def drop_words(self, before: date) -> int:
        values = {"before": before.isoformat(), "from": (before - WORDS_LOOKED_BACK).isoformat()}
        return self._writer.write(lambda connection: connection.execute(DROP_WORDS, values).rowcount)

    def next_due(self, now: datetime) -> datetime | None:
        with self._readers.reading() as connection:
            found = connection.execute(NEXT_DUE, claimable_at(now)).fetchone()
        return None if found is None else datetime.fromisoformat(max(found["free_from"], stamp(now)))

    def of(self, key: DeliveryKey) -> list[DeliveryRecord]:
        return self._records(OF, key_columns(key))

    def recent(self, destination: str | None, limit: int) -> list[DeliveryRecord]:
        if destination is None:
            return self._records(RECENT, {"limit": limit})
        return self._records(RECENT_OF_ONE, {"destination": storable(destination), "limit": limit})

    def by_message(self, channel: Channel, message: MessageId) -> DeliveryRecord | None:
        values = {"message": storable(message), "destination": storable(destination_of(channel))}
        return next(iter(self._records(BY_MESSAGE, values)), None)

    def _plan(
        self,
        row: dict[str, str | int],
        parts: Sequence[dict[str, str | int | None]],
        digest: Digest | None,
        longest_ago: str,
    ) -> bool:
        def write_down(connection: Connection) -> bool:
            if not write_plan(connection, {**row, "about": None, "under": None}, parts, longest_ago):
                return False
            if digest is not None:
                keep_digest(connection, digest)
            return True

        return self._planning.write(write_down)

    def _records(self, question: str, values: Mapping[str, str | int]) -> list[DeliveryRecord]:
        with self._readers.reading() as connection:
            return [record_of(row) for row in connection.execute(question, values)]
