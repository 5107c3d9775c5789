"""What a watcher asks of the ledger, in SQL."""

from datetime import datetime, timedelta

from bot.model import DeliveryState
from storage.deliveries import WAITS, claimable_at
from storage.rows import instant_or_none
from storage.sql import Readers

BY_STATE = "SELECT state, count(*) AS parts FROM delivery_progress GROUP BY state"
WAITING = f"""
    SELECT count(*) AS parts, min(free_from) AS free_from
      FROM delivery_progress AS free
     WHERE free_from <= :now AND NOT {WAITS}
"""  # noqa: S608  # of constants


class SqlGauges:
    """`bot.ports.Gauges` in SQL."""

    def __init__(self, readers: Readers) -> None:
        self._readers = readers

    def deliveries(self) -> dict[DeliveryState, int]:
        with self._readers.reading() as connection:
            counted = {row["state"]: int(row["parts"]) for row in connection.execute(BY_STATE)}
        return {state: counted.get(state.value, 0) for state in DeliveryState}

    def waiting(self, now: datetime) -> tuple[int, timedelta]:
        with self._readers.reading() as connection:
            row = connection.execute(WAITING, claimable_at(now)).fetchone()
        oldest = instant_or_none(row["free_from"])
        return int(row["parts"]), now - oldest if oldest else timedelta()
