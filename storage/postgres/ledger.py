"""The ledger in PostgreSQL: many processes take parts at once, and none waits for another."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.deliveries import Claim, Held, Outcome, Rejected, Sent, Skipped
from storage.deliveries import WAITS, SqlLedger, claimable_at
from storage.delivery_rows import claim_of, settled_columns
from storage.rows import stamp
from storage.sql import Connection, Readers, Writer

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

# The attempt number is the fence: whoever comes back after a long pause holds an old number and changes nothing.
SETTLE = """
    UPDATE delivery_progress AS progress
       SET state = said.state, free_from = said.free_from, message = said.message, why = said.why,
           doubtful_since = CASE said.state WHEN 'ambiguous' THEN coalesce(progress.doubtful_since, progress.claimed_at)
                                            ELSE progress.doubtful_since END
      FROM json_to_recordset(CAST(:settled AS json)) AS said (
               place BIGINT, destination TEXT, local_date TEXT, edition BIGINT, part BIGINT, attempt BIGINT,
               state TEXT, free_from TEXT, message TEXT, why TEXT)
      JOIN deliveries ON deliveries.destination = said.destination AND deliveries.local_date = said.local_date
                     AND deliveries.edition = said.edition
     WHERE progress.delivery = deliveries.number AND progress.part = said.part AND progress.attempt = said.attempt
       AND progress.state = 'sending'
    RETURNING said.place, progress.delivery, progress.part
"""

# They have waited as long as their digests have, so a digest once begun is finished before a later one is, unless its
# place takes no more messages for a moment.
NEXT_PARTS = """
    UPDATE delivery_progress AS progress
       SET free_from = coalesce(next.rest_until, deliveries.planned_at)
      FROM (SELECT sent.delivery, sent.rest_until, min(open.part) AS part
              FROM json_to_recordset(CAST(:sent AS json)) AS sent (delivery BIGINT, rest_until TEXT)
              JOIN delivery_progress AS open ON open.delivery = sent.delivery AND open.state = 'planned'
             GROUP BY sent.delivery, sent.rest_until) AS next
      JOIN deliveries ON deliveries.number = next.delivery
     WHERE progress.delivery = next.delivery AND progress.part = next.part
"""

LATER_PARTS = """
    UPDATE delivery_progress AS progress
       SET state = ended.state, why = ended.why
      FROM json_to_recordset(CAST(:ended AS json)) AS ended (delivery BIGINT, part BIGINT, state TEXT, why TEXT)
     WHERE progress.delivery = ended.delivery AND progress.part > ended.part AND progress.state = 'planned'
"""


class PostgresLedger(SqlLedger):
    """`bot.ports.Ledger` in PostgreSQL: claims and settlements lock the rows they touch, and nothing else."""

    def __init__(self, writer: Writer, locking: Writer, readers: Readers) -> None:
        """Serve a ledger; ``writer`` plans as if alone (serialisable), ``locking`` reads what is committed."""
        super().__init__(writer, readers)
        self._locking = locking

    def claim_many(self, now: datetime, lease: timedelta, limit: int) -> list[Claim]:
        values = {**claimable_at(now), "lease_until": stamp(now + lease), "limit": limit}
        return self._locking.write(
            lambda connection: [claim_of(row) for row in connection.execute(CLAIM, values).fetchall()]
        )

    def settle_many(self, settled: Sequence[tuple[Claim, Outcome]], now: datetime) -> list[Claim]:
        stamp(now)  # refuses an instant without a zone, as every method does
        rows = [{**settled_columns(claim, outcome), "place": n} for n, (claim, outcome) in enumerate(settled)]

        def note(connection: Connection) -> list[Claim]:
            done = connection.execute(SETTLE, {"settled": json.dumps(rows)}).fetchall()
            sent = [
                {"delivery": row["delivery"], "rest_until": rows[row["place"]]["rest_until"]}
                for row in done
                if isinstance(settled[row["place"]][1], Sent)
            ]
            if sent:
                connection.execute(NEXT_PARTS, {"sent": json.dumps(sent)})
            ended = [
                {"delivery": row["delivery"], "part": row["part"], **_state_of(rows[row["place"]])}
                for row in done
                if isinstance(settled[row["place"]][1], Rejected | Held | Skipped)
            ]
            if ended:
                connection.execute(LATER_PARTS, {"ended": json.dumps(ended)})
            kept = {row["place"] for row in done}
            return [claim for place, (claim, _) in enumerate(settled) if place not in kept]

        return self._locking.write(note)


def _state_of(row: dict[str, str | int | None]) -> dict[str, str | int | None]:
    return {"state": row["state"], "why": row["why"]}
