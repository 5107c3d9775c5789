"""The ledger in PostgreSQL: many processes take parts at once, and none waits for another."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.deliveries import Claim, Outcome
from bot.model import DeliveryState
from storage.deliveries import WAITS, SqlLedger, claimable_at
from storage.delivery_rows import claim_of, settled_columns
from storage.rows import stamp
from storage.sql import Readers, Writer

# A part that another process is just taking is passed over. A part that was being sent when its lease ran out is in
# doubt since that attempt began: SET reads the row as it was before.
CLAIM = f"""
    WITH free AS MATERIALIZED (
         SELECT delivery, part, free_from
           FROM delivery_progress AS free
          WHERE free_from <= :now AND NOT {WAITS}
          ORDER BY free_from, delivery, part
          LIMIT :limit
            FOR UPDATE SKIP LOCKED),
         gripped AS (
         UPDATE delivery_progress AS progress
            SET state = 'sending', attempt = attempt + 1, claimed_at = :now, free_from = :lease_until,
                doubtful_since = CASE state WHEN 'sending' THEN coalesce(doubtful_since, claimed_at)
                                            ELSE doubtful_since END
           FROM free
          WHERE progress.delivery = free.delivery AND progress.part = free.part
         RETURNING progress.delivery, progress.part, progress.attempt, progress.doubtful_since, free.free_from)
    SELECT deliveries.*, frozen.*, gripped.attempt, gripped.doubtful_since,
           coalesce(first.message, deliveries.under) AS thread
      FROM gripped
      JOIN delivery_parts AS frozen ON frozen.delivery = gripped.delivery AND frozen.part = gripped.part
      JOIN deliveries ON deliveries.number = gripped.delivery
      LEFT JOIN delivery_progress AS first ON first.delivery = gripped.delivery AND first.part = 0
     ORDER BY gripped.free_from, gripped.delivery, gripped.part
"""  # noqa: S608  # of constants

# The attempt number is the fence: whoever comes back after a long pause holds an old number and changes nothing. What
# state a part must be in comes with it, so that no plan begins by reading all parts of that state. The next part has
# waited as long as its digest has, so a digest once begun is finished before a later one is, unless its place takes no
# more messages for a moment.
SETTLE = """
    WITH said AS MATERIALIZED (
         SELECT said.*, deliveries.number AS delivery, deliveries.planned_at
           FROM json_to_recordset(CAST(:settled AS json)) AS said (
                place BIGINT, destination TEXT, local_date TEXT, edition BIGINT, part BIGINT, attempt BIGINT, held TEXT,
                state TEXT, free_from TEXT, message TEXT, why TEXT, rest_until TEXT)
           JOIN deliveries ON deliveries.destination = said.destination AND deliveries.local_date = said.local_date
                          AND deliveries.edition = said.edition),
         settled AS (
         UPDATE delivery_progress AS progress
            SET state = said.state, free_from = said.free_from, message = said.message, why = said.why,
                doubtful_since = CASE said.state
                                      WHEN 'ambiguous' THEN coalesce(progress.doubtful_since, progress.claimed_at)
                                      ELSE progress.doubtful_since END
           FROM said
          WHERE progress.delivery = said.delivery AND progress.part = said.part AND progress.attempt = said.attempt
            AND progress.state = said.held
         RETURNING said.*),
         followed AS (
         UPDATE delivery_progress AS progress
            SET free_from = coalesce(settled.rest_until, settled.planned_at)
           FROM settled
          WHERE settled.state = 'sent' AND progress.delivery = settled.delivery
            AND progress.part = (SELECT min(open.part)
                                   FROM delivery_progress AS open
                                  WHERE open.delivery = settled.delivery AND open.state = 'planned')),
         ended AS (
         UPDATE delivery_progress AS progress
            SET state = settled.state, why = settled.why
           FROM settled
          WHERE settled.state IN ('rejected', 'held', 'skipped') AND progress.delivery = settled.delivery
            AND progress.part > settled.part AND progress.state = 'planned')
    SELECT place FROM settled
"""


class PostgresLedger(SqlLedger):
    """`bot.ports.Ledger` in PostgreSQL: claims, settlements and plans lock the rows they touch, and nothing else."""

    def __init__(self, writer: Writer, locking: Writer, readers: Readers) -> None:
        """Serve a ledger; ``writer`` does the rest as if alone (serialisable), ``locking`` reads what is committed."""
        super().__init__(writer, readers, planning=locking)
        self._locking = locking

    def claim_many(self, now: datetime, lease: timedelta, limit: int) -> list[Claim]:
        values = {**claimable_at(now), "lease_until": stamp(now + lease), "limit": limit}
        return self._locking.write(
            lambda connection: [claim_of(row) for row in connection.execute(CLAIM, values).fetchall()]
        )

    def settle_many(self, settled: Sequence[tuple[Claim, Outcome]], now: datetime) -> list[Claim]:
        stamp(now)  # refuses an instant without a zone, as every method does
        rows = [
            {**settled_columns(claim, outcome), "place": place, "held": DeliveryState.SENDING.value}
            for place, (claim, outcome) in enumerate(settled)
        ]
        values = {"settled": json.dumps(rows)}
        done = self._locking.write(lambda connection: connection.execute(SETTLE, values).fetchall())
        kept = {row["place"] for row in done}
        return [claim for place, (claim, _) in enumerate(settled) if place not in kept]
