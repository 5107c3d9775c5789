"""Whether this machine knows the time zones that digests are set for."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.ports import StorageUnusable
from storage.sql import Connection

ZONES = "SELECT DISTINCT zone FROM subscriptions"


def refuse_unknown_zones(connection: Connection) -> None:
    """Refuse a database with a zone that cannot be told.

    Raises:
        StorageUnusable: Naming the zone.
    """
    for row in connection.execute(ZONES):
        try:
            ZoneInfo(row["zone"])
        except (ZoneInfoNotFoundError, ValueError) as error:
            # Falling back to UTC would move somebody's morning to another hour without a word.
            raise StorageUnusable(
                f"A digest is set for the time zone {row['zone']}, which this machine does not know. "
                "Update its zone data: pip install --upgrade tzdata."
            ) from error
